// Misbehaviour on request: what the control API wants of the next requests to a path.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/net/http_server.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grantlink::sandbox {

struct Fault {
    std::string path;
    int times = 1; // requests left to spoil; 0 means until cleared
    std::chrono::milliseconds latency{0};
    std::string wrongAccount; // handle of the account that is answered for
    unsigned status = 0;
    std::string body;
    int bodyRepeat = 1;
    std::string contentType;
    std::string retryAfter;
    std::vector<std::pair<std::string, std::string>> headers;
    bool reset = false; // drop the connection
    bool after = false; // do the request's work first, then spoil the answer

    bool spoilsAnswer() const; // and not only delays it, or answers for another account
};

class Faults {
  public:
    void add(Fault fault) { faults_.push_back(std::move(fault)); }

    void clear() { faults_.clear(); }

    const std::vector<Fault>& pending() const { return faults_; }

    // The oldest fault for this path; counts as one of its times.
    std::optional<Fault> take(const std::string& path);

  private:
    std::vector<Fault> faults_;
};

struct FaultError {
    std::string detail; // what is wrong with the JSON, for the one who sent it
};

boost::system::result<Fault, FaultError> parseFault(const Json& json);
Json toJson(const Fault& fault);

// Without a body of its own an error has that of `failure`, which is the provider's.
ServerResponse spoil(const Fault& fault, const std::string& failure);

} // namespace grantlink::sandbox
