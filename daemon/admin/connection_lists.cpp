#include "daemon/admin/connection_lists.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/text/fold.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <sstream>

namespace grantlink {

namespace {

constexpr std::size_t step = 500;     // connections that are looked at in one go: some milliseconds
constexpr std::size_t maxWords = 200; // bytes
constexpr std::size_t mostShown = 8;  // of those that need attention
constexpr TimeMs week = TimeMs{7} * 24 * 3600 * 1000;

std::set<ConnectionStatus> statusesOf(const std::string& text) {
    std::set<ConnectionStatus> out;
    std::istringstream names(text);
    for (std::string name; std::getline(names, name, ',');)
        if (const auto status = connectionStatusNamed(name))
            out.insert(*status);
        else
            throw badRequest("status must be of pending, active, broken and revoked, with commas "
                             "between them",
                             "status");
    return out;
}

bool truth(const std::string& name, const std::string& value) {
    if (value != "true" && value != "false")
        throw badRequest(name + " must be true or false", name);
    return value == "true";
}

std::vector<std::string> wordsOf(const std::string& text) {
    if (text.size() > maxWords)
        throw badRequest("words must have at most 200 bytes", "words");
    std::istringstream all(foldedForSearch(text));
    std::vector<std::string> out;
    for (std::string word; all >> word;)
        out.push_back(word);
    return out;
}

// "Nike" finds what was asked for as "@nike": each provider has its way to write a handle.
std::vector<std::string> spellingsOf(const std::string& account, const Settings& settings) {
    std::vector<std::string> out{account};
    for (const auto& [id, provider] : settings.providers)
        out.push_back(provider.display(provider.normalise(account)));
    return out;
}

// How the token of one that is connected is.
const char* healthOf(const Connection& c, TimeMs now) {
    if (c.status == ConnectionStatus::broken)
        return "broken";
    if (!c.trouble.empty())
        return "trouble";
    if (!c.tokenExpires)
        return "lasting";
    if (c.tokenExpires <= now)
        return "broken";
    return c.tokenExpires < now + week ? "soon" : "well";
}

class Tally {
  public:
    void add(const Connection& c, TimeMs now) {
        ++total_;
        providers_.insert(c.provider);
        ++status_[c.status];
        if (needsAttention(c, now))
            noteAttention(c);
        if (c.status == ConnectionStatus::revoked)
            return;
        const bool approved = c.approved || c.status != ConnectionStatus::pending;
        approved_ += approved;
        opened_ += approved || c.opened || c.started || c.lastOutcome;
        if (c.status != ConnectionStatus::pending)
            ++health_[healthOf(c, now)];
    }

    Json json() {
        Json providers = Json::array();
        for (const std::string& provider : providers_)
            providers.push(provider);
        const std::size_t asked = total_ - status_[ConnectionStatus::revoked];
        Json tokens = Json::object();
        for (const char* health : {"well", "lasting", "soon", "trouble", "broken"})
            tokens.set(health, health_[health]);
        return Json::object()
            .set("connections", total_)
            .set("pending", status_[ConnectionStatus::pending])
            .set("active", status_[ConnectionStatus::active])
            .set("broken", status_[ConnectionStatus::broken])
            .set("revoked", status_[ConnectionStatus::revoked])
            .set("attention", attention_)
            .set("attention_newest", newestOfAttention())
            .set("funnel", Json::object()
                               .set("requested", asked)
                               .set("opened", opened_)
                               .set("approved", approved_)
                               .set("active", status_[ConnectionStatus::active]))
            .set("tokens", tokens)
            .set("providers", providers);
    }

  private:
    void noteAttention(const Connection& c) {
        ++attention_;
        newest_.push_front(represent(c)); // they come in the order of creation
        newest_.resize(std::min(newest_.size(), mostShown));
    }

    Json newestOfAttention() const {
        Json out = Json::array();
        for (const Json& connection : newest_)
            out.push(connection);
        return out;
    }

    std::size_t total_ = 0, attention_ = 0, approved_ = 0, opened_ = 0;
    std::map<ConnectionStatus, std::size_t> status_;
    std::map<std::string, std::size_t> health_;
    std::set<std::string> providers_;
    std::deque<Json> newest_;
};

} // namespace

bool needsAttention(const Connection& c, TimeMs now) {
    switch (c.status) {
    case ConnectionStatus::pending:
        return c.linkExpires <= now || (c.lastOutcome && *c.lastOutcome != Outcome::connected);
    case ConnectionStatus::active:
        return !c.trouble.empty() || (c.tokenExpires && c.tokenExpires <= now);
    default:
        return c.status == ConnectionStatus::broken;
    }
}

struct ConnectionLists::Search {
    ConnectionQuery query;
    std::set<ConnectionStatus> statuses; // none: any
    bool attention = false;
    std::vector<std::string> words; // folded

    // What the vault's own lists do not know.
    bool isFiltered() const { return statuses.size() > 1 || attention || !words.empty(); }

    bool fits(const Connection& connection, const Settings& settings) const;
};

ConnectionLists::Search
ConnectionLists::searchOf(const std::vector<std::pair<std::string, std::string>>& fields) const {
    Search out;
    for (const auto& [name, value] : fields) {
        if (name == "provider") {
            out.query.provider = value;
        } else if (name == "account") {
            out.query.accounts = spellingsOf(value, *settings_.get());
        } else if (name == "status") {
            out.statuses = statusesOf(value);
        } else if (name == "attention") {
            out.attention = truth(name, value);
        } else if (name == "words") {
            out.words = wordsOf(value);
        } else if (name == "limit") {
            out.query.limit = limitOf(value);
        } else if (name == "after") {
            out.query.after = Uuid::parse(value);
            if (!out.query.after)
                throw badRequest("after must be the \"next\" of the page before", name);
        } else {
            throw noSuchParameter(name,
                                  "provider, account, status, attention, words, limit and after");
        }
    }
    if (out.statuses.size() == 1)
        out.query.status = *out.statuses.begin();
    return out;
}

bool ConnectionLists::Search::fits(const Connection& c, const Settings& settings) const {
    if (!statuses.empty() && !statuses.contains(c.status))
        return false;
    if (attention && !needsAttention(c, nowMs()))
        return false;
    if (words.empty())
        return true;
    const Provider* provider = settings.provider(c.provider);
    std::string text = c.account;
    for (const std::string& part :
         {c.approved ? c.approved->handle : "", c.approved ? c.approved->name : "", c.provider,
          provider ? provider->preset().name : "", c.requester, c.notify, c.recipient, c.brand,
          c.id.text()})
        text += "\n" + part;
    text = foldedForSearch(text);
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return text.find(word) != std::string::npos;
    });
}

boost::asio::awaitable<Json>
ConnectionLists::list(std::vector<std::pair<std::string, std::string>> fields) const {
    Search search = searchOf(fields);
    const SettingsPtr settings = settings_.get();
    const auto loop = co_await boost::asio::this_coro::executor;
    const std::size_t limit = search.query.limit;
    if (search.isFiltered())
        search.query.limit = step;
    std::vector<Connection> found;
    ConnectionPage page;
    do {
        vault_.read([&](const VaultReader& vault) { page = vault.connections(search.query); });
        for (const Connection& connection : page.connections)
            if (found.size() <= limit && search.fits(connection, *settings))
                found.push_back(connection);
        search.query.after = page.next;
        if (search.isFiltered())
            co_await boost::asio::post(loop, boost::asio::use_awaitable);
    } while (search.isFiltered() && page.next && found.size() <= limit);
    // One too many tells that there is a next page.
    const bool more = found.size() > limit || (!search.isFiltered() && page.next);
    found.resize(std::min(found.size(), limit));
    Json list = Json::array();
    for (const Connection& connection : found)
        list.push(represent(connection));
    co_return Json::object()
        .set("connections", list)
        .set("next", more ? Json(found.back().id.text()) : Json());
}

boost::asio::awaitable<Json> ConnectionLists::overview() {
    if (nowMs() < countedUntil_)
        co_return counted_;
    const auto loop = co_await boost::asio::this_coro::executor;
    const TimeMs start = nowMs();
    Tally tally;
    Uuid last;
    std::size_t looked = step;
    while (looked == step) {
        looked = 0;
        vault_.read([&](const VaultReader& vault) {
            vault.eachConnection(last, step, [&](const Connection& connection) {
                tally.add(connection, start);
                last = connection.id;
                ++looked;
            });
        });
        co_await boost::asio::post(loop, boost::asio::use_awaitable);
    }
    const TimeMs now = nowMs();
    counted_ = tally.json();
    countedUntil_ = now + 20 * (now - start);
    co_return counted_;
}

} // namespace grantlink
