# Sourced by nginx's configure after it has written its Makefile.

cat >> "$NGX_MAKEFILE" <<END

modules:	ngx_http_grantlink_module

.PHONY: ngx_http_grantlink_module
ngx_http_grantlink_module:
	ninja -C $grantlink_objs/grantlink

END
