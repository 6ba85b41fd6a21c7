#include "daemon/notify/smtp.hpp"

#include "daemon/net/blocking.hpp"
#include "daemon/net/curl_list.hpp"
#include "daemon/net/url.hpp"
#include "daemon/notify/mail_header.hpp"
#include "daemon/text/printable.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

namespace grantlink {

namespace {

namespace asio = boost::asio;

using Kind = SmtpResult::Kind;

constexpr long connectSeconds = 15;
constexpr long answerSeconds = 30;
constexpr long totalSeconds = 60;

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct MimeDeleter {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;

// RFC 5322, section 3.3. fmt's names of days and months are English in every locale.
std::string mailDate(std::time_t now) {
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(now));
}

// The id as the left side of a Message-ID: our ids are UUIDs, anything else loses what may not
// stand there.
std::string idToken(const std::string& id) {
    std::string out;
    std::copy_if(id.begin(), id.end(), std::back_inserter(out), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '_';
    });
    return out;
}

CurlList headersOf(const Mail& mail, const MailAddress& from, const MailAddress& to) {
    const std::string id = idToken(mail.id);
    const std::string domain = from.address.substr(from.address.find('@') + 1);
    CurlList list;
    list.append("Date: " + mailDate(std::time(nullptr)));
    list.append(addressHeader("From", from));
    list.append(addressHeader("To", to));
    list.append(unstructuredHeader("Subject", mail.subject));
    list.append(fmt::format("Message-ID: <{}@{}>", id, domain));
    list.append("X-Grantlink-Notification-Id: " + id);
    list.append("Auto-Submitted: auto-generated"); // RFC 3834: no out-of-office answers, please
    // Folded, because libcurl adds a long boundary to the line.
    list.append("Content-Type:\r\n multipart/alternative");
    return list;
}

// Line ends as in mail: the quoted-printable encoder takes only CRLF for a line's end.
std::string withCrlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' && (out.empty() || out.back() != '\r'))
            out += '\r';
        out += c;
    }
    return out;
}

void addPart(curl_mime* mime, const char* type, std::string_view text) {
    curl_mimepart* const part = curl_mime_addpart(mime);
    const std::string lines = withCrlf(text);
    if (!part || curl_mime_data(part, lines.data(), lines.size()) != CURLE_OK ||
        curl_mime_type(part, type) != CURLE_OK ||
        curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
        throw std::bad_alloc();
}

// RFC 2046, section 5.1.4: the best part comes last.
Mime bodyOf(CURL* easy, const Mail& mail) {
    Mime mime(curl_mime_init(easy));
    if (!mime)
        throw std::bad_alloc();
    addPart(mime.get(), "text/plain; charset=utf-8", mail.text);
    addPart(mime.get(), "text/html; charset=utf-8", mail.html);
    return mime;
}

// Host and port: all of the URL that may be logged.
std::string serverName(const std::string& text) {
    const Url url(text);
    if (!url)
        return "the mail server";
    return url.part(CURLUPART_HOST) + ":" + url.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

void setSecurity(CURL* easy, const SmtpConfig& config) {
    const bool needsTls = config.startTls == StartTls::required ||
                          (config.startTls == StartTls::opportunistic && !config.username.empty());
    long level = needsTls ? CURLUSESSL_ALL : CURLUSESSL_TRY;
    if (config.startTls == StartTls::never)
        level = CURLUSESSL_NONE;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, level);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config.caFile.empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, config.caFile.c_str());

    const bool implicitTls = config.url.starts_with("smtps:");
    if (!implicitTls && level == CURLUSESSL_TRY && config.caFile.empty()) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!config.username.empty()) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, config.username.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, config.password.c_str());
    }
}

// Keeps the server's last answer that was a refusal. Challenges of an AUTH exchange are not kept.
std::size_t onAnswer(char* data, std::size_t size, std::size_t count, void* refusal) noexcept {
    const std::string_view line(data, size * count);
    if (!line.starts_with('4') && !line.starts_with('5'))
        return line.size();
    try {
        *static_cast<std::string*>(refusal) = printable(line.substr(0, line.find_first_of("\r\n")));
    } catch (const std::bad_alloc&) {
        return 0; // ends the transfer with a write error
    }
    return line.size();
}

// libcurl asks at least once a second, also while it waits. Anything but 0 ends the transfer.
int onProgress(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    return *static_cast<const std::atomic<bool>*>(stopping) ? 1 : 0;
}

void setConnection(CURL* easy, const SmtpConfig& config) {
    curl_easy_setopt(easy, CURLOPT_URL, config.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); // nor one from the environment
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // a slow name lookup is not waited for
    // A connection kept for reuse says QUIT in curl_easy_cleanup(), and nothing ends that wait.
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connectSeconds);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, answerSeconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, totalSeconds);
}

// The server saw this very mail and refused it with 5xx. What goes wrong before MAIL FROM (the
// greeting, TLS, the password) is a matter of configuration: mended, the same mail can go out.
// libcurl: a refused MAIL, RCPT or DATA is a send error; a refused text is a weird reply, and so is
// a refusal as greeting, but that one comes before any transfer.
bool refusedForGood(CURL* easy, CURLcode code) {
    long answer = 0;
    curl_off_t textBegan = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &textBegan);
    const bool ofThisMail =
        code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && textBegan > 0);
    const bool notAuthenticated = answer == 530 || answer == 535; // RFC 4954, section 6
    return ofThisMail && answer >= 500 && answer < 600 && !notAuthenticated;
}

std::string explain(CURLcode code, const std::string& server, const std::string& refusal) {
    switch (code) {
    case CURLE_LOGIN_DENIED:
        return fmt::format("{} refused the user name or password: {}; check [mail] in "
                           "grantlink.toml",
                           server, refusal.empty() ? "no common way to authenticate" : refusal);
    case CURLE_USE_SSL_FAILED:
        return fmt::format("{} offers no STARTTLS, and [mail] asks for it (a password does so "
                           "too); use smtps://, or starttls = \"never\" to go without",
                           server);
    case CURLE_PEER_FAILED_VERIFICATION:
        return fmt::format("the certificate of {} is not trusted; give its authority as ca_file "
                           "in [mail]",
                           server);
    case CURLE_SSL_CACERT_BADFILE:
        return fmt::format("ca_file in [mail] cannot be read; no mail to {}", server);
    default:
        break;
    }
    if (!refusal.empty() && (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY))
        return fmt::format("{} refused: {}", server, refusal);
    return fmt::format("no mail to {}: {}", server, curl_easy_strerror(code));
}

// One try, from the connection to QUIT. Blocks.
SmtpResult deliver(const SmtpConfig& config, const Mail& mail, std::atomic<bool>& stopping) {
    if (stopping)
        return {Kind::temporaryFailure, "no mail is sent any more: the daemon is stopping"};
    const auto from = parseMailAddress(config.from);
    if (!from)
        return {Kind::temporaryFailure, "from in [mail]: " + from.error().message};
    const auto to = parseMailAddress(mail.to);
    if (!to)
        return {Kind::permanentFailure, to.error().message};

    std::string refusal;
    const Easy easy(curl_easy_init());
    if (!easy)
        throw std::bad_alloc();
    setConnection(easy.get(), config);
    setSecurity(easy.get(), config);
    curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, onAnswer);
    curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &refusal);
    curl_easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(easy.get(), CURLOPT_XFERINFODATA, &stopping);
    curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);

    const CurlList headers = headersOf(mail, *from, *to);
    const Mime body = bodyOf(easy.get(), mail);
    CurlList recipients;
    recipients.append(to->address);
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, from->address.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy.get(), CURLOPT_MIMEPOST, body.get());

    const CURLcode code = curl_easy_perform(easy.get());
    const std::string server = serverName(config.url);
    if (code == CURLE_OK)
        return {Kind::delivered, "accepted by " + server};
    const bool forGood = refusedForGood(easy.get(), code);
    return {forGood ? Kind::permanentFailure : Kind::temporaryFailure,
            explain(code, server, refusal)};
}

// The thread for mail of one event loop: a service of it, so that it ends with the loop and before
// anything the loop still holds.
class MailThread : public asio::execution_context::service {
  public:
    static inline asio::execution_context::id id;

    explicit MailThread(asio::execution_context& loop) : service(loop) {
        curl_global_init(CURL_GLOBAL_DEFAULT); // counted, and thread-safe
    }

    asio::awaitable<SmtpResult> deliver(SmtpConfig config, Mail mail) {
        // Copies in this coroutine's frame, which the thread's work keeps alive.
        const auto work = [this, &config, &mail] {
            return grantlink::deliver(config, mail, stopping_);
        };
        co_return co_await thread_.run(work);
    }

  private:
    void shutdown() override {
        stopping_ = true;
        thread_.join();
    }

    std::atomic<bool> stopping_ = false;
    BlockingThread thread_;
};

} // namespace

asio::awaitable<SmtpResult> SmtpSender::send(Mail mail) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::execution_context& loop = asio::query(executor, asio::execution::context);
    SmtpConfig config = config_;
    co_return co_await asio::use_service<MailThread>(loop).deliver(std::move(config),
                                                                   std::move(mail));
}

} // namespace grantlink
