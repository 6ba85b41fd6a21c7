// The client's half of server-sent events (WHATWG HTML, section 9.2.6), as far as grantlinkd sends
// them: ids and data, lines that end with LF.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace grantlink {

class EventSource {
  public:
    // `onEvent` gets the data of each event that is complete.
    explicit EventSource(std::function<void(const std::string& data)> onEvent)
        : onEvent_(std::move(onEvent)) {}

    void receive(std::string_view bytes); // cut anywhere
    void begin();                         // of another stream: what was not complete is dropped

    const std::string& lastId() const { return lastId_; } // of events that were complete

  private:
    void line(std::string_view text);

    std::function<void(const std::string&)> onEvent_;
    std::string buffer_, id_, data_, lastId_;
};

} // namespace grantlink
