// The people of the sandbox: a few professional accounts with their posts. They never change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace grantlink::sandbox {

struct Post {
    std::string id;
    std::string caption; // empty: the post has none, and the API leaves the field out
    std::string mediaType;
    std::string timestamp; // as Instagram writes it: an offset without a colon
};

struct Account {
    std::int64_t userId; // beyond 2^53 and odd: what reads it into a double gets another account
    std::string scopedId;
    std::string handle;
    std::string name;
    std::string accountType;
    std::vector<Post> posts; // newest first
};

const std::vector<Account>& accounts();
const Account* findAccount(const std::string& handle); // nullptr: unknown

} // namespace grantlink::sandbox
