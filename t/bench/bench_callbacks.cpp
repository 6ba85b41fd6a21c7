#include "t/bench/bench_callbacks.hpp"

#include "shared/approval.hpp"
#include "shared/approval_cap.hpp"
#include "shared/attempt.hpp"
#include "shared/lmdb.hpp"
#include "shared/sealed_code.hpp"
#include "t/bench/bench_links.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace grantlink::bench {

namespace {

constexpr std::size_t codeLength = 200;
constexpr std::size_t perMs = 10; // presses a millisecond, about the rate at which they come back

// People take different times at the provider, so attempts do not come back as they began. With 256
// browsers at most 256 can be overtaken; this is four times as many.
constexpr std::size_t overtaken = 1024;

std::vector<Uuid> attemptsInOrderOfReturn(std::size_t count) {
    const TimeMs first = nowMs() - count / perMs;
    std::vector<Uuid> out(count);
    for (std::size_t i = 0; i < count; ++i)
        out[i] = Uuid::v7(first + i / perMs);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        const std::size_t window = std::min(overtaken, count - i);
        std::swap(out[i], out[i + randombytes_uniform(static_cast<std::uint32_t>(window))]);
    }
    return out;
}

// Coprime to the number of links: its multiples visit each of them before any comes again, far
// apart.
std::uint64_t stepThrough(std::size_t links) {
    std::uint64_t step = links * 618 / 1000 + 1;
    while (std::gcd(step, links) != 1)
        ++step;
    return step;
}

template <std::size_t N>
std::string_view view(const std::array<char, N>& text) {
    return {text.data(), N};
}

std::string approvalRecord(const EdgeKeys& keys, const Uuid& attempt) {
    const std::string sealed =
        CodeSealer(keys.sealKey().publicKey).seal(attempt, authorizationCode());
    return encodeApproval({ApprovalKind::code, keys.current().id, keys.sealKey().id,
                           connectionOf(0), generation, nowMs(), sealed});
}

} // namespace

std::string authorizationCode() {
    return std::string(codeLength, 'A');
}

void writeAttempts(const std::string& file, const EdgeKeys& keys, std::size_t links,
                   std::size_t first, std::size_t count) {
    std::ofstream out(file, std::ios::binary);
    const EdgeKey& key = keys.current();
    const std::uint64_t step = stepThrough(links);
    std::uint64_t number = first;
    for (const Uuid& attempt : attemptsInOrderOfReturn(count)) {
        const std::uint64_t link = number++ % links * step % links;
        const State state{attempt, connectionOf(link), generation};
        const AttemptValues values = valuesOf(state, key);
        out << view(values.state) << ' ' << attempt.text().substr(Uuid::textLength - 8) << ' '
            << view(values.cookie) << '\n';
    }
    if (!out.flush())
        throw std::runtime_error(file + ": cannot be written");
}

void drain(const std::string& edgeStore) {
    lmdb::Environment env(edgeStore + "/spool", {});
    lmdb::WriteTransaction write(env);
    write.clear(write.open("approvals"));
    ApprovalCap(write.open("cells"), write.open("waiting", MDB_DUPSORT)).clear(write);
    write.commit();
}

Commits commitSingly(const std::string& directory, const EdgeKeys& keys, double seconds) {
    const std::string record = approvalRecord(keys, Uuid::v7());
    lmdb::Environment env(directory, {.mapSize = std::size_t{4} << 30});
    lmdb::WriteTransaction setup(env);
    const lmdb::Database database = setup.open("approvals");
    setup.commit();
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    Commits out{0, 0};
    while (out.seconds < seconds) {
        lmdb::WriteTransaction write(env);
        write.put(database, Uuid::v7().bytes, bytesOf(record));
        write.commit();
        ++out.count;
        out.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return out;
}

} // namespace grantlink::bench
