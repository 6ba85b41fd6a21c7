#include "ngx_module/page_memory.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t step = 4096; // so that a longer name does not mean other memory

} // namespace

PageMemory::Loan::Loan(PageMemory& from, std::string_view head, std::size_t size)
    : from_(from.lent_ ? nullptr : &from) {
    if (!from_)
        return;
    from_->prepare(head, size);
    from_->lent_ = true;
}

PageMemory::Loan::~Loan() {
    if (from_)
        from_->lent_ = false;
}

void PageMemory::prepare(std::string_view head, std::size_t size) {
    if (size_ < size) {
        const std::size_t larger = (size + step - 1) / step * step;
        memory_ = std::make_unique<char[]>(larger);
        size_ = larger;
        head_ = nullptr;
    }
    if (head_ == head.data())
        return;
    std::copy(head.begin(), head.end(), memory_.get());
    head_ = head.data();
}

} // namespace grantlink
