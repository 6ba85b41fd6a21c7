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

} // namespace

ApiReply AdminClient::get(std::string_view path, const Query& query) const {
    std::string target(path);
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty())
            continue;
        target += fmt::format("{}{}={}", separator, name, escaped(value));
        separator = '&';
    }
    return send("GET", target);
}

ApiReply AdminClient::post(std::string_view path, const Json& body) const {
    return send("POST", std::string(path), body.dump());
}

ApiReply AdminClient::remove(std::string_view path) const {
    return send("DELETE", std::string(path));
}

ApiReply AdminClient::send(const char* method, const std::string& target,
                           const std::string& body) const {
    const Easy easy(curl_easy_init());
    if (!easy)
        throw std::bad_alloc();
    CurlList headers;
    headers.append("Content-Type: application/json");
    // The host is not used to connect; HTTP wants one all the same.
    const std::string url = "http://localhost" + target;
    std::string received;
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, ""); // nor one from the environment
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, connectSeconds);
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

    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_COULDNT_CONNECT)
        throw notConnected(easy.get(), socket_);
    if (code != CURLE_OK)
        throw notAnswered(code, socket_);
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299)
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
