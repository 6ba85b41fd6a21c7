// Why a request of a client to the token endpoint is refused. Each shape has its own words for
// these.
#pragma once

#include <boost/system/result.hpp>

#include <string>

namespace grantlink::sandbox {

enum class Refusal {
    repeated, // a parameter is given more than once
    missing,
    wrongBody, // its content type is another
    wrongClient,
    wrongSecret, // or none where it has to be
    wrongGrantType,
    unknownCode,
    usedCode,
    expiredCode,
    otherRedirectUri,
    wrongVerifier,
    wrongRefreshToken,
};

struct Refused {
    Refusal why;
    std::string about = {}; // the parameter's name, or the grant type
};

template <class T>
using Result = boost::system::result<T, Refused>;

} // namespace grantlink::sandbox
