# shellcheck shell=bash
# A debug build of nginx for the tests, from Debian's source of the installed version, and the module
# compiled against it. Sourced by build.sh; uses its step(), say() and $source_dir.
#
#   build/nginx-debug/            sources and nginx, made once
#   build/VARIANT/nginx-debug/    nginx (a link) and the module
#
# NGX_DEBUG_PALLOC gives each allocation from a pool a malloc of its own, so that valgrind and
# AddressSanitizer see what runs over its end.

debug_nginx_packages=(dpkg-dev valgrind strace nghttp2-client)

debug_nginx_flags=(--with-debug --with-threads --with-http_ssl_module --with-http_v2_module
    --with-http_stub_status_module --with-http_auth_request_module --with-http_addition_module
    --with-http_sub_module --with-http_gunzip_module --with-http_gzip_static_module
    --with-http_realip_module --without-http_grpc_module --without-http_memcached_module
    --without-http_geo_module --without-http_split_clients_module
    --without-http_empty_gif_module --without-http_browser_module)

# The machine's own package sources of nginx as deb-src, in a state directory of their own: its
# configuration stays as it is. The installed version may have left the archive: then a neighbour.
fetch_nginx_source() {
    local to=$1 version upstream
    local options=(-o "Dir::Etc::SourceList=$to/apt/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$to/apt/lists" -o "Dir::Cache=$to/apt/cache"
        -o APT::Sandbox::User=root)
    mkdir -p "$to/apt/lists/partial" "$to/apt/cache/archives/partial"
    apt-cache madison nginx | awk -F' *[|] *' '{
        split($3, part, " ")
        slash = match(part[2], "/[^/]*$")
        print "deb-src", part[1], substr(part[2], 1, slash - 1), substr(part[2], slash + 1)
    }' | sort -u >"$to/apt/sources.list"
    apt-get "${options[@]}" update
    version=$(dpkg-query -W -f '${Version}' nginx)
    upstream=${version%-*}
    for version in "$version" $(apt-cache "${options[@]}" showsrc nginx | sed -n 's/^Version: //p'); do
        [ "${version%-*}" = "$upstream" ] || continue
        (cd "$to" && apt-get "${options[@]}" source "nginx=$version") || continue
        mv "$to/nginx-$upstream" "$to/source"
        return
    done
    return 1
}

compile_debug_nginx() {
    local to=$1
    (
        cd "$to/source"
        ./configure --builddir="$to/objs" --prefix="$to" \
            --with-cc-opt='-O1 -g -DNGX_DEBUG_PALLOC=1' "${debug_nginx_flags[@]}"
        make -s -j "$(nproc)"
    )
}

# Answers false, and says why, when there is none to be had; tests that want it skip then.
build_debug_nginx() {
    local variant=$1 to=$source_dir/build/nginx-debug
    local module=$source_dir/build/$variant/nginx-debug options=()
    if [ ! -e "$to/objs/nginx" ]; then
        say "building nginx for debugging (once)"
        rm -rf "$to"
        mkdir -p "$to"
        if ! (fetch_nginx_source "$to") >"$to.log" 2>&1; then
            tail -5 "$to.log" >&2
            say "no source package of nginx can be had here: tests against a debug build are skipped"
            return 0
        fi
        step "compiling nginx for debugging" compile_debug_nginx "$to"
    fi
    [ "$variant" != sanitize ] || options+=(-D GRANTLINK_SANITIZE=ON)
    [ -e "$module/build/build.ninja" ] || step "cmake (module for the debug nginx)" \
        cmake -G Ninja -S ngx_module -B "$module/build" -D GRANTLINK_NGINX_SOURCE="$to/source" \
        -D GRANTLINK_NGINX_OBJS="$to/objs" -D GRANTLINK_MODULE_OUTPUT="$module" "${options[@]}"
    step "compiling the module for the debug nginx ($variant)" ninja -C "$module/build"
    ln -sf ../../nginx-debug/objs/nginx "$module/nginx"
}
