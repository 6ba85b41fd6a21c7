#include "daemon/oauth/dpop_key.hpp"

#include "daemon/json/json.hpp"
#include "shared/base64url.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace grantlink {

namespace {

struct Free {
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }

    void operator()(EC_POINT* point) const { EC_POINT_free(point); }

    void operator()(BIGNUM* number) const { BN_clear_free(number); }
};

template <typename T>
using Handle = std::unique_ptr<T, Free>;

using Scalar = SecretArray<32>;

Scalar candidate(const Key& key, const Uuid& attempt, std::uint8_t round) {
    std::array<std::uint8_t, 17> input;
    std::memcpy(input.data(), attempt.bytes.data(), 16);
    input[16] = round;
    Scalar out;
    crypto_generichash(out.data(), out.size(), input.data(), input.size(), key.data(), key.size());
    return out;
}

[[noreturn]] void failed() {
    throw std::runtime_error("OpenSSL cannot compute a key on P-256");
}

// Nothing when it is no private key: one is from 1 to n - 1, n being the order of the curve's
// group.
std::optional<Json> keyPair(const Scalar& secret) {
    const Handle<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const Handle<BIGNUM> d(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
    const Handle<BIGNUM> x(BN_new()), y(BN_new());
    if (!group || !d || !x || !y)
        failed();
    if (BN_is_zero(d.get()) || BN_cmp(d.get(), EC_GROUP_get0_order(group.get())) >= 0)
        return std::nullopt;
    BN_set_flags(d.get(), BN_FLG_CONSTTIME);
    const Handle<EC_POINT> point(EC_POINT_new(group.get()));
    if (!point || !EC_POINT_mul(group.get(), point.get(), d.get(), nullptr, nullptr, nullptr) ||
        !EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), nullptr))
        failed();
    const auto coordinate = [](const Handle<BIGNUM>& number) {
        std::array<std::uint8_t, 32> bytes; // RFC 7518, section 6.2.1.2: leading zeros stay
        if (BN_bn2binpad(number.get(), bytes.data(), bytes.size()) < 0)
            failed();
        return base64url(bytes);
    };
    return Json::object()
        .set("kty", "EC")
        .set("crv", "P-256")
        .set("x", coordinate(x))
        .set("y", coordinate(y))
        .set("d", base64url(secret.bytes));
}

} // namespace

SecretBytes deriveDpopKey(const MasterKey& master, const Uuid& attempt) {
    for (std::uint8_t round = 0;; ++round) { // once in 2^32 attempts it takes a second one
        const auto key = keyPair(candidate(master.dpop, attempt, round));
        if (!key)
            continue;
        std::string text = key->dump();
        SecretBytes out = secretCopy(text);
        sodium_memzero(text.data(), text.size());
        return out;
    }
}

std::optional<SecretBytes> dpopKeyFor(const Provider& provider, const MasterKeys& masters,
                                      const Connection& connection, const Uuid& attempt) {
    if (!provider.preset().dpop)
        return SecretBytes();
    const MasterKey* master = masters.find(connection.linkKey);
    return master ? std::optional(deriveDpopKey(*master, attempt)) : std::nullopt;
}

} // namespace grantlink
