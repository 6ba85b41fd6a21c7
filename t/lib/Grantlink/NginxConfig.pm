package Grantlink::NginxConfig;

# The nginx configuration of an instance, as an operator would write it.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(nginx_config every_variable);

# A log format named `every` with each variable that can hold a secret.
sub every_variable () {
    my @variables = (
        qw(request request_uri uri document_uri request_filename args query_string is_args),
        qw(arg_code arg_state arg_error request_body http_referer http_cookie),
        qw(sent_http_location sent_http_set_cookie upstream_http_location request_id),
    );
    return 'log_format every "$status ' . join(' ', map { "$_=\$$_" } @variables) . '";';
}

# with: directory, port, module, store, key, user ('' for none), workers, master_process, log_level,
# and text put in as it is: main, events, http, server, approve, callback (into these contexts).
# `store` and `key` may be '' to leave the directive out.
sub nginx_config (%with) {
    my $dir   = $with{directory};
    my $temp  = "$dir/nginx";
    my $user  = $with{user} ? "user $with{user};" : '';
    my %extra = map { $_ => $with{$_} // '' } qw(main events http server approve callback);
    my $store = length $with{store} ? "grantlink_store $with{store};" : '';
    my $key   = length $with{key}   ? "grantlink_key $with{key};"     : '';
    return <<~"END";
    daemon off;
    $user
    worker_processes $with{workers};
    master_process $with{master_process};
    pid $temp/nginx.pid;
    error_log $dir/logs/error.log $with{log_level};
    load_module $with{module};
    $extra{main}
    events {
        worker_connections 1024;
        $extra{events}
    }
    http {
        access_log $dir/logs/access.log;
        client_body_temp_path $temp/body;
        proxy_temp_path $temp/proxy;
        fastcgi_temp_path $temp/fastcgi;
        uwsgi_temp_path $temp/uwsgi;
        scgi_temp_path $temp/scgi;
        $store
        $key
        $extra{http}
        server {
            listen 127.0.0.1:$with{port};
            $extra{server}
            location /approve/ {
                grantlink_approve;
                $extra{approve}
            }
            location /callback/ {
                grantlink_callback;
                $extra{callback}
            }
        }
    }
    END
}

1;
