// Key files, which people edit when keys rotate.
#include "shared/keys.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

bool isBase64url(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// An error says where and what, and quotes nothing of the file: it may be half of a key.
void errorIsClear(const KeyFileError& error, const std::string& path) {
    require(error.message.starts_with(path + ":"), "an error begins with the file");
    require(error.message.size() < 300, "an error is short");
    std::size_t run = 0;
    for (const char c : error.message) {
        run = isBase64url(c) ? run + 1 : 0;
        require(run < 32, "an error quotes no key");
    }
}

template <typename Keys>
void readIt(std::string_view text, const std::string& path) {
    const auto keys = Keys::parse(text, path);
    if (!keys) {
        errorIsClear(keys.error(), path);
        return;
    }
    require(keys->find(keys->current().id) == &keys->current(), "each key has an ID of its own");
    require(keys->current().id > 0 && !keys->find(0), "an ID is from 1 to 255");
}

// Between keys that are good, any line: all of it is read, or the file is refused.
void goodLinesAreRead(fuzz::Input in) {
    const auto id = std::max<std::uint8_t>(in.integer<std::uint8_t>(), 1);
    const std::string key = " " + std::to_string(id) + " " + fuzz::keyText(id);
    const std::string between(in.rest());
    const auto edge = EdgeKeys::parse(
        "grantlink-edge-key v1\nkey" + key + "\n" + between + "\nseal" + key, "edge.key");
    if (edge) {
        require(edge->current().id == id, "the first key is the one in use");
        const bool onlyOurs = between.find("seal") == std::string::npos;
        require(!onlyOurs || edge->sealKey().id == id, "the first seal key is the one in use");
    }
    const auto comments =
        MasterKeys::parse("grantlink-master-key v1\n# " + key + "\n\nkey" + key, "master.key");
    require(comments && comments->current().id == id, "comments and empty lines are passed over");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(textOf({data, size}));
    readIt<MasterKeys>(text, "master.key");
    readIt<EdgeKeys>(text, "edge.key");
    // Most bytes fail at the first line; behind a good one they get further.
    readIt<MasterKeys>("grantlink-master-key v1\n" + text, "master.key");
    readIt<EdgeKeys>("grantlink-edge-key v1\n" + text, "edge.key");
    goodLinesAreRead({data, size});
    return 0;
}
