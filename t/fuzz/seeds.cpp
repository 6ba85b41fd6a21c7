// Writes the seeds that are bytes rather than text, made by the codecs themselves:
//
//   build/fuzz/fuzz_seeds t/fuzz/corpus
//
// The other files of the corpus are written by hand, or were found and kept.
#include "ngx_module/confirm_value.hpp"
#include "shared/approval.hpp"
#include "shared/link_bucket.hpp"
#include "shared/link_view.hpp"
#include "shared/sealed_code.hpp"
#include "shared/start_message.hpp"
#include "shared/visit.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace grantlink;

namespace {

const Uuid attempt = *Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
const Uuid connection = *Uuid::parse("017f22e2-0000-7cc3-98c4-0123456789ab");

class Corpus {
  public:
    explicit Corpus(std::string directory) : directory_(std::move(directory)) {}

    void put(const char* target, const char* name, std::string_view bytes) const {
        const std::string folder = directory_ + "/" + target;
        std::filesystem::create_directories(folder);
        std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
    }

  private:
    std::string directory_;
};

std::string stateText(KeyId key) {
    const auto text = valuesOf({attempt, connection, 3}, *fuzz::edgeKeys().find(key)).state;
    return {text.data(), text.size()};
}

void putStates(const Corpus& corpus) {
    corpus.put("state", "current-key", stateText(7));
    corpus.put("state", "older-key", stateText(6));
    corpus.put("state", "key-unknown", fuzz::changed(stateText(7), 2, 1));
    corpus.put("state", "mac-changed", fuzz::changed(stateText(7), 71, 1));
    corpus.put("state", "bits-behind", stateText(7).substr(0, 71));
    const std::string id(textOf(attempt.bytes)), sealed(200, 's');
    corpus.put("confirm_value", "sealed", id + "\x05\x01" + sealed);
    corpus.put("confirm_value", "value", encodeConfirmValue(stateText(7), sealed));
    corpus.put("confirm_value", "no-dot", stateText(7));
    corpus.put("confirm_value", "two-dots", encodeConfirmValue(stateText(7), sealed) + ".");
}

void putApprovals(const Corpus& corpus) {
    Approval approval{ApprovalKind::error, 7, 1, connection, 3, 1'800'000'000'000, "access_denied"};
    const std::string error = encodeApproval(approval);
    approval.kind = ApprovalKind::code;
    const std::string sealed(sealedCodeOverhead + 40, 's');
    approval.payload = sealed;
    corpus.put("approval", "code", encodeApproval(approval));
    corpus.put("approval", "error", error);
    corpus.put("approval", "kind-unknown", fuzz::changed(error, 1, 3));
    corpus.put("approval", "version-unknown", fuzz::changed(error, 0, 3));
    corpus.put("approval", "byte-missing", error.substr(0, error.size() - 1));
    corpus.put("approval", "length-lies", fuzz::changed(error, 33, 0xff));
}

void putStartMessages(const Corpus& corpus) {
    const std::string request = encodeStartRequest(std::string(State::textLength, 's'));
    corpus.put("start_message", "request", request);
    corpus.put("start_message", "request-cut", request.substr(0, request.size() - 1));
    corpus.put("start_message", "request-version-unknown", fuzz::changed(request, 0, 3));
    const std::string url = "https://p/a?client_id=c&request_uri=urn%3Ax";
    const std::string started = encodeStartReply({StartStatus::started, url});
    corpus.put("start_message", "started", started);
    corpus.put("start_message", "refused", encodeStartReply({StartStatus::refused, ""}));
    corpus.put("start_message", "refused-with-url", fuzz::changed(started, 1, 1));
    corpus.put("start_message", "length-lies", fuzz::changed(started, 3, 0xff));
}

void putVisits(const Corpus& corpus) {
    const std::string visits = encodeVisits(
        std::array{Visit{connection, 1, {}, 1'645'557'742'000}, Visit{connection, 2, attempt, 1}});
    corpus.put("visits", "opened-and-started", visits);
    corpus.put("visits", "none", encodeVisits({}));
    corpus.put("visits", "cut", visits.substr(0, visits.size() - 1));
    corpus.put("visits", "version-unknown", fuzz::changed(visits, 0, 3));
}

void putOutcomes(const Corpus& corpus) {
    for (int number = 1; number <= 8; ++number) {
        const OutcomeRecord outcome{static_cast<Outcome>(number), connection, 3, 4, "@adidas"};
        const std::string name(nameOf(outcome.outcome));
        corpus.put("outcome", name.c_str(), encodeOutcome(outcome));
    }
    const OutcomeRecord unknown{static_cast<Outcome>(9), connection, 3, 4, ""};
    corpus.put("outcome", "number-unknown", encodeOutcome(unknown));
    corpus.put("outcome", "name", "wrong_account");
}

LinkKey linkKey(std::uint8_t first) {
    LinkKey out;
    out.bytes.fill(first);
    return out;
}

void putBuckets(const Corpus& corpus) {
    const std::string three =
        encodeLinkBucket({{linkKey(1), "one"}, {linkKey(2), "two"}, {linkKey(3), ""}});
    corpus.put("link_bucket", "three-links", three);
    corpus.put("link_bucket", "empty", encodeLinkBucket({}));
    corpus.put("link_bucket", "entry-cut", three.substr(0, three.size() - 1));
    corpus.put("link_bucket", "table-cut", three.substr(0, 4095));
    corpus.put("link_bucket", "no-empty-slot", std::string(4096 + 64, '\xff'));
    std::string entries;
    for (char fill : {'a', 'b', 'c'})
        entries += std::string(24, fill) + "\x04view";
    corpus.put("link_bucket", "entries", entries);
}

void putSealedCodes(const Corpus& corpus) {
    const std::string id(textOf(attempt.bytes));
    corpus.put("sealed_code", "content", "\x01" + id + "the code");
    corpus.put("sealed_code", "content-of-version-9", "\x09" + id + "the code");
    corpus.put("sealed_code", "code", id + "\x01\x20\x01" + "the code");
    corpus.put("sealed_code", "code-longest", id + "\x01\x20\x01" + std::string(2048, 'c'));
    corpus.put("sealed_code", "content-too-long", "\x01" + id + std::string(2049, 'c'));
}

// As HostileStore reads it: database, id, length and text of another key, length and value.
std::string entry(char database, const Uuid& id, std::string_view key, std::string_view value) {
    return database + std::string(textOf(id.bytes)) + static_cast<char>(key.size()) +
           std::string(key) + static_cast<char>(value.size() >> 8) +
           static_cast<char>(value.size()) + std::string(value);
}

void putSpools(const Corpus& corpus) {
    const std::string head = std::string(textOf(attempt.bytes)) +
                             std::string(textOf(connection.bytes)) + std::string(8, '\x7f');
    const std::string approval =
        encodeApproval({ApprovalKind::error, 7, 1, connection, 3, 4, "access_denied"});
    const std::string outcome = encodeOutcome({Outcome::declined, connection, 3, 4, ""});
    corpus.put("spool", "nothing", head);
    corpus.put("spool", "waits",
               head + entry(0, attempt, "", approval) +
                   entry(2, connection, "", textOf(attempt.bytes)));
    corpus.put("spool", "has-ended", head + entry(1, attempt, "", outcome));
    corpus.put("spool", "both",
               head + entry(0, attempt, "", approval) + entry(1, attempt, "", outcome));
    corpus.put("spool", "garbage",
               head + entry(0, attempt, "", "approval") + entry(1, attempt, "", "") +
                   entry(2, attempt, "k", "v"));
    corpus.put("spool", "key-of-another-length",
               head + entry(0, attempt, "short", approval) + entry(1, attempt, "k", outcome));
    corpus.put("spool", "watermark", head + entry(3, {}, "watermark", std::string(8, '\xff')));
    corpus.put("spool", "watermark-cut", head + entry(3, {}, "watermark", "abc"));
    const std::string_view cell = textOf(connection.bytes).substr(14, 1);
    const std::string counts(256, '\4');
    std::string listed;
    for (char i = 0; i < 4; ++i)
        listed += entry(2, connection, "", std::string(16, i));
    corpus.put("spool", "cell-full", head + entry(4, {}, cell, counts));
    corpus.put("spool", "cell-cut", head + entry(4, {}, cell, counts.substr(1)) + listed);
    corpus.put("spool", "too-many", head + entry(4, {}, cell, counts) + listed);
}

LinkView sampleView() {
    LinkView view;
    view.generation = 3;
    view.expires = 1'800'000'000'000;
    view.requester = "Example Agency";
    view.language = "pt-BR";
    view.brand = "example";
    view.items.push_back({connection, false, false, {}, "instagram", "@nike"});
    return view;
}

void putViews(const Corpus& corpus) {
    LinkView view = sampleView();
    const std::string record = encodeLinkView(view);
    corpus.put("link_view", "one-item", record);
    corpus.put("link_view", "flag-unknown", fuzz::changed(record, record.size() - 20, 0x80));
    corpus.put("link_view", "byte-missing", record.substr(0, record.size() - 1));
    view.message = "Hello,\nplease connect both.";
    view.items.push_back({attempt, true, false, Outcome::connected, "facebook", "@nike"});
    view.items.push_back({connection, false, true, Outcome::wrongAccount, "youtube", ""});
    const std::string three = encodeLinkView(view);
    corpus.put("link_view", "three-items", three);
    corpus.put("link_view", "outcome-unknown", fuzz::changed(three, three.size() - 12, 9 ^ 3));
    view.items.resize(LinkView::maxItems);
    corpus.put("link_view", "sixteen-items", encodeLinkView(view));
    corpus.put("link_view", "seventeen-items", fuzz::changed(encodeLinkView(view), 2, 1));
    ProviderView provider{"Instagram",
                          "https://provider.example/authorize?a=b&",
                          "https://p",
                          true,
                          true,
                          true,
                          true,
                          "https://provider.example/switch",
                          {{"en", "Log out first."}, {"de", "Erst abmelden."}}};
    const std::string instagram = encodeProviderView(provider);
    corpus.put("shared_views", "provider", instagram);
    corpus.put("shared_views", "provider-flag-unknown", fuzz::changed(instagram, 1, 0x80));
    corpus.put("shared_views", "brand", encodeBrandView({"Example", "0a5fd8", "logo-1.png"}));
    corpus.put("shared_views", "site", encodeSiteView({"https://x/attempts/", true, 1800}));
}

void putLinkStores(const Corpus& corpus) {
    // Who is asked for: a connection and a link's key, a name, and the length of another.
    const std::string id(textOf(connection.bytes)), asked = id + "\x09instagram\x01\x2c";
    LinkKey key;
    std::copy(id.begin(), id.end(), key.bytes.begin());
    const std::string record(textOf(key.bytes)), bucket(4, '\0'); // the one that there is
    const std::string links = encodeLinkBucket({{key, encodeLinkView(sampleView())}});
    const std::string newest = entry(1, connection, "", record);
    const auto put = [&](const char* name, const std::string& entries) {
        corpus.put("link_store", name, asked + entries);
    };
    put("link", entry(0, {}, bucket, links) + newest);
    put("link-is-gone", newest);
    put("link-cut", entry(0, {}, bucket, links.substr(0, links.size() - 1)) + newest);
    put("table-cut", entry(0, {}, bucket, links.substr(0, 4095)) + newest);
    put("key-cut", entry(0, {}, bucket, links) + entry(1, connection, "", record.substr(1)));
    put("garbage", entry(0, {}, bucket, "link") + entry(2, {}, "instagram", "provider") +
                       entry(3, {}, "example", "brand") + newest);
    put("schema-1", entry(5, {}, "schema", std::string_view("\1\0\0\0", 4)));
    put("schema-cut", entry(5, {}, "schema", "\2"));
    const std::string spread = LinkSpread{LinkSpread::maxBuckets, 1}.encode();
    put("spread-largest", entry(5, {}, "spread", spread) + entry(0, {}, bucket, links) + newest);
    put("spread-too-large", entry(5, {}, "spread", LinkSpread{~0U, 1}.encode()));
    put("spread-cut", entry(5, {}, "spread", spread.substr(1)));
    put("site-unreadable", entry(5, {}, "site", ""));
    const std::string brand = encodeBrandView({"Example", "0a5fd8", "logo-1.png"});
    put("brand", entry(0, {}, bucket, links) + newest + entry(3, {}, "example", brand) +
                     entry(4, {}, "logo-1.png", "PNG"));
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: seeds DIRECTORY\n";
        return 2;
    }
    const Corpus corpus(argv[1]);
    putStates(corpus);
    putApprovals(corpus);
    putStartMessages(corpus);
    putVisits(corpus);
    putOutcomes(corpus);
    putBuckets(corpus);
    putSealedCodes(corpus);
    putSpools(corpus);
    putViews(corpus);
    putLinkStores(corpus);
    return 0;
}
