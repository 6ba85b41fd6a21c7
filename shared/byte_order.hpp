// Integers as little-endian bytes, and a bounds-checked cursor over them. All records are written
// and read with these, so that a store can be carried to a machine of another byte order.
#pragma once

#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <boost/endian/conversion.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace grantlink {

// Both compile to one instruction; gcc 12 makes loops of shifts of what is written without Boost.
template <std::unsigned_integral T>
void storeLittleEndian(std::uint8_t* out, T value) {
    boost::endian::endian_store<T, sizeof(T), boost::endian::order::little>(out, value);
}

template <std::unsigned_integral T>
T loadLittleEndian(const std::uint8_t* in) {
    return boost::endian::endian_load<T, sizeof(T), boost::endian::order::little>(in);
}

// Reads in place: text comes back as views into the record. The first read past the end sets
// failed(), after which everything read is zero or empty; check once, at the end.
class RecordReader {
  public:
    explicit RecordReader(Bytes record) : rest_(record) {}

    template <std::unsigned_integral T>
    T integer() {
        const Bytes bytes = take(sizeof(T));
        return bytes.empty() ? T{0} : loadLittleEndian<T>(bytes.data());
    }

    // A byte of flags. One that is not among `known` fails like a byte that is missing: whoever set
    // it meant something by it.
    std::uint8_t flags(int known) {
        const auto out = integer<std::uint8_t>();
        failed_ = failed_ || (out & ~known) != 0;
        return out;
    }

    // A number in a byte, of those up to `most`; a greater one fails the same way.
    std::uint8_t upTo(std::uint8_t most) {
        const auto out = integer<std::uint8_t>();
        failed_ = failed_ || out > most;
        return out;
    }

    Uuid uuid() {
        Uuid out;
        if (const Bytes bytes = take(out.bytes.size()); !bytes.empty())
            std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
        return out;
    }

    std::string_view text() { return textOf(take(integer<std::uint16_t>())); } // u16 length first

    bool failed() const { return failed_; }

    bool complete() const { return !failed_ && rest_.empty(); }

  private:
    Bytes take(std::size_t count) {
        if (failed_ || count > rest_.size()) {
            failed_ = true;
            return {};
        }
        const Bytes out = rest_.first(count);
        rest_ = rest_.subspan(count);
        return out;
    }

    Bytes rest_;
    bool failed_ = false;
};

// Text longer than 65,535 bytes is the caller's mistake: std::length_error.
class RecordWriter {
  public:
    template <std::unsigned_integral T>
    RecordWriter& integer(T value) {
        std::uint8_t bytes[sizeof(T)];
        storeLittleEndian(bytes, value);
        out_.append(reinterpret_cast<const char*>(bytes), sizeof(T));
        return *this;
    }

    RecordWriter& uuid(const Uuid& id) {
        out_.append(textOf(id.bytes));
        return *this;
    }

    RecordWriter& text(std::string_view text);

    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

inline RecordWriter& RecordWriter::text(std::string_view text) {
    if (text.size() > 0xffff)
        throw std::length_error("a text in a record is longer than 65,535 bytes");
    integer(static_cast<std::uint16_t>(text.size()));
    out_.append(text);
    return *this;
}

} // namespace grantlink
