// grantlink provider try: a flow with a real account, request by request.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/text/rfc3339.hpp"
#include "shared/uuid.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <thread>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxLine = 16 * 1024;

class Trial {
  public:
    Trial(const Session& session, const TryOptions& options)
        : session_(session), options_(options) {}

    void run() {
        begin();
        waitForApproval();
        if (status_ == "active") {
            step("A new token", [&] { session_.daemon.post(path_ + "/refresh"); });
            step("The account's content", [&] { showPosts(); });
        }
        if (!options_.keep)
            remove();
        finish();
    }

  private:
    void begin() {
        Json body = Json::object().set("provider", options_.provider).set("trace", true);
        if (!options_.account.empty())
            body.set("account", options_.account);
        const Json made = session_.daemon.post("/v1/connections", body).json;
        path_ = "/v1/connections/" + made["id"].str();
        fmt::print(stderr, "Open this, and approve:\n\n  {}\n\n",
                   printable(made["link"].str(), 4000));
    }

    void waitForApproval() {
        std::string outcome;
        do {
            std::this_thread::sleep_for(300ms);
            showNew();
            const Json now = session_.daemon.get(path_).json;
            status_ = now["status"].str();
            if (now["link_expires_at"].str() < rfc3339(nowMs())) {
                note("The link has expired, and nobody has approved.");
                break;
            }
            if (const std::string last = now["last_outcome"].str(); last != outcome) {
                outcome = last;
                note(fmt::format("outcome: {}{}", last,
                                 status_ == "active" ? ""
                                                     : "; the link still works, Ctrl-C ends this"));
            }
        } while (status_ == "pending" || status_ == "broken");
        showNew();
    }

    void step(const char* what, const std::function<void()>& act) {
        note(fmt::format("{} …", what));
        try {
            act();
        } catch (const CommandFailure& failure) { // said, and no reason to leave out what follows
            note(failure.what());
        }
        showNew();
    }

    void showPosts() {
        const Json feed = session_.daemon.get(path_ + "/feed").json;
        const Json posts = feed["posts"];
        note(fmt::format("{} posts{}", posts.size(), feed["more"].boolean() ? ", and more" : ""));
        for (std::size_t i = 0; i < std::min<std::size_t>(posts.size(), 3); ++i)
            note(fmt::format("  {}  {}", posts.at(i)["published_at"].str("–"),
                             printable(posts.at(i)["text"].str(posts.at(i)["id"].str()), 60)));
    }

    void remove() {
        step("Removal", [&] {
            session_.daemon.remove(path_);
            const auto deadline = std::chrono::steady_clock::now() + 20s;
            while (status_ == "active" && !isGivenBack() &&
                   std::chrono::steady_clock::now() < deadline)
                std::this_thread::sleep_for(200ms);
        });
    }

    // The token, which happens behind the answer.
    bool isGivenBack() const {
        const Json events = session_.daemon.get(path_ + "/events").json["events"];
        for (std::size_t i = 0; i < events.size(); ++i)
            if (events.at(i)["event"].str() == "token_given_back")
                return true;
        return false;
    }

    void showNew() {
        const Json trace =
            session_.daemon.get(path_ + "/trace", {{"after", std::to_string(seen_)}}).json;
        const Json requests = trace["requests"];
        for (std::size_t i = 0; i < requests.size(); ++i) {
            all_.push(requests.at(i));
            if (!session_.json)
                show(requests.at(i));
        }
        seen_ = static_cast<std::size_t>(trace["next"].integer());
    }

    void line(const std::string& text) const { print(printable(text, maxLine)); }

    void headers(const char* mark, const Json& list) const {
        for (const std::string& name : list.keys())
            line(fmt::format("{} {}: {}", mark, name, list[name].text()));
    }

    void lines(const char* mark, const std::string& text) const {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            line(fmt::format("{} {}", mark, text.substr(at, end - at)));
            at = end + 1;
        }
    }

    void show(const Json& request) const {
        const Json answer = request["answer"];
        print(session_.out.paint(Style::bold, printable(request["request"].str(), 100)));
        line(fmt::format("> {} {}", request["method"].str(), request["url"].str()));
        headers(">", request["headers"]);
        lines(">", request["body"].str());
        const std::int64_t status = answer["status"].integer();
        const bool good = status >= 200 && status <= 299;
        const std::string result =
            answer.isNull() ? request["error"].str() : std::to_string(status);
        if (!result.empty()) // what the browser does has none here
            print(session_.out.paint(
                good ? Style::green : Style::red,
                printable(fmt::format("< {} ({} ms)", result, request["took_ms"].integer()))));
        headers("<", answer["headers"]);
        lines("<", answer["json"].isNull() ? answer["text"].str() : answer["json"].pretty());
        print("");
    }

    void note(const std::string& text) const {
        fmt::print(stderr, "{}\n", printable(text, maxLine));
    }

    void finish() const {
        if (session_.json)
            print(Json::object().set("status", status_).set("requests", all_).dump());
    }

    const Session& session_;
    const TryOptions& options_;
    std::string path_, status_;
    std::size_t seen_ = 0;
    Json all_ = Json::array();
};

} // namespace

void providerTryCommand(const Session& session, const TryOptions& options) {
    Trial(session, options).run();
}

} // namespace grantlink
