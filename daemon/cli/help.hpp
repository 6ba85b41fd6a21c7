// The texts that end --help: of the whole program, and of each command.
#pragma once

namespace grantlink::help {

inline constexpr const char* epilog = R"(Examples:
  grantlink request instagram @nike --notify me@example.com
  grantlink link @nike --qr
  grantlink list --status pending
  grantlink COMMAND --help              explains a command, with examples

Naming a connection (ID):
  0199f3a2-7c4e-7aaa-8bbb-0123456789ab  its id
  0199f3a2-7c                           the first characters of it, at least 6
  @nike                                 its account, when one connection has it

Exit codes:
  0  done
  1  refused by the daemon, or by you when asked
  2  the command line makes no sense, or ID names no one connection
  3  the daemon is not running
  4  you are not permitted to do this
  5  the daemon failed; its log says why)";

inline constexpr const char* request =
    R"(Prints the link and nothing else to standard output, so that it can be piped.
The account is connected only when the very account that is named approves. Several
accounts share one link; each becomes a connection of its own.

Examples:
  grantlink request instagram @nike
  grantlink request instagram @nike facebook @nike youtube @nike
  grantlink request instagram @nike --notify me@example.com --expires 3d
  grantlink request instagram @nike --email her@example.com --remind 3d,7d
  grantlink request instagram @nike --brand acme --language de
  grantlink request instagram @nike --message "Hello Ann, this is for the summer campaign."
  grantlink request instagram @nike | xclip
  grantlink request youtube @nike --json)";

inline constexpr const char* login =
    R"(For an account whose password you have: the same as "request", but you open the
link yourself. Without ACCOUNT it connects whichever account you sign in with.

Examples:
  grantlink login instagram @nike
  grantlink login instagram)";

inline constexpr const char* list = R"(Examples:
  grantlink list
  grantlink list --status broken
  grantlink list --provider instagram --all
  grantlink list --all --json | jq -r '.connections[].account')";

inline constexpr const char* posts =
    R"(Posts are collected as soon as a connection is active, and from then on.

Examples:
  grantlink posts @nike
  grantlink posts @nike --limit 100 --json | jq -r '.posts[].url'
  grantlink posts                      the newest of all accounts)";

inline constexpr const char* show = R"(Examples:
  grantlink show @nike
  grantlink show 0199f3a2-7c4e --json)";

inline constexpr const char* history =
    R"(What was done with a connection, the newest last: who asked for it, who saw its link,
what became of each attempt, who was given a token. Also of one that was removed.

Examples:
  grantlink history @nike
  grantlink history 0199f3a2-7c4e --all
  grantlink history @nike --json | jq -r '.events[] | select(.event == "vended").by.user')";

inline constexpr const char* watch =
    R"(A line for each event of the audit trail, until it is interrupted. It misses none: when
the daemon is restarted it goes on where it was. With --json each line is a JSON object.

Examples:
  grantlink watch
  grantlink watch @nike
  grantlink watch --json --after 0 | jq -r 'select(.event == "active").connection')";

inline constexpr const char* link = R"(Shows the link that is valid now. It changes nothing.

Examples:
  grantlink link @nike
  grantlink link @nike --qr            as a QR code too, for a phone beside you)";

inline constexpr const char* regenerate =
    R"(The old link stops working at once, also for somebody who has it open.
Use it when a link went to the wrong person, has expired, or when a broken
connection needs a new approval. Asks first, unless --yes.

Examples:
  grantlink regenerate @nike
  grantlink regenerate 0199f3a2-7c4e --yes --json)";

inline constexpr const char* cancel =
    R"(The connection is revoked and its link stops working at once. Asks first,
unless --yes.

Examples:
  grantlink cancel @nike
  grantlink cancel 0199f3a2-7c4e --yes)";

inline constexpr const char* token =
    R"(Prints the access token and nothing else to standard output, for scripts. A token
that would not last for as long as --min-ttl says is refreshed first. Needs the role
token-reader.

Examples:
  grantlink token @nike | my-script
  grantlink token @nike --min-ttl 10m --json)";

inline constexpr const char* refresh =
    R"(Asks the provider for a new token now. grantlinkd does so by itself in time.

Examples:
  grantlink refresh @nike)";

inline constexpr const char* remove =
    R"(Ends a connection, whatever it is: an active one's token is given back to the
provider and erased, a pending one's link stops working. Asks first, unless --yes.

Examples:
  grantlink remove @nike
  grantlink remove 0199f3a2-7c4e --yes)";

inline constexpr const char* status =
    R"(Exits with 3 when the daemon is not running, so it can be used as a check.

Examples:
  grantlink status
  grantlink status --json)";

inline constexpr const char* notifications =
    R"(A mail or a webhook that was refused for good, or has failed for three days, is kept
for 30 days. When the cause is gone, it can be sent again, under the same id.

Examples:
  grantlink notifications
  grantlink notifications --waiting --json
  grantlink notifications replay 0199f3a2-7c
  grantlink notifications replay --all
  grantlink notifications delete --all)";

inline constexpr const char* providers =
    R"(The redirect URI is what the provider wants to know of your app.

Examples:
  grantlink providers)";

inline constexpr const char* provider =
    R"(For those who write presets; see “grantlink provider check --help” and
“grantlink provider try --help”.)";

inline constexpr const char* providerTry =
    R"(Makes a connection of the provider, prints its link for you to open and approve, and
shows each request that grantlinkd sends and what comes back. Then it asks for a new
token, reads the account's content where the preset says how, and removes the
connection, which gives its token back. Secrets are shown by their names or lengths.

Examples:
  grantlink provider try instagram
  grantlink provider try my-provider @nike --keep
  grantlink provider try my-provider --json | jq .requests)";

inline constexpr const char* providerCheck =
    R"(Says which requests a preset describes, and what is wrong with it, with file, line
and remedy. Asks nobody and needs no daemon. Exits with 2 when a file is no preset.

Examples:
  grantlink provider check my-provider.toml
  grantlink provider check --json /usr/local/share/grantlink/providers/*.toml)";

inline constexpr const char* check =
    R"(Reads all of the vault: each record, each sealed token, each index. Names what is
wrong and exits with 1, or with 0 when all is well. The daemon does it beside its work;
with --config it is done without the daemon, which may run or not.

Examples:
  grantlink check
  grantlink check --config /etc/grantlink/grantlink.toml
  grantlink check /backup/grantlink-monday)";

inline constexpr const char* backup =
    R"(Writes the vault as it is at one moment, while the daemon runs or not. Tokens are
sealed in it as in the vault; the keys are not in it: keep a copy of master.key and
edge.key apart from it. Run it as root or as the daemon's user.

Examples:
  grantlink backup /backup/grantlink-monday)";

inline constexpr const char* restore =
    R"(Checks the backup, then puts it in the vault's place at once. The daemon must not
run; the vault that was there keeps another name. Asks first, unless --yes.

Examples:
  systemctl stop grantlinkd
  grantlink restore /backup/grantlink-monday
  systemctl start grantlinkd)";

inline constexpr const char* keys =
    R"(See “grantlink keys rotate --help” and “grantlink keys prune --help”. No command
ever shows a key.

Examples:
  grantlink keys list)";

inline constexpr const char* keysRotate =
    R"(Puts a new key in front of master.key, edge.key or both, and has the daemon read
them. Old keys are still accepted; the daemon seals all tokens with the new one in the
background. nginx is reloaded twice: each worker has to know an edge key before one
uses it. Without --nginx-reload the command stops there, and goes on when it is run
again, as it does after it was interrupted. Run it as root.

Examples:
  grantlink keys rotate --nginx-reload "systemctl reload nginx"
  grantlink keys rotate edge)";

inline constexpr const char* keysPrune =
    R"(Removes old keys with which no token is sealed, no link that waits was made, and no
attempt is under way; the others stay, and it says why. nginx must have been reloaded
since the rotation. Asks first, unless --yes. Run it as root.

Examples:
  grantlink keys prune)";

inline constexpr const char* init =
    R"(Writes grantlink.toml, master.key and edge.key, and makes the directories of the
stores. Run it as root, once. What exists already is left alone, unless --force.

Examples:
  grantlink init --public-url https://links.example.com
  grantlink init --dir ./etc --state ./state --run ./run --edge-group staff)";

} // namespace grantlink::help
