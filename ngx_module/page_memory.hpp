// A worker's memory for the page that it is composing.
//
// Nearly always nginx hands a page to the kernel at once. Then the next one is composed in the same
// memory, which already begins with what pages of a language have in common: their head with the
// style sheet, most of a page. Not thread-safe: of one worker.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace grantlink {

class PageMemory {
  public:
    // The memory for one page, until the page is sent.
    class Loan {
      public:
        // `head` is text that stays where it is as long as the PageMemory lives.
        Loan(PageMemory& from, std::string_view head, std::size_t size);
        ~Loan();

        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;

        // `size` bytes that begin with `head`; null while another page is in them.
        char* memory() const { return from_ ? from_->memory_.get() : nullptr; }

      private:
        PageMemory* from_; // null: nothing is lent
    };

  private:
    void prepare(std::string_view head, std::size_t size);

    std::unique_ptr<char[]> memory_;
    std::size_t size_ = 0;
    const char* head_ = nullptr; // whose copy it begins with
    bool lent_ = false;
};

} // namespace grantlink
