#!/usr/bin/env bash
# The one entry to building, running and testing grantlink. `./build.sh help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source_dir=$PWD
# shellcheck source=t/lib/debug_nginx.sh
. t/lib/debug_nginx.sh

build_packages=(build-essential cmake ninja-build nginx nginx-dev liblmdb-dev libsodium-dev
    libjansson-dev libcurl4-openssl-dev libboost1.81-dev libtomlplusplus-dev libcli11-dev
    libfmt-dev libjose-dev libssl-dev libspdlog-dev libkainjow-mustache-dev libqrencode-dev libcmocka-dev libxml2-utils)
run_packages=(curl perl)
bench_packages=(wrk)
lint_packages=(clang clang-format clang-tidy shellcheck)
fuzz_packages=(clang libclang-rt-14-dev)

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }

# Runs a step quietly; when it fails, its name and what it printed are shown.
step() {
    local name=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "this step failed: $name"
    fi
    rm -f "$log"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
            || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing Debian packages: ${missing[*]}"
    step "apt-get update" as_root apt-get update
    step "apt-get install ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

# Node from Debian or from elsewhere will do; npm comes with some of them.
node_packages() {
    command -v node >/dev/null || printf 'nodejs\n'
    command -v npm >/dev/null || printf 'npm\n'
}

install_node_modules() {
    local stamp=t/node_modules/.installed
    if [ ! -e "$stamp" ] || [ t/package-lock.json -nt "$stamp" ]; then
        say "installing the tests' npm packages"
        step "npm ci (in t/)" npm ci --prefix t --no-audit --no-fund
        touch "$stamp"
    fi
}

deps() {
    local node
    mapfile -t node < <(node_packages)
    install_packages "${build_packages[@]}" "${run_packages[@]}" "${node[@]}" "$@"
    install_node_modules
}

# --- build: VARIANT is release or sanitize; everything lands in build/VARIANT -------------------

build_programs() {
    local variant=$1 options=()
    [ "$variant" != sanitize ] || options+=(-D GRANTLINK_SANITIZE=ON)
    [ -e "build/$variant/build.ninja" ] \
        || step "cmake ($variant)" cmake -G Ninja -S . -B "build/$variant" "${options[@]}"
    step "compiling the programs ($variant)" ninja -C "build/$variant"
}

nginx_source=/usr/share/nginx/src
nginx_modules=/usr/lib/nginx/modules

configure_module() {
    local variant=$1 objs=$source_dir/build/$1/nginx cmake_options=
    [ "$variant" != sanitize ] || cmake_options="-D GRANTLINK_SANITIZE=ON"
    (
        cd "$nginx_source"
        # Debian's own configure arguments, so that the module fits the packaged nginx.
        # shellcheck source=/dev/null
        . ./conf_flags
        # nginx's configure leaves no trace of a failed run; without its Makefile it starts anew.
        GRANTLINK_CMAKE_OPTIONS=$cmake_options ./configure "${NGX_CONF_FLAGS[@]}" \
            --with-cc-opt="-g -O2 -fPIC" --builddir="$objs" --add-dynamic-module="$source_dir"
    )
}

build_module() {
    local variant=$1 objs=$source_dir/build/$1/nginx
    [ -e "$objs/Makefile" ] || step "configuring the nginx module" configure_module "$variant"
    step "compiling the nginx module ($variant)" \
        make -s -f "$objs/Makefile" -C "$nginx_source" modules
    ln -sf nginx/ngx_http_grantlink_module.so "build/$variant/ngx_http_grantlink_module.so"
}

build() {
    build_programs "$1"
    build_module "$1"
}

# --- the commands -------------------------------------------------------------------------------

command_deps() { deps; }

command_build() {
    deps
    case "${1:-}" in
        "") build release ;;
        --sanitize) build sanitize ;;
        *) die "build: unknown option $1; there is --sanitize" ;;
    esac
}

command_run() {
    deps
    build release
    GRANTLINK_BUILD=$source_dir/build/release exec perl -It/lib t/lib/run.pl "$@"
}

command_test() {
    local variant=release debug=
    while [[ "${1:-}" == --* ]]; do
        case $1 in
            --sanitize) variant=sanitize; export GRANTLINK_SANITIZE=1 ;;
            --debug-nginx) debug=1 ;;
            --valgrind)
                debug=1
                export GRANTLINK_VALGRIND=1 GRANTLINK_PATIENCE=${GRANTLINK_PATIENCE:-5}
                ;;
            *) die "test: unknown option $1; there are --sanitize, --debug-nginx and --valgrind" ;;
        esac
        shift
    done
    deps chromium "${bench_packages[@]}" "${debug_nginx_packages[@]}"
    build "$variant"
    build_debug_nginx "$variant"
    export GRANTLINK_BUILD=$source_dir/build/$variant
    [ -z "$debug" ] || export GRANTLINK_NGINX=$GRANTLINK_BUILD/nginx-debug/nginx
    export CMOCKA_MESSAGE_OUTPUT=TAP
    local prove=(prove --jobs "${GRANTLINK_JOBS:-3}" --timer -It/lib)
    if [ $# -gt 0 ]; then
        "${prove[@]}" "$@"
    else
        whole_suite
    fi
}

# All tests, and then those that look at what the others left: secrets in logs, pages and process
# lists, and answers of the API that are not as documented.
whole_suite() {
    local tests=() test
    for test in t/*.t; do
        [[ "$test" == t/99-* ]] || tests+=("$test")
    done
    GRANTLINK_SECRETS_DIR=$(mktemp -d)
    GRANTLINK_ANSWERS_DIR=$(mktemp -d)
    export GRANTLINK_SECRETS_DIR GRANTLINK_ANSWERS_DIR
    trap 'rm -rf "$GRANTLINK_SECRETS_DIR" "$GRANTLINK_ANSWERS_DIR"' EXIT
    "${prove[@]}" "$GRANTLINK_BUILD"/unit/test_* "${tests[@]}"
    "${prove[@]}" t/99-*.t
}

command_bench() {
    local what=${1:-}
    case $what in
        edge | tokens) shift ;;
        *) die "bench: name what to measure: ./build.sh bench edge, or ./build.sh bench tokens" ;;
    esac
    deps "${bench_packages[@]}"
    build release
    GRANTLINK_BUILD=$source_dir/build/release exec perl "t/bench/$what.pl" "$@"
}

fuzz_targets() {
    local source
    for source in t/fuzz/fuzz_*.cpp; do
        basename "$source" .cpp | sed 's/^fuzz_//'
    done
}

# One target. What it finds goes into build/fuzz: what is worth keeping into corpus/, what fails into
# crashes/.
fuzz_target() {
    local target=$1 seconds=$2 found options=()
    local seeds=t/fuzz/corpus/$target dictionary=t/fuzz/$target.dict log=build/fuzz/$target.log
    local corpus=build/fuzz/corpus/$target crashes=build/fuzz/crashes/$target
    mkdir -p "$corpus" "$crashes"
    [ ! -e "$dictionary" ] || options+=("-dict=$dictionary")
    build/fuzz/targets/"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -max_len=16384 -artifact_prefix="$crashes/" "${options[@]}" "$corpus" "$seeds" \
        >"$log" 2>&1 && return
    cat "$log" >&2
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    say "fuzz: the target $target failed; what it printed is above and in $log"
    [ -n "$found" ] || { say "fuzz: it kept no input: it did not get as far as that"; return 1; }
    say "  input    $found"
    say "  again    build/fuzz/targets/$target $found"
    say "  keep it  cp $found $seeds/NAME; then mend what it shows"
    return 1
}

command_fuzz() {
    local seconds=${1:-} target targets failed=0
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz: for how long? ./build.sh fuzz SECONDS [TARGET…]"
    shift
    mapfile -t targets < <(fuzz_targets)
    for target in "$@"; do
        [ -e "t/fuzz/fuzz_$target.cpp" ] || die "fuzz: no target $target; there are ${targets[*]}"
    done
    [ $# -eq 0 ] || targets=("$@")
    deps "${fuzz_packages[@]}"
    [ -e build/fuzz/build.ninja ] || CXX=clang++ step "cmake (fuzz)" \
        cmake -G Ninja -S . -B build/fuzz -D GRANTLINK_FUZZ=ON
    step "compiling the fuzz targets" ninja -C build/fuzz fuzz
    # The seconds are for the whole run; each target gets its share, one second at the least.
    seconds=$((seconds / ${#targets[@]}))
    for target in "${targets[@]}"; do
        fuzz_target "$target" $((seconds > 0 ? seconds : 1)) || failed=1
    done
    return "$failed"
}

command_install() {
    deps
    build release
    step "installing below ${DESTDIR:-/}" as_root env DESTDIR="${DESTDIR:-}" \
        cmake --install build/release
    step "installing the nginx module" as_root install -D -m 644 -t \
        "${DESTDIR:-}$nginx_modules" build/release/nginx/ngx_http_grantlink_module.so
    say "installed; next: grantlink init --public-url https://…, then see conf.d/ for nginx"
}

sources() { git ls-files '*.cpp' '*.hpp'; }

command_format() {
    install_packages clang-format
    sources | xargs clang-format -i
}

command_lint() {
    deps "${lint_packages[@]}"
    sources | xargs clang-format --dry-run --Werror || die "run ./build.sh format"
    shellcheck -x build.sh .ci/run
    # The other compiler, with the same warnings as errors.
    [ -e build/clang/build.ninja ] || CXX=clang++ step "cmake (clang)" \
        cmake -G Ninja -S . -B build/clang
    step "compiling with clang" ninja -C build/clang
    [ -e build/clang/module/build.ninja ] || CXX=clang++ step "cmake (clang, module)" \
        cmake -G Ninja -S ngx_module -B build/clang/module \
        -D GRANTLINK_NGINX_SOURCE="$nginx_source" \
        -D GRANTLINK_NGINX_OBJS="$source_dir/build/release/nginx" \
        -D GRANTLINK_MODULE_OUTPUT="$source_dir/build/clang"
    step "compiling the module with clang" ninja -C build/clang/module
}

command_clean() { rm -rf build t/node_modules; }

command_help() {
    cat <<'END'
usage: ./build.sh COMMAND

  run [--auto]                 start everything on this machine and print a link to click;
                               --auto drives the flow to its end and shows the proof
  test [OPTIONS] [FILES]       build and run all tests, or the named ones
       --sanitize              … with AddressSanitizer and UndefinedBehaviorSanitizer
       --debug-nginx           … against a debug build of nginx
       --valgrind              … the same, with nginx under valgrind's memcheck
  bench edge [--quick] [--json] [--rounds N] [--pipelined 1|2|4]
                               measure the edge against plain nginx and print the ratios;
                               --quick takes 4 minutes instead of 20
  bench tokens [--json]        measure how tokens are refreshed and vended
  deps                         install the Debian and npm packages that are missing
  build [--sanitize]           build module and programs into build/
  install                      install module, programs and presets (DESTDIR is honoured)
  fuzz SECONDS [TARGET…]       fuzz all targets of t/fuzz, or the named ones; SECONDS is for the
                               whole run, shared equally
  format                       format the C++ sources
  lint                         check formatting, scripts, and the other compiler's warnings
  clean                        remove what was built
END
}

command=${1:-help}
[ $# -eq 0 ] || shift
declare -F "command_$command" >/dev/null || { command_help >&2; die "there is no command $command"; }
"command_$command" "$@"
