#include "shared/approval.hpp"

#include "shared/byte_order.hpp"
#include "shared/name_table.hpp"

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;

constexpr NameTable<Outcome, 8> names{{
    {Outcome::connected, "connected"},
    {Outcome::declined, "declined"},
    {Outcome::wrongAccount, "wrong_account"},
    {Outcome::replaced, "replaced"},
    {Outcome::expired, "expired"},
    {Outcome::cancelled, "cancelled"},
    {Outcome::alreadyConnected, "already_connected"},
    {Outcome::providerError, "provider_error"},
}};

} // namespace

std::string_view nameOf(Outcome outcome) {
    return nameIn(names, outcome);
}

std::optional<Outcome> outcomeNamed(std::string_view wanted) {
    return valueIn(names, wanted);
}

std::string encodeApproval(const Approval& approval) {
    RecordWriter out;
    out.integer(version).integer(static_cast<std::uint8_t>(approval.kind));
    out.integer(approval.edgeKey).integer(approval.sealKey).uuid(approval.connection);
    out.integer(approval.generation).integer(approval.received).text(approval.payload);
    return out.take();
}

std::optional<Approval> parseApproval(Bytes record) {
    RecordReader in(record);
    if (in.integer<std::uint8_t>() != version)
        return std::nullopt;
    Approval out;
    const auto kind = in.integer<std::uint8_t>();
    out.kind = static_cast<ApprovalKind>(kind);
    out.edgeKey = in.integer<KeyId>();
    out.sealKey = in.integer<KeyId>();
    out.connection = in.uuid();
    out.generation = in.integer<std::uint32_t>();
    out.received = in.integer<std::uint64_t>();
    out.payload = in.text();
    if (!in.complete() || kind < 1 || kind > 2)
        return std::nullopt;
    return out;
}

std::string encodeOutcome(const OutcomeRecord& outcome) {
    RecordWriter out;
    out.integer(version).integer(static_cast<std::uint8_t>(outcome.outcome));
    out.uuid(outcome.connection).integer(outcome.generation).integer(outcome.at);
    out.text(outcome.detail);
    return out.take();
}

std::optional<OutcomeRecord> parseOutcome(Bytes record) {
    RecordReader in(record);
    if (in.integer<std::uint8_t>() != version)
        return std::nullopt;
    OutcomeRecord out;
    out.outcome = static_cast<Outcome>(in.integer<std::uint8_t>());
    out.connection = in.uuid();
    out.generation = in.integer<std::uint32_t>();
    out.at = in.integer<std::uint64_t>();
    out.detail = in.text();
    if (!in.complete() || nameOf(out.outcome) == "unknown")
        return std::nullopt;
    return out;
}

} // namespace grantlink
