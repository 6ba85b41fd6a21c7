// Copies of media: what is one, the sealed file, parts of it, and what the vault keeps of them.
#include "daemon/admin/media.hpp"
#include "daemon/media/copy_plan.hpp"
#include "daemon/media/fetch_media.hpp"
#include "daemon/media/media_kind.hpp"
#include "daemon/vault/sealed_file.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace grantlink;
using test::assertEqual;
using test::change;

namespace {

using namespace std::string_literals;

void kindsAreToldByTheirBeginning(void**) {
    const auto type = [](const std::string& text) {
        return std::string(mediaTypeOf(text + std::string(20, ' ')));
    };
    assertEqual(type("\x89PNG\r\n\x1a\n"), "image/png");
    assertEqual(type("\xff\xd8\xff\xe0"), "image/jpeg");
    assertEqual(type("RIFF\1\2\3\4WEBP"), "image/webp");
    assertEqual(type("RIFF\1\2\3\4WAVE"), "");
    assertEqual(type("\0\0\0\x18"s + "ftypisom"), "video/mp4");
    assertEqual(type("\0\0\0\x18"s + "ftypqt  "), "video/quicktime");
    assertEqual(type("\0\0\0\x18"s + "ftypavif"), "image/avif");
    assertEqual(type("\0\0\0\x18"s + "ftypM4A "), ""); // a sound
    assertEqual(type("\x1a\x45\xdf\xa3"), "video/webm");
    for (const char* other : {"<svg xmlns=", "<!doctype html>", " \n<html>", "GIF", "%PDF-1.7", ""})
        assertEqual(type(other), "");
    assertEqual(std::string(mediaTypeOf("\x89PNG\r\n\x1a\n")), ""); // too short to be one
    assertEqual(std::string(extensionOf("video/quicktime")), "mov");
    assertEqual(std::string(extensionOf("text/html")), "bin");
}

std::string patternOf(std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<char>(i * 31 + i / 251);
    return out;
}

std::string readAll(const std::string& path, const FileKey& key, std::uint64_t from,
                    std::uint64_t count) {
    SealedFileReader reader(path, key, from, count);
    std::string out;
    for (std::string piece = reader.next(); !piece.empty(); piece = reader.next())
        out += piece;
    return out;
}

bool opens(const std::string& path, const FileKey& key, std::uint64_t count) {
    try {
        return readAll(path, key, 0, count).size() == count;
    } catch (const std::runtime_error&) {
        return false;
    }
}

FileKey seal(const std::string& path, const std::string& plain, std::size_t step) {
    SealedFileWriter writer(path);
    for (std::size_t at = 0; at < plain.size(); at += step)
        writer.write(std::string_view(plain).substr(at, step));
    assert_false(std::filesystem::exists(path));
    assert_true(writer.finish() == plain.size());
    return writer.key();
}

std::string bytesIn(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

void filesComeBack(void**) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/file";
    for (const std::size_t size : {1ul, 1000ul, sealedPieceSize - 1, sealedPieceSize,
                                   sealedPieceSize + 1, 3 * sealedPieceSize + 5})
        for (const std::size_t step : {777ul, sealedPieceSize, std::size_t{1} << 20}) {
            const std::string plain = patternOf(size);
            const FileKey key = seal(path, plain, step);
            assert_true(std::filesystem::file_size(path) == sealedFileSize(size));
            assert_true(readAll(path, key, 0, size) == plain);
            for (const std::size_t from : {std::size_t{0}, size / 2, size - 1})
                assert_true(readAll(path, key, from, 1) == plain.substr(from, 1));
            assert_true(readAll(path, key, size / 3, size / 2) == plain.substr(size / 3, size / 2));
            std::filesystem::remove(path);
        }
}

void whatWasChangedDoesNotOpen(void**) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/file";
    const std::size_t size = 2 * sealedPieceSize;
    const FileKey key = seal(path, patternOf(size), 5000);
    const std::string sealed = bytesIn(path);
    assert_true(sealed.find(patternOf(64)) == std::string::npos);
    FileKey other = key;
    other.bytes[0] ^= 1;
    assert_false(opens(path, other, size));
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{24},
                                 sealed.size() / 2, sealed.size() - 1}) {
        std::string changed = sealed;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        write(path, changed);
        assert_false(opens(path, key, size));
    }
    for (const std::size_t cut :
         {std::size_t{0}, std::size_t{1}, std::size_t{10}, sealed.size() / 2, sealed.size() - 1}) {
        write(path, sealed.substr(0, cut));
        assert_false(opens(path, key, size));
    }
    // Two pieces in the other order, one of them alone, and both with one behind them.
    const std::size_t piece = sealedPieceSize + 16;
    const std::string head = sealed.substr(0, 1), a = sealed.substr(1, piece),
                      b = sealed.substr(1 + piece);
    write(path, head + b + a);
    assert_false(opens(path, key, size));
    for (const std::string& pieces : {a, b, a + a, a + b + b, a + b.substr(0, 17)}) {
        write(path, head + pieces);
        assert_false(opens(path, key, size));
    }
    write(path, head + a);
    assert_false(opens(path, key, sealedPieceSize)); // it was not the last
}

void whatIsNotFinishedGoes(void**) {
    const test::TemporaryDirectory directory;
    {
        SealedFileWriter writer(directory.path() + "/file");
        writer.write("begun");
        assert_true(std::filesystem::exists(directory.path() + "/file.part"));
    }
    assert_true(std::filesystem::is_empty(directory.path()));
}

void rangesAreRead(void**) {
    const auto range = [](const char* header) {
        const auto out = rangeIn(header, 100);
        return out ? std::to_string(out->from) + "+" + std::to_string(out->count) : "all";
    };
    assertEqual(range("bytes=0-0"), "0+1");
    assertEqual(range("bytes=10-19"), "10+10");
    assertEqual(range("bytes=90-"), "90+10");
    assertEqual(range("bytes=90-500"), "90+10");
    assertEqual(range("bytes=-30"), "70+30");
    assertEqual(range("bytes=-300"), "0+100");
    assertEqual(range("bytes=100-"), "100+0");
    assertEqual(range("bytes=-0"), "100+0");
    assertEqual(range("bytes=0-18446744073709551615"), "0+100");
    for (const char* other : {"", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=1-2,4-5",
                              "bytes=x-1", "lines=1-2", "bytes=1", "bytes=99999999999999999999-"})
        assertEqual(range(other), "all");
}

void redirectsAreResolved(void**) {
    const std::string from = "https://cdn.example/a/b.jpg?x=1";
    assertEqual(redirectTarget(from, "c.jpg"), "https://cdn.example/a/c.jpg");
    assertEqual(redirectTarget(from, "/c.jpg"), "https://cdn.example/c.jpg");
    assertEqual(redirectTarget(from, "//other.example/c"), "https://other.example/c");
    assertEqual(redirectTarget(from, "http://other.example/c"), "http://other.example/c");
    assertEqual(redirectTarget(from, ""), "");
}

void triesAreBounded(void**) {
    MediaCopy copy{CopyState::wanted, 0, 0, {}};
    noteFailedCopy(copy, true, {}, 1000);
    assert_true(copy.state == CopyState::stale && copy.next == 1000);
    copy.state = CopyState::wanted;
    for (int tries = 2; tries < mostCopyTries; ++tries) {
        noteFailedCopy(copy, false, {}, 1000);
        assert_true(copy.state == CopyState::wanted && copy.next >= 61'000);
    }
    noteFailedCopy(copy, true, {}, 1000);
    assert_true(copy.state == CopyState::givenUp);
    MediaCopy turnedAway{CopyState::wanted, 0, 0, {}};
    noteFailedCopy(turnedAway, false, std::chrono::hours(2), 0);
    assert_true(turnedAway.next >= 7'200'000);
}

struct Filled {
    test::TemporaryDirectory directory;
    LmdbVault vault{directory.path(), test::newMasterKeys()};
    Uuid one = Uuid::v7(1000);

    std::uint64_t put(const std::string& id, CopyState state, std::uint8_t name,
                      std::uint64_t number = 0) {
        StoredPost post;
        post.number = number;
        post.connection = one;
        post.id = id;
        post.time = name;
        post.copy.state = state;
        post.copy.next = 5;
        post.copy.file.name.fill(name);
        post.copy.file.type = "image/png";
        post.copy.file.size = 100;
        std::uint64_t out = 0;
        change(vault, [&out, post](VaultWriter& writer) { out = writer.putPost(post); });
        return out;
    }

    // How many copies, bytes of them, posts that want one, and files to be erased.
    std::string stock() const {
        std::string out;
        vault.read([&](const VaultReader& reader) {
            const CopyStock stock = reader.copyStock();
            out = std::to_string(stock.count) + " " + std::to_string(stock.bytes) + " " +
                  std::to_string(reader.wantedCopies(one).size()) + " " +
                  std::to_string(reader.erasedCopies(99, {}).size());
        });
        return out;
    }
};

void copiesFollowTheirPosts(void**) {
    Filled it;
    assertEqual(it.stock(), "0 0 0 0");
    const std::uint64_t a = it.put("a", CopyState::wanted, 1);
    it.put("b", CopyState::kept, 2);
    assertEqual(it.stock(), "1 100 1 0");
    it.put("a", CopyState::kept, 1, a);
    it.put("a", CopyState::kept, 1, a);
    assertEqual(it.stock(), "2 200 0 0");
    it.put("a", CopyState::none, 1, a); // deleted
    assertEqual(it.stock(), "1 200 0 1");
    MediaName erased{};
    erased.fill(1);
    for (int twice = 0; twice < 2; ++twice)
        change(it.vault, [erased](VaultWriter& writer) { writer.forgetErasedCopy(erased); });
    assertEqual(it.stock(), "1 100 0 0");
    it.put("c", CopyState::wanted, 3);
    it.put("d", CopyState::kept, 4);
    change(it.vault, [](VaultWriter& writer) {
        const auto report = writer.copyStock();
        assert_true(report.count == 2);
    });
    change(it.vault, [one = it.one](VaultWriter& writer) { writer.erasePosts(one); });
    assertEqual(it.stock(), "0 200 0 2");
}

void theRecordHasTheKey(void**) {
    Filled it;
    const std::uint64_t number = it.put("a", CopyState::kept, 7);
    it.vault.read([&](const VaultReader& reader) {
        const auto post = reader.post(number);
        assert_true(post && post->copy.state == CopyState::kept && post->copy.next == 5);
        assert_true(post->copy.file.name[15] == 7 && post->copy.file.size == 100);
        assertEqual(post->copy.file.type, "image/png");
    });
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(kindsAreToldByTheirBeginning),
        cmocka_unit_test(filesComeBack),
        cmocka_unit_test(whatWasChangedDoesNotOpen),
        cmocka_unit_test(whatIsNotFinishedGoes),
        cmocka_unit_test(rangesAreRead),
        cmocka_unit_test(redirectsAreResolved),
        cmocka_unit_test(triesAreBounded),
        cmocka_unit_test(copiesFollowTheirPosts),
        cmocka_unit_test(theRecordHasTheKey),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
