// The approvals in the spool, which the daemon reads as untrusted.
#include "shared/approval.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

void acceptedRecordIsWhatWeMake(std::string_view record) {
    const auto approval = parseApproval(bytesOf(record));
    if (!approval)
        return;
    require(encodeApproval(*approval) == record, "an approval encodes to the same bytes");
    require(approval->payload.size() <= record.size(), "a payload lies in its record");
    require(!parseApproval(bytesOf(record.substr(0, record.size() - 1))), "a cut one is not read");
}

void approvalComesBack(fuzz::Input in) {
    Approval approval;
    approval.kind = in.flag() ? ApprovalKind::error : ApprovalKind::code;
    approval.edgeKey = in.integer<KeyId>();
    approval.sealKey = in.integer<KeyId>();
    approval.connection = in.uuid();
    approval.generation = in.integer<std::uint32_t>();
    approval.received = in.integer<std::uint64_t>();
    approval.payload = in.rest().substr(0, 0xffff);
    const std::string record = encodeApproval(approval);
    const auto back = parseApproval(bytesOf(record));
    require(back && back->payload == approval.payload && back->received == approval.received &&
                back->generation == approval.generation &&
                back->connection == approval.connection && back->kind == approval.kind &&
                back->edgeKey == approval.edgeKey && back->sealKey == approval.sealKey,
            "an approval comes back");
    require(!parseApproval(bytesOf(record + '\0')), "one with a byte too many is not read");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    acceptedRecordIsWhatWeMake(textOf({data, size}));
    approvalComesBack({data, size});
    return 0;
}
