// The people of the sandbox, the same in every shape: a few accounts with their posts. Only the
// control API changes what they have published.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace grantlink::sandbox {

struct Post {
    std::string id;
    std::string caption; // empty: the post has none, and the API leaves the field out
    std::string mediaType;
    std::string timestamp; // as Meta writes it: an offset without a colon, and always of UTC
};

struct Account {
    std::int64_t userId; // beyond 2^53 and odd: what reads it into a double gets another account
    std::string scopedId;
    std::string handle;
    std::string name;
    std::string accountType;
    std::vector<Post> posts; // newest first
};

std::string utcOf(const Post& post); // "2026-10-30T16:05:00Z"
std::int64_t unixTimeOf(const Post& post);

const std::vector<Account>& accounts();
const Account* findAccount(const std::string& handle); // nullptr: unknown

// Puts it into the place of the account's post with the same id, or before all that are not newer
// by their timestamps. False: there is no such account.
bool publish(const std::string& handle, Post post);
bool unpublish(const std::string& handle, const std::string& id); // false: there is no such post

} // namespace grantlink::sandbox
