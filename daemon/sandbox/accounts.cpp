#include "daemon/sandbox/accounts.hpp"

#include <algorithm>
#include <ctime>

namespace grantlink::sandbox {

namespace {

const std::vector<Post> nikePosts = {
    {"18010000000000107", "Run your own race. 🏃‍♀️", "IMAGE", "2026-10-30T16:05:00+0000"},
    {"18010000000000106", "Behind the scenes, part 2", "VIDEO", "2026-10-21T08:30:12+0000"},
    {"18010000000000105", "", "IMAGE", "2026-10-12T19:45:31+0000"},
    {"18010000000000104", "Five looks.\nOne shoe.\n\n#justdoit", "CAROUSEL_ALBUM",
     "2026-09-28T11:00:00+0000"},
    {"18010000000000103", "\"Fast\" is <b>relative</b> & personal", "IMAGE",
     "2026-09-15T07:12:44+0000"},
    {"18010000000000102", "Behind the scenes, part 1", "VIDEO", "2026-08-30T17:20:05+0000"},
    {"18010000000000101", "Hello again", "IMAGE", "2026-08-01T12:00:00+0000"},
};

const std::vector<Post> adidasPosts = {
    {"18010000000000303", "Three stripes, one morning", "IMAGE", "2026-10-29T06:00:00+0000"},
    {"18010000000000302", "", "VIDEO", "2026-10-02T14:10:00+0000"},
    {"18010000000000301", "Originals", "CAROUSEL_ALBUM", "2026-07-19T09:41:00+0000"},
};

const std::vector<Post> zoePosts = {
    {"18010000000000701", "Grüße aus Köln 🥐", "IMAGE", "2026-10-11T05:30:00+0000"},
};

} // namespace

namespace {

std::vector<Account>& everyone() {
    static std::vector<Account> all = {
        {17841400000000001, "26049000000000001", "nike", "Nike", "BUSINESS", nikePosts},
        {17841400000000003, "26049000000000003", "adidas", "adidas", "BUSINESS", adidasPosts},
        {17841400000000005, "26049000000000005", "acme", "Acme Inc.", "BUSINESS", {}},
        {17841400000000007, "26049000000000007", "zoe.und.soehne", "Zoë & <Söhne>", "MEDIA_CREATOR",
         zoePosts},
    };
    return all;
}

Account* find(const std::string& handle) {
    for (Account& account : everyone())
        if (account.handle == handle)
            return &account;
    return nullptr;
}

} // namespace

std::string utcOf(const Post& post) {
    return post.timestamp.substr(0, 19) + "Z";
}

std::int64_t unixTimeOf(const Post& post) {
    std::tm parts{};
    strptime(post.timestamp.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    return timegm(&parts);
}

const std::vector<Account>& accounts() {
    return everyone();
}

const Account* findAccount(const std::string& handle) {
    return find(handle);
}

bool publish(const std::string& handle, Post post) {
    Account* const account = find(handle);
    if (!account)
        return false;
    std::vector<Post>& posts = account->posts;
    for (Post& old : posts)
        if (old.id == post.id) {
            old = std::move(post);
            return true;
        }
    const auto place = std::find_if(posts.begin(), posts.end(), [&](const Post& other) {
        return other.timestamp <= post.timestamp; // all are in UTC
    });
    posts.insert(place, std::move(post));
    return true;
}

bool unpublish(const std::string& handle, const std::string& id) {
    Account* const account = find(handle);
    return account &&
           std::erase_if(account->posts, [&](const Post& post) { return post.id == id; }) > 0;
}

} // namespace grantlink::sandbox
