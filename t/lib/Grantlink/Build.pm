package Grantlink::Build;

# Where that is which is tested.

use v5.36;
use Cwd            qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);

our @EXPORT_OK = qw($repository build_directory program nginx_program debug_nginx module_path);

our $repository = dirname(dirname(dirname(dirname(abs_path(__FILE__)))));

sub build_directory { return abs_path($ENV{GRANTLINK_BUILD} // "$repository/build/release") // '' }
sub program ($name) { return build_directory() . "/$name" }
sub nginx_program   { return $ENV{GRANTLINK_NGINX} // '/usr/sbin/nginx' }
sub debug_nginx     { return build_directory() . '/nginx-debug/nginx' }

sub module_path {
    my $beside = dirname(nginx_program()) . '/ngx_http_grantlink_module.so';
    return -e $beside ? $beside : program('ngx_http_grantlink_module.so');
}

1;
