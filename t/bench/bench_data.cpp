// grantlink-bench-data: the data of `./build.sh bench edge`, made by the code that the daemon and
// the module share. Prints figures for edge.pl; everything else is in the files it makes.
#include "shared/keys.hpp"
#include "shared/spool.hpp"
#include "t/bench/bench_callbacks.hpp"
#include "t/bench/bench_links.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace grantlink;
using Arguments = std::vector<std::string>;

constexpr const char* usage =
    "usage: grantlink-bench-data keys FILE                            a new edge key\n"
    "       grantlink-bench-data store DIRECTORY LINKS TOKENS FILE    an edge store with so many\n"
    "                                    links, and so many of their tokens in FILE\n"
    "       grantlink-bench-data attempts KEY LINKS FIRST COUNT FILE  states and cookies\n"
    "       grantlink-bench-data spooled DIRECTORY                    how many approvals wait\n"
    "       grantlink-bench-data drain DIRECTORY                      none of them any more\n"
    "       grantlink-bench-data commits KEY DIRECTORY SECONDS        how many, in how long\n"
    "       grantlink-bench-data code                                 that of all callbacks\n";

void makeDirectory(const std::string& path) {
    if (::mkdir(path.c_str(), 0770) != 0 && errno != EEXIST)
        throw std::runtime_error(path + ": cannot be made: " + std::strerror(errno));
}

EdgeKeys loadKeys(const std::string& path) {
    auto keys = EdgeKeys::load(path);
    if (!keys)
        throw std::runtime_error(keys.error().message);
    return *keys;
}

void writeFile(const std::string& path, const auto& write) {
    std::ofstream out(path, std::ios::binary);
    write(out);
    if (!out.flush())
        throw std::runtime_error(path + ": cannot be written");
}

void makeStore(const std::string& directory, std::size_t links, std::size_t wanted,
               const std::string& file) {
    for (const char* part : {"", "/links", "/spool"})
        makeDirectory(directory + part);
    const Spool spool(directory, Spool::Access::creates);
    const auto tokens = bench::makeLinks(directory, links, wanted);
    writeFile(file, [&](std::ostream& out) {
        for (const std::string& token : tokens)
            out << token << '\n';
    });
}

void run(const Arguments& given) {
    const auto is = [&](const char* command, std::size_t arguments) {
        return !given.empty() && given[0] == command && given.size() == arguments + 1;
    };
    if (is("keys", 1)) {
        writeFile(given[1], [](std::ostream& out) { out << generateKeyFiles().edge; });
    } else if (is("store", 4)) {
        makeStore(given[1], std::stoull(given[2]), std::stoull(given[3]), given[4]);
    } else if (is("attempts", 5)) {
        bench::writeAttempts(given[5], loadKeys(given[1]), std::stoull(given[2]),
                             std::stoull(given[3]), std::stoull(given[4]));
    } else if (is("spooled", 1)) {
        std::cout << Spool(given[1], Spool::Access::opens).counts().approvals << '\n';
    } else if (is("drain", 1)) {
        bench::drain(given[1]);
    } else if (is("commits", 3)) {
        const auto done = bench::commitSingly(given[2], loadKeys(given[1]), std::stod(given[3]));
        std::cout << done.count << ' ' << done.seconds << '\n';
    } else if (is("code", 0)) {
        std::cout << bench::authorizationCode() << '\n';
    } else {
        throw std::invalid_argument(usage);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (sodium_init() < 0)
            throw std::runtime_error("libsodium cannot be initialised");
        run(Arguments(argv + 1, argv + argc));
        return 0;
    } catch (const std::invalid_argument& error) {
        std::cerr << error.what();
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "grantlink-bench-data: " << error.what() << '\n';
        return 1;
    }
}
