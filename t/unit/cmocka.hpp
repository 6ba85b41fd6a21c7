// cmocka as a C++ test includes it: what its header needs, in the order it needs it.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <string_view>

extern "C" {
#include <cmocka.h>
}

#undef fail // a macro that other headers cannot live with

namespace grantlink::test {

inline void assertEqual(std::string_view got, std::string_view expected) {
    if (got != expected)
        print_error("got      \"%.*s\"\nexpected \"%.*s\"\n", static_cast<int>(got.size()),
                    got.data(), static_cast<int>(expected.size()), expected.data());
    assert_true(got == expected);
}

} // namespace grantlink::test
