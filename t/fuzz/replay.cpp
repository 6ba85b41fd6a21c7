// Runs a target over its committed corpus, without libFuzzer and with any compiler: what was found
// once stays found. Each input has a process and a time of its own, so that one that fails is named
// and hides no other.
#include "t/fuzz/fuzz.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace {

using Path = std::filesystem::path;

constexpr unsigned secondsAtMost = 20; // under AddressSanitizer, on a busy machine

std::vector<Path> corpus() {
    std::vector<Path> out;
    if (std::filesystem::is_directory(GRANTLINK_CORPUS))
        for (const auto& entry : std::filesystem::directory_iterator(GRANTLINK_CORPUS))
            out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

[[noreturn]] void runAndExit(const Path& file) {
    alarm(secondsAtMost);
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    std::exit(in ? 0 : 1);
}

bool passes(const Path& file) {
    std::cout.flush();
    const pid_t child = fork();
    if (child == 0)
        runAndExit(file);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

int main() {
    const std::vector<Path> files = corpus();
    std::cout << "1.." << files.size() + 1 << "\n"
              << (files.empty() ? "not ok" : "ok") << " 1 - there is a corpus, " << GRANTLINK_CORPUS
              << "\n";
    bool good = !files.empty();
    for (std::size_t i = 0; i < files.size(); ++i) {
        const bool passed = passes(files[i]);
        std::cout << (passed ? "ok " : "not ok ") << i + 2 << " - " << files[i].filename().string()
                  << "\n";
        good = good && passed;
    }
    return good ? 0 : 1;
}
