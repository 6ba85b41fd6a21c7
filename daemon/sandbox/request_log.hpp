// What the sandbox was asked: for tests that count requests and look at what was sent.
//
// Holds no secret: values are kept only for parameters that are known to be none.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/sandbox/clock.hpp"
#include "daemon/sandbox/parameters.hpp"

#include <deque>
#include <map>
#include <string>

namespace grantlink::sandbox {

class RequestLog {
  public:
    void add(Time time, const std::string& method, const std::string& path,
             const Parameters& parameters, bool authorization);

    void clear() {
        entries_.clear();
        most_.clear();
    }

    // While an answer is made.
    class Running {
      public:
        Running(RequestLog& log, std::string path);
        ~Running();

        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

      private:
        RequestLog& log_;
        std::string path_;
    };

    Json toJson() const;

  private:
    struct Entry {
        std::string time, method, path;
        Parameters parameters;
        bool authorization;
    };

    std::deque<Entry> entries_;
    std::map<std::string, int> running_, most_; // by path: requests now, and at the most
};

} // namespace grantlink::sandbox
