#include "daemon/sandbox/accounts.hpp"

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

const std::vector<Account>& accounts() {
    static const std::vector<Account> all = {
        {17841400000000001, "26049000000000001", "nike", "Nike", "BUSINESS", nikePosts},
        {17841400000000003, "26049000000000003", "adidas", "adidas", "BUSINESS", adidasPosts},
        {17841400000000005, "26049000000000005", "acme", "Acme Inc.", "BUSINESS", {}},
        {17841400000000007, "26049000000000007", "zoe.und.soehne", "Zoë & <Söhne>", "MEDIA_CREATOR",
         zoePosts},
    };
    return all;
}

const Account* findAccount(const std::string& handle) {
    for (const Account& account : accounts())
        if (account.handle == handle)
            return &account;
    return nullptr;
}

} // namespace grantlink::sandbox
