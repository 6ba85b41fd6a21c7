// The outcomes in the spool. A worker that was taken over can write any bytes there.
#include "shared/approval.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

void acceptedRecordIsWhatWeMake(std::string_view record) {
    const auto outcome = parseOutcome(bytesOf(record));
    if (!outcome)
        return;
    require(encodeOutcome(*outcome) == record, "an outcome encodes to the same bytes");
    require(outcomeNamed(nameOf(outcome->outcome)) == outcome->outcome, "it has a name");
    require(!parseOutcome(bytesOf(record.substr(0, record.size() - 1))), "a cut one is not read");
}

void outcomeComesBack(fuzz::Input in) {
    OutcomeRecord outcome;
    outcome.outcome = static_cast<Outcome>(1 + in.integer<std::uint8_t>() % 8);
    outcome.connection = in.uuid();
    outcome.generation = in.integer<std::uint32_t>();
    outcome.at = in.integer<std::uint64_t>();
    outcome.detail = in.rest().substr(0, 0xffff);
    const std::string record = encodeOutcome(outcome);
    const auto back = parseOutcome(bytesOf(record));
    require(back && back->outcome == outcome.outcome && back->connection == outcome.connection &&
                back->generation == outcome.generation && back->at == outcome.at &&
                back->detail == outcome.detail,
            "an outcome comes back");
    require(!parseOutcome(bytesOf(record + '\0')), "one with a byte too many is not read");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = textOf({data, size});
    acceptedRecordIsWhatWeMake(bytes);
    outcomeComesBack({data, size});
    if (const auto named = outcomeNamed(bytes))
        require(nameOf(*named) == bytes, "an outcome's name comes back");
    return 0;
}
