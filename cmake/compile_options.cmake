# The compiler options that every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Line numbers for backtraces; full debug information of coroutines would take longer to write than
# the code to compile.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

option(GRANTLINK_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(GRANTLINK_FUZZ "libFuzzer's programs in t/fuzz, with both sanitizers; needs clang" OFF)
if(GRANTLINK_FUZZ)
    set(GRANTLINK_SANITIZE ON)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_compile_options(-Wall -Wextra -Werror -fstack-protector-strong)
if(GRANTLINK_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
        -fno-sanitize-recover=undefined)
    # clang 14 cannot emit this check for coroutines.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        add_compile_options(-fno-sanitize=function)
    endif()
    add_link_options(-fsanitize=address,undefined)
else()
    add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>")
    add_link_options(-Wl,-z,relro,-z,now)
endif()

# GCC 12 takes Boost.Asio's own operator new and delete of coroutine frames for a mismatch.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-mismatched-new-delete)
endif()
