#include "daemon/cli/admin_client.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/net/curl_list.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <new>

namespace grantlink {

namespace {

constexpr long connectSeconds = 5;
constexpr long totalSeconds = 600; // a check of a large vault takes minutes

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

using Easy = std::unique_ptr<CURL, EasyDeleter>;

std::string escaped(const std::string& text) {
    const std::unique_ptr<char, void (*)(void*)> out(
        curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
    if (!out)
        throw std::bad_alloc();
    return out.get();
}

std::string withParameters(std::string_view path, const AdminClient::Query& query) {
    std::string out(path);
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty())
            continue;
        out += fmt::format("{}{}={}", separator, name, escaped(value));
        separator = '&';
    }
    return out;
}

Easy requestFor(const std::string& socket, const std::string& target) {
    Easy easy(curl_easy_init());
    if (!easy)
        throw std::bad_alloc();
    // The host is not used to connect; HTTP wants one all the same.
    const std::string url = "http://localhost" + target; // which libcurl copies
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, ""); // nor one from the environment
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, connectSeconds);
    return easy;
}

// What a stream brings; of an answer that is none, the document that says why.
struct Streamed {
    CURL* easy;
    const std::function<void(std::string_view)>& onBytes;
    std::string refusal;
};

long statusOf(CURL* easy) {
    long out = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out);
    return out;
}

bool isGood(long status) {
    return status >= 200 && status <= 299;
}

std::size_t onStream(char* data, std::size_t size, std::size_t count, void* user) noexcept {
    Streamed& to = *static_cast<Streamed*>(user);
    const std::string_view bytes(data, size * count);
    try {
        if (isGood(statusOf(to.easy)))
            to.onBytes(bytes);
        else
            to.refusal.append(bytes);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return bytes.size();
}

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user) noexcept {
    try {
        static_cast<std::string*>(user)->append(data, size * count);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return size * count;
}

CommandFailure notConnected(CURL* easy, const std::string& socket) {
    long error = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    if (error == EACCES || error == EPERM)
        return {ExitCode::notPermitted,
                fmt::format("you may not open the daemon's socket; {}; ask for an [[admin.grant]] "
                            "in grantlink.toml, or run it as root",
                            socket)};
    const char* what = error == ENOENT ? "the daemon is not running: its socket does not exist"
                                       : "the daemon is not running: nothing answers";
    return {ExitCode::unreachable,
            fmt::format("{}; {}; start it with “systemctl start grantlinkd”, or name the socket "
                        "with --socket or GRANTLINK_SOCKET",
                        what, socket)};
}

CommandFailure notAnswered(CURLcode code, const std::string& socket) {
    return {ExitCode::daemonError,
            fmt::format("no answer from the daemon: {}; {}; its log says more: journalctl -u "
                        "grantlinkd",
                        curl_easy_strerror(code), socket)};
}

void perform(CURL* easy, const std::string& socket) {
    const CURLcode code = curl_easy_perform(easy);
    if (code == CURLE_COULDNT_CONNECT)
        throw notConnected(easy, socket);
    if (code != CURLE_OK)
        throw notAnswered(code, socket);
}

} // namespace

void AdminClient::stream(std::string_view path, const Query& query,
                         const std::function<void(std::string_view)>& onBytes) const {
    const std::string target = withParameters(path, query);
    const Easy easy = requestFor(socket_, target);
    Streamed to{easy.get(), onBytes, {}};
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, onStream);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &to);
    perform(easy.get(), socket_);
    if (const long status = statusOf(easy.get()); !isGood(status))
        throw failureOf(status, to.refusal, target);
}

ApiReply AdminClient::get(std::string_view path, const Query& query) const {
    return send("GET", withParameters(path, query));
}

ApiReply AdminClient::post(std::string_view path, const Json& body) const {
    return send("POST", std::string(path), body.dump());
}

ApiReply AdminClient::remove(std::string_view path) const {
    return send("DELETE", std::string(path));
}

ApiReply AdminClient::send(const char* method, const std::string& target,
                           const std::string& body) const {
    const Easy easy = requestFor(socket_, target);
    CurlList headers;
    headers.append("Content-Type: application/json");
    std::string received;
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, totalSeconds);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &received);
    if (!body.empty()) {
        curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, body.c_str());
    }
    curl_easy_setopt(easy.get(), CURLOPT_CUSTOMREQUEST, method);

    perform(easy.get(), socket_);
    if (const long status = statusOf(easy.get()); !isGood(status))
        throw failureOf(status, received, target);
    Json json = Json::parse(received);
    if (json.isNull())
        throw CommandFailure(
            ExitCode::daemonError,
            fmt::format("the daemon's answer is not JSON; {}; is this grantlinkd's "
                        "admin socket?",
                        socket_));
    return {std::move(received), std::move(json)};
}

} // namespace grantlink
