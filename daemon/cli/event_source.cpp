#include "daemon/cli/event_source.hpp"

namespace grantlink {

void EventSource::begin() {
    buffer_.clear();
    data_.clear();
    id_ = lastId_;
}

void EventSource::receive(std::string_view bytes) {
    buffer_.append(bytes);
    std::size_t start = 0;
    for (std::size_t end; (end = buffer_.find('\n', start)) != std::string::npos; start = end + 1)
        line(std::string_view(buffer_).substr(start, end - start));
    buffer_.erase(0, start);
}

void EventSource::line(std::string_view text) {
    if (text.empty()) {
        lastId_ = id_;
        if (!data_.empty())
            onEvent_(data_);
        data_.clear();
        return;
    }
    const std::size_t colon = text.find(':');
    const std::string_view field = text.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    if (field == "id")
        id_ = value;
    else if (field == "data")
        data_.append(data_.empty() ? "" : "\n").append(value);
}

} // namespace grantlink
