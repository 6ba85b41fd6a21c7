#include "daemon/media/copier.hpp"

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
constexpr std::size_t eraseBatch = 100;
constexpr auto eraseEvery = 1s;
constexpr TimeMs minute = 60'000;
constexpr TimeMs untilRoom = 60 * minute; // before it is seen whether there is room again

TimeMs pauseAfter(unsigned failures) {
    return std::min(minute << std::min(failures - 1, 6U), 60 * minute);
}

// What becomes of the post's copy. `moved`: a poll has brought another address meanwhile.
void note(MediaCopy& copy, const Fetched& fetched, bool moved, TimeMs now) {
    switch (fetched.how) {
    case Copied::done:
        copy = {CopyState::kept, copy.tries, 0, fetched.file};
        return;
    case Copied::gone:
    case Copied::notMedia: // what some hosts say instead
        return noteFailedCopy(copy, !moved, fetched.asked, now);
    case Copied::failed:
    case Copied::turnedAway:
        return noteFailedCopy(copy, false, fetched.asked, now);
    case Copied::noRoom:
        copy.next = now + untilRoom;
        return;
    case Copied::unwritable:
        return;
    default:
        copy.state = CopyState::givenUp;
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
        if (eraser_.until <= nowMs())
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

// First the file, then the note of it: whoever is killed in between does it again.
boost::asio::awaitable<void> MediaCopier::erase() {
    try {
        std::vector<MediaName> names;
        services_.vault.read(
            [&](const VaultReader& vault) { names = vault.erasedCopies(eraseBatch); });
        if (names.empty())
            co_return;
        co_await files_.removeAll(names);
        const auto forget = [names](VaultWriter& vault) {
            for (const MediaName& name : names)
                vault.forgetErasedCopy(name);
        };
        co_await services_.vault.write(forget);
        eraser_ = {};
    } catch (const std::exception& error) {
        if (eraser_.failures++ == 0)
            spdlog::error("copies: some could not be erased, which is tried again: {}",
                          error.what());
        eraser_.until = nowMs() + pauseAfter(eraser_.failures);
    }
}

boost::asio::awaitable<std::chrono::seconds> MediaCopier::copy(Uuid id) {
    const auto connection = services_.vault.connection(id);
    const SettingsPtr settings = services_.settings.get();
    const Provider* provider = connection ? settings->provider(connection->provider) : nullptr;
    const bool asked = provider && settings->config.copiesMedia(connection->provider);
    std::chrono::seconds pause = 0s;
    if (asked && connection->status == ConnectionStatus::active && disk_.until <= nowMs())
        pause = co_await copyDue(id, *provider, settings->config.content.media);
    co_await plan(id, asked);
    co_return pause;
}

boost::asio::awaitable<std::chrono::seconds>
MediaCopier::copyDue(Uuid connection, const Provider& provider, const MediaConfig& config) {
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
        Fetched fetched = co_await fetch(*post, provider, config);
        if (services_.stop.stopped()) // which may be why it has failed
            co_return 0s;
        fetched.how = co_await keep(*post, fetched, config.maxTotal);
        tell(*post, fetched);
        if (fetched.how == Copied::unwritable || fetched.how == Copied::turnedAway)
            co_return fetched.asked;
    }
    co_return 0s;
}

boost::asio::awaitable<Fetched> MediaCopier::fetch(const StoredPost& post, const Provider& provider,
                                                   const MediaConfig& config) {
    CopyStock stock;
    services_.vault.read([&](const VaultReader& vault) { stock = vault.copyStock(); });
    if (stock.bytes >= config.maxTotal)
        co_return Fetched{Copied::noRoom};
    const std::uint64_t most = std::min(config.maxFile, config.maxTotal - stock.bytes);
    const MediaHost host{loop_, http_, files_, services_.stop};
    const std::string url = provider.withOrigins(post.media);
    Fetched out;
    try {
        out = co_await fetchMedia(host, provider, url, most);
    } catch (const std::runtime_error& error) {
        out.how = Copied::unwritable;
        out.why = error.what();
    }
    if (out.how == Copied::tooLarge && most < config.maxFile)
        out.how = Copied::noRoom;
    co_return out;
}

// The post may have gone meanwhile, or room that others took; then so does the file.
boost::asio::awaitable<Copied> MediaCopier::keep(const StoredPost& fetchedOf, Fetched fetched,
                                                 std::uint64_t maxTotal) {
    const auto how = std::make_shared<Copied>(fetched.how);
    const auto recorded = std::make_shared<bool>(false);
    const auto apply = [number = fetchedOf.number, url = fetchedOf.media, fetched, maxTotal, how,
                        recorded](VaultWriter& vault) mutable {
        auto post = vault.post(number);
        if (!post || post->copy.state != CopyState::wanted)
            return;
        if (fetched.how == Copied::done && vault.copyStock().bytes + fetched.file.size > maxTotal)
            *how = fetched.how = Copied::noRoom;
        note(post->copy, fetched, post->media != url, nowMs());
        vault.putPost(*post);
        *recorded = fetched.how == Copied::done;
    };
    std::exception_ptr failure;
    try {
        co_await services_.vault.write(apply);
    } catch (...) {
        failure = std::current_exception();
    }
    if (fetched.how == Copied::done && (failure || !*recorded)) {
        std::vector<MediaName> names{fetched.file.name};
        co_await files_.removeAll(std::move(names));
    }
    if (failure)
        std::rethrow_exception(failure);
    co_return *how;
}

// What there still is to do, and when.
boost::asio::awaitable<void> MediaCopier::plan(Uuid id, bool asked) {
    const auto apply = [id, asked, notBefore = disk_.until](VaultWriter& vault) {
        const auto connection = vault.connection(id);
        if (asked && connection && connection->status == ConnectionStatus::active)
            scheduleCopies(vault, *connection, notBefore);
        else
            vault.unschedule(Task::copy, id);
    };
    co_await services_.vault.write(apply);
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
        if (!std::exchange(fullTold_, true))
            spdlog::warn("copies: all of them together are as large as content.media.max_total_mb "
                         "allows; no more are made until some have gone");
        return;
    case Copied::unwritable:
        if (disk_.failures++ == 0)
            spdlog::error("copies: they cannot be written, which is tried again: {}", fetched.why);
        disk_.until = nowMs() + pauseAfter(disk_.failures);
        return;
    default:
        spdlog::info("connection {}: post {} was not copied: {}", post.connection.text(),
                     printable(post.id), fetched.why);
    }
}

} // namespace grantlink
