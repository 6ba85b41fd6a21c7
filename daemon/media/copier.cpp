#include "daemon/media/copier.hpp"

#include "daemon/lifecycle/plan.hpp"
#include "daemon/media/copy_plan.hpp"
#include "daemon/text/printable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t atOnce = 4;  // connections
constexpr std::size_t inARow = 20; // of one connection, before others have their turn
constexpr auto longestTurn = 5min; // … or for so long
constexpr std::size_t eraseBatch = 100;
constexpr auto eraseEvery = 1s;
constexpr TimeMs untilRoom = 3'600'000; // before it is seen whether there is room again

// What becomes of the post's copy. `moved`: a poll has brought another address meanwhile.
void note(MediaCopy& copy, const Fetched& fetched, bool moved, TimeMs now) {
    switch (fetched.how) {
    case Copied::done:
        copy = {CopyState::kept, copy.tries, 0, fetched.file};
        return;
    case Copied::failed:
    case Copied::turnedAway:
    case Copied::noRoom: // for this one: there was some
        return noteFailedCopy(copy, false, fetched.asked, now);
    default: // another address may lead to something better
        return noteFailedCopy(copy, !moved, fetched.asked, now);
    }
}

} // namespace

MediaCopier::MediaCopier(boost::asio::any_io_executor loop, LifecycleServices& services,
                         HttpClient& http, MediaFiles& files)
    : loop_(loop), services_(services), http_(http), files_(files),
      tasks_(
          loop, services.vault, services.settings, Task::copy,
          [this](Uuid connection) { return copy(connection); }, atOnce) {}

void MediaCopier::start() {
    erasing_ = true;
    boost::asio::co_spawn(loop_, run(), boost::asio::detached);
}

void MediaCopier::stop() {
    tasks_.stop();
    idle_.stop();
}

// Nothing is copied before the sweep has ended: a file that is about to be recorded is known to
// nobody.
boost::asio::awaitable<void> MediaCopier::run() {
    co_await sweep();
    if (!idle_.stopped())
        tasks_.start();
    while (!idle_.stopped()) {
        co_await erase();
        co_await idle_.sleep(eraseEvery);
    }
    erasing_ = false;
}

boost::asio::awaitable<void> MediaCopier::sweep() {
    std::set<MediaName> known;
    try {
        services_.vault.read([&](const VaultReader& vault) {
            vault.eachCopy([&](std::uint64_t, const MediaName& name) { known.insert(name); });
        });
        const std::size_t removed = co_await files_.sweep(std::move(known));
        if (removed > 0)
            spdlog::info("copies: {} files of nobody were removed", removed);
    } catch (const std::exception& error) {
        spdlog::error("copies: {}", error.what());
    }
}

boost::asio::awaitable<void> MediaCopier::erase() {
    const bool all = eraser_.until <= nowMs();
    std::string trouble;
    try {
        trouble = co_await eraseAll(all);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (stuck_.empty())
        eraser_ = {};
    if (trouble.empty() || !all)
        co_return;
    if (eraser_.failures == 0)
        spdlog::error("copies: some could not be erased, which is tried again: {}", trouble);
    eraser_.until = nowMs() + grownPause(eraser_.failures++);
}

// First the file, then the note of it: whoever is killed in between does it again. Answers the
// first trouble; others go all the same.
boost::asio::awaitable<std::string> MediaCopier::eraseAll(bool stuckOnes) {
    std::string trouble;
    MediaName after{};
    while (!idle_.stopped()) {
        std::vector<MediaName> names;
        services_.vault.read(
            [&](const VaultReader& vault) { names = vault.erasedCopies(eraseBatch, after); });
        if (names.empty())
            break;
        after = names.back();
        if (!stuckOnes)
            std::erase_if(names, [&](const MediaName& name) { return stuck_.contains(name); });
        if (names.empty())
            continue;
        stuck_.insert(names.begin(), names.end()); // until they are known to be gone
        MediaFiles::Removal removal = co_await files_.removeAll(std::move(names));
        if (trouble.empty())
            trouble = std::move(removal.trouble);
        const auto forget = [gone = removal.gone](VaultWriter& vault) {
            for (const MediaName& name : gone)
                vault.forgetErasedCopy(name);
        };
        if (removal.gone.empty())
            continue;
        co_await services_.vault.write(forget);
        for (const MediaName& name : removal.gone)
            stuck_.erase(name);
        roomUntil_ = 0;
    }
    co_return trouble;
}

// By the settings of now: they may be replaced, and the connection end, between two posts.
MediaCopier::Order MediaCopier::orderFor(const Uuid& id) const {
    Order out{services_.settings.get()};
    const auto connection = services_.vault.connection(id);
    if (connection && connection->status == ConnectionStatus::active &&
        out.settings->config.copiesMedia(connection->provider))
        out.provider = out.settings->provider(connection->provider);
    return out;
}

boost::asio::awaitable<std::chrono::seconds> MediaCopier::copy(Uuid id) {
    std::chrono::seconds pause = 0s;
    std::string trouble;
    try {
        if (std::max(disk_.until, roomUntil_) <= nowMs())
            pause = co_await copyDue(id);
        co_await plan(id);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (!trouble.empty()) { // of the vault: its disk is that of the copies
        noteTrouble(trouble);
        co_await idle_.sleep(
            std::chrono::milliseconds(disk_.until - std::min(disk_.until, nowMs())));
    }
    co_return pause;
}

boost::asio::awaitable<std::chrono::seconds> MediaCopier::copyDue(Uuid connection) {
    const auto end = std::chrono::steady_clock::now() + longestTurn;
    std::vector<WantedCopy> wanted;
    services_.vault.read(
        [&](const VaultReader& vault) { wanted = vault.wantedCopies(connection); });
    std::erase_if(wanted, [now = nowMs()](const WantedCopy& it) { return it.next > now; });
    wanted.resize(std::min(wanted.size(), inARow));
    for (const WantedCopy& it : wanted) {
        std::optional<StoredPost> post;
        services_.vault.read([&](const VaultReader& vault) { post = vault.post(it.post); });
        if (!post) {
            const auto forget = [connection, number = it.post](VaultWriter& vault) {
                vault.forgetWantedCopy(connection, number);
            };
            co_await services_.vault.write(forget);
            continue;
        }
        const Order order = orderFor(connection);
        if (!order.provider)
            break;
        Fetched fetched = co_await fetch(*post, order);
        if (services_.stop.stopped()) // which may be why it has failed
            break;
        const std::optional<Fetched> kept = co_await keep(*post, std::move(fetched));
        if (!kept)
            continue;
        tell(*post, *kept);
        if (kept->how == Copied::turnedAway)
            co_return kept->asked;
        const bool late = kept->slow || std::chrono::steady_clock::now() >= end;
        if (late || kept->how == Copied::unwritable || kept->how == Copied::noRoom)
            break;
    }
    co_return 0s;
}

boost::asio::awaitable<Fetched> MediaCopier::fetch(const StoredPost& post, const Order& order) {
    const MediaConfig& config = order.settings->config.content.media;
    CopyStock stock;
    services_.vault.read([&](const VaultReader& vault) { stock = vault.copyStock(); });
    if (stock.bytes >= config.maxTotal)
        co_return Fetched{Copied::noRoom};
    const std::uint64_t most = std::min(config.maxFile, config.maxTotal - stock.bytes);
    const MediaHost host{loop_, http_, files_, services_.stop, config.keepFree};
    const std::string url = order.provider->withOrigins(post.media);
    Fetched out;
    try {
        const auto look = [this, keepFree = config.keepFree] { files_.requireFree(keepFree); };
        co_await files_.thread().run(look);
        out = co_await fetchMedia(host, *order.provider, url, most);
    } catch (const std::runtime_error& error) {
        out.how = Copied::unwritable;
        out.why = error.what();
    }
    if (out.how == Copied::tooLarge && most < config.maxFile) {
        out.how = Copied::noRoom;
        out.tried = true;
    }
    co_return out;
}

// The post may have gone meanwhile, the wish (nothing), or room that others took; then so does the
// file.
boost::asio::awaitable<std::optional<Fetched>> MediaCopier::keep(const StoredPost& fetchedOf,
                                                                 Fetched fetched) {
    if (fetched.how == Copied::unwritable || (fetched.how == Copied::noRoom && !fetched.tried))
        co_return fetched; // nothing has changed but the time
    const Order order = orderFor(fetchedOf.connection);

    struct Kept {
        Fetched fetched;
        bool noted = false;
    };

    const auto kept = std::make_shared<Kept>(Kept{fetched});
    const auto apply =
        [number = fetchedOf.number, url = fetchedOf.media, kept, asked = order.provider != nullptr,
         maxTotal = order.settings->config.content.media.maxTotal](VaultWriter& vault) {
            auto post = vault.post(number);
            if (!asked || !post || post->copy.state != CopyState::wanted)
                return;
            const auto connection = vault.connection(post->connection);
            if (!connection || connection->status != ConnectionStatus::active)
                return;
            Fetched& it = kept->fetched;
            if (it.how == Copied::done && vault.copyStock().bytes + it.file.size > maxTotal)
                it.how = Copied::noRoom;
            note(post->copy, it, post->media != url, nowMs());
            vault.putPost(*post);
            kept->noted = true;
        };
    std::string trouble;
    try {
        co_await services_.vault.write(apply);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    const bool recorded = trouble.empty() && kept->noted && kept->fetched.how == Copied::done;
    if (fetched.how == Copied::done && !recorded) {
        std::vector<MediaName> names{fetched.file.name};
        co_await files_.removeAll(std::move(names)); // what stays is found by the next sweep
    }
    if (!trouble.empty()) // the vault's disk is that of the copies
        co_return Fetched{Copied::unwritable, {}, {}, trouble};
    if (!kept->noted)
        co_return std::nullopt;
    co_return kept->fetched;
}

// What there still is to do, and when: behind those that have waited until now.
boost::asio::awaitable<void> MediaCopier::plan(Uuid id) {
    const bool asked = orderFor(id).provider != nullptr;
    const TimeMs notBefore = std::max({nowMs(), disk_.until, roomUntil_});
    const auto apply = [id, asked, notBefore](VaultWriter& vault) {
        const auto connection = vault.connection(id);
        if (asked && connection && connection->status == ConnectionStatus::active)
            scheduleCopies(vault, *connection, notBefore);
        else
            vault.unschedule(Task::copy, id);
    };
    co_await services_.vault.write(apply);
}

// Once for all that wait for the same.
void MediaCopier::noteTrouble(const std::string& why) {
    if (disk_.until > nowMs())
        return;
    if (disk_.failures == 0)
        spdlog::error("copies: they cannot be written, which is tried again: {}", why);
    disk_.until = nowMs() + grownPause(disk_.failures++);
}

void MediaCopier::tell(const StoredPost& post, const Fetched& fetched) {
    services_.metrics.copies[static_cast<std::size_t>(fetched.how)].add();
    switch (fetched.how) {
    case Copied::done:
        if (disk_.failures > 0)
            spdlog::info("copies: the disk takes them again");
        disk_ = {};
        fullTold_ = false;
        return;
    case Copied::noRoom:
        roomUntil_ = nowMs() + untilRoom;
        if (!std::exchange(fullTold_, true))
            spdlog::warn("copies: all of them together are as large as content.media.max_total_mb "
                         "allows; no more are made until some have gone");
        return;
    case Copied::unwritable:
        return noteTrouble(fetched.why);
    default:
        spdlog::info("connection {}: post {} was not copied: {}", post.connection.text(),
                     printable(post.id), fetched.why);
    }
}

} // namespace grantlink
