#include "daemon/cli/arguments.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/help.hpp"
#include "daemon/cli/init.hpp"
#include "daemon/cli/local_vault.hpp"

#include <CLI/CLI.hpp>

namespace grantlink {

namespace {

// Help without CLI11's type and REQUIRED labels: the usage line says what is required.
class HelpFormat : public CLI::Formatter {
  public:
    HelpFormat() {
        label("Positionals", "Arguments");
        label("SUBCOMMAND", "COMMAND");
        label("OPTIONS", "OPTIONS");
        column_width(26);
    }

    std::string make_description(const CLI::App* app) const override {
        return app->get_description() + "\n\n";
    }

    std::string make_option_opts(const CLI::Option* option) const override {
        const bool hasValue = !option->get_positional() && option->get_type_size() != 0;
        return hasValue ? " " + option->get_type_name() : "";
    }
};

// "": it is one; else what one is.
std::string isTime(const std::string& text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    const bool valid = digits != 0 && digits + 1 == text.size() && text[0] != '0' &&
                       std::string("smhd").find(text.back()) != std::string::npos;
    return valid ? "" : "a time is a number and s, m, h or d, like 7d";
}

class CommandLine {
  public:
    explicit CommandLine(Arguments& arguments)
        : app_(std::make_unique<CLI::App>(
              "Asks for access to an account with a link, and for nobody's password.",
              "grantlink")),
          arguments_(arguments) {
        app_->formatter(std::make_shared<HelpFormat>());
        app_->footer(help::epilog);
        app_->require_subcommand(1);
        app_->fallthrough(); // --json and --socket may stand behind the command
        app_->set_help_flag("-h,--help", "Explain a command");
        app_->set_version_flag("--version", "grantlink " GRANTLINK_VERSION, "Print the version");
        app_->add_option("--socket", arguments.socket,
                         "The daemon's admin socket; default: $GRANTLINK_SOCKET,\n"
                         "or /run/grantlink/admin.sock")
            ->envname("GRANTLINK_SOCKET")
            ->type_name("PATH");
        app_->add_flag("--json", arguments.json, "Print the answer of the admin API as it is");
    }

    std::unique_ptr<CLI::App> build() {
        addRequest();
        addLogin();
        addList();
        addNamed("show", "Show all about a connection", help::show, showCommand);
        addHistory();
        addWatch();
        addLink();
        addConfirmed("regenerate", "Replace a link; the old one is dead at once", help::regenerate,
                     regenerateCommand);
        addConfirmed("cancel", "Withdraw a request that waits for an approval", help::cancel,
                     cancelCommand);
        addToken();
        addNamed("refresh", "Get a new token for a connection now", help::refresh, refreshCommand);
        addPosts();
        addConfirmed("remove", "End a connection and give its token back", help::remove,
                     removeCommand);
        addPlain("status", "Tell whether the daemon is well", help::status, statusCommand);
        addPlain("providers", "List the providers that are set up", help::providers,
                 providersCommand);
        addNotifications();
        addProvider();
        addCheck();
        addBackup();
        addRestore();
        addKeys();
        addInit();
        return std::move(app_);
    }

  private:
    CLI::App* add(const char* name, const char* description, const char* help) {
        CLI::App* const command = app_->add_subcommand(name, description);
        command->group("Commands");
        command->footer(help);
        return command;
    }

    // What the command does once all is parsed: main() must see --json first, wherever it stands.
    template <typename Action>
    void onChosen(CLI::App* command, Action action) {
        command->callback([this_ = &arguments_, action] {
            this_->run = [action](const Session& session) {
                action(session);
                return 0;
            };
        });
    }

    void addRequestOptions(CLI::App* command, RequestOptions& options) {
        command->add_option("--notify", options.notify, "Who gets a mail when it is decided")
            ->type_name("MAIL");
        command
            ->add_option("--requester", options.requester,
                         "Who asks, as the recipient will read it; default: from\ngrantlink.toml")
            ->type_name("NAME");
        command
            ->add_option("--brand", options.brand,
                         "Whose name, colour and logo the recipient's pages have, of\nthose in "
                         "grantlink.toml")
            ->type_name("ID");
        command
            ->add_option("--language", options.language,
                         "Of the recipient's pages: de, pt-BR; default: what their\nbrowser "
                         "prefers")
            ->type_name("TAG");
        command->add_option("--expires", options.expires, "How long the link works: 12h, 7d")
            ->type_name("TIME")
            ->check(isTime);
    }

    void addRequest() {
        CLI::App* const command = add("request", "Get a link that asks for access", help::request);
        const auto options = std::make_shared<RequestOptions>();
        command->add_option("PROVIDER", options->provider, "Where; see “grantlink providers”")
            ->required();
        command->add_option("ACCOUNT", options->account, "Whose, for example @nike")->required();
        command->add_option("MORE", options->more,
                            "More accounts for the same link, as PROVIDER ACCOUNT again");
        addRequestOptions(command, *options);
        command
            ->add_option("--message", options->message,
                         "What the recipient reads on the page and in the mail")
            ->type_name("TEXT");
        CLI::Option* const email =
            command->add_option("--email", options->email, "Mail the link to the recipient")
                ->type_name("MAIL");
        command
            ->add_option("--remind", options->remind,
                         "…and remind them so long after that, while it waits: 3d,7d")
            ->type_name("TIME,…")
            ->delimiter(',')
            ->needs(email)
            ->check(isTime);
        onChosen(command, [options](const Session& session) { requestCommand(session, *options); });
    }

    void addLogin() {
        CLI::App* const command = add("login", "Connect an account of your own", help::login);
        const auto options = std::make_shared<RequestOptions>();
        command->add_option("PROVIDER", options->provider, "Where; see “grantlink providers”")
            ->required();
        command->add_option("ACCOUNT", options->account, "Only this one, for example @nike");
        addRequestOptions(command, *options);
        onChosen(command, [options](const Session& session) { loginCommand(session, *options); });
    }

    void addList() {
        CLI::App* const command = add("list", "List connections", help::list);
        const auto options = std::make_shared<ListOptions>();
        command->add_option("--status", options->status, "pending, active, broken or revoked")
            ->type_name("STATUS")
            ->check(CLI::IsMember({"pending", "active", "broken", "revoked"}).description(""));
        command->add_option("--provider", options->provider, "Only of this provider")
            ->type_name("NAME");
        command->add_option("--account", options->account, "Only for this account, as @nike")
            ->type_name("ACCOUNT");
        const auto limit = addLimit(command);
        onChosen(command, [options, limit](const Session& session) {
            listCommand(session, *options, *limit);
        });
    }

    std::shared_ptr<std::string> addId(CLI::App* command) {
        const auto id = std::make_shared<std::string>();
        command->add_option("ID", *id, "An id, the start of one, or an account such as @nike")
            ->required();
        return id;
    }

    void addNamed(const char* name, const char* description, const char* help,
                  void (*action)(const Session&, const std::string&)) {
        CLI::App* const command = add(name, description, help);
        onChosen(command,
                 [action, id = addId(command)](const Session& session) { action(session, *id); });
    }

    void addHistory() {
        CLI::App* const command =
            add("history", "Show what was done with a connection, and by whom", help::history);
        const auto id = addId(command);
        const auto limit = addLimit(command);
        onChosen(command,
                 [id, limit](const Session& session) { historyCommand(session, *id, *limit); });
    }

    void addWatch() {
        CLI::App* const command = add("watch", "Show what is done, as it happens", help::watch);
        const auto options = std::make_shared<WatchOptions>();
        command->add_option("ID", options->name, "Only with this connection");
        command
            ->add_option("--after", options->after,
                         "Begin behind the event with this number; 0: with the\noldest there is")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber.description(""));
        onChosen(command, [options](const Session& session) { watchCommand(session, *options); });
    }

    // --limit and --all; 0: all.
    std::shared_ptr<std::size_t> addLimit(CLI::App* command) {
        const auto out = std::make_shared<std::size_t>(100);
        CLI::Option* const limit =
            command->add_option("--limit", *out, "At most so many; default: 100")
                ->type_name("N")
                ->check(CLI::Range(1, 1000000).description(""));
        command
            ->add_flag_callback(
                "--all", [out] { *out = 0; }, "As many as there are")
            ->excludes(limit);
        return out;
    }

    void addLink() {
        CLI::App* const command = add("link", "Show the link again", help::link);
        const auto id = addId(command);
        const auto asQr = std::make_shared<bool>(false);
        command->add_flag("--qr", *asQr, "Draw it as a QR code as well");
        onChosen(command, [id, asQr](const Session& session) { linkCommand(session, *id, *asQr); });
    }

    void addToken() {
        CLI::App* const command = add("token", "Print an access token", help::token);
        const auto id = addId(command);
        const auto minTtl = std::make_shared<std::string>();
        command->add_option("--min-ttl", *minTtl, "How long it must last: 5m, 1h; default: 60s")
            ->type_name("TIME")
            ->check(isTime);
        onChosen(command,
                 [id, minTtl](const Session& session) { tokenCommand(session, *id, *minTtl); });
    }

    void addPosts() {
        CLI::App* const command = add("posts", "Show what an account has published", help::posts);
        const auto options = std::make_shared<PostsOptions>();
        command->add_option("ID", options->name,
                            "An id, the start of one, or an account such as @nike; without\nit "
                            "of all connections, as they were seen");
        command->add_option("--limit", options->limit, "At most so many; default: 20")
            ->type_name("N")
            ->check(CLI::Range(1, 200).description(""));
        onChosen(command, [options](const Session& session) { postsCommand(session, *options); });
    }

    void addConfirmed(const char* name, const char* description, const char* help,
                      void (*action)(const Session&, const std::string&, bool)) {
        CLI::App* const command = add(name, description, help);
        const auto id = addId(command);
        const auto yes = std::make_shared<bool>(false);
        command->add_flag("-y,--yes", *yes, "Do not ask");
        onChosen(command,
                 [action, id, yes](const Session& session) { action(session, *id, *yes); });
    }

    void addPlain(const char* name, const char* description, const char* help,
                  void (*action)(const Session&)) {
        onChosen(add(name, description, help), action);
    }

    void addNotifications() {
        CLI::App* const command =
            add("notifications", "List mails and webhooks that were given up", help::notifications);
        const auto options = std::make_shared<NotificationOptions>();
        const auto waiting = std::make_shared<bool>(false);
        command->add_flag("--waiting", *waiting, "Those that are still tried instead");
        command->callback([this_ = &arguments_, command, options, waiting] {
            if (!command->get_subcommands().empty()) // whose action has been chosen already
                return;
            options->state = *waiting ? "waiting" : "dead";
            this_->run = [options](const Session& session) {
                notificationsCommand(session, *options);
                return 0;
            };
        });
        addNotificationAction(command, "replay", "Send given up ones again", replayCommand);
        addNotificationAction(command, "delete", "Forget given up ones",
                              deleteNotificationsCommand);
    }

    void addNotificationAction(CLI::App* parent, const char* name, const char* description,
                               void (*action)(const Session&, const NotificationOptions&)) {
        CLI::App* const command = parent->add_subcommand(name, description);
        command->footer(help::notifications);
        const auto options = std::make_shared<NotificationOptions>();
        CLI::Option* const id =
            command->add_option("ID", options->id, "An id, or the start of one");
        command->add_flag("--all", options->all, "All of them")->excludes(id);
        onChosen(command, [action, options](const Session& session) { action(session, *options); });
    }

    void addProvider() {
        CLI::App* const provider =
            add("provider", "Check a provider's preset, or try it", help::provider);
        provider->require_subcommand(1);
        CLI::App* const check = provider->add_subcommand("check", "Look for mistakes in presets");
        check->footer(help::providerCheck);
        const auto files = std::make_shared<std::vector<std::string>>();
        check->add_option("FILE", *files, "A preset: a file that ends in .toml")->required();
        check->callback([this_ = &arguments_, files] {
            this_->run = [files](const Session& session) {
                return providerCheckCommand(session, *files);
            };
        });
        addProviderTry(provider);
    }

    void addProviderTry(CLI::App* provider) {
        CLI::App* const command =
            provider->add_subcommand("try", "Walk a flow and show each request");
        command->footer(help::providerTry);
        const auto options = std::make_shared<TryOptions>();
        command->add_option("NAME", options->provider, "Of those that “grantlink providers” lists")
            ->required();
        command->add_option("ACCOUNT", options->account, "Only this one, for example @nike");
        command->add_flag("--keep", options->keep, "Do not remove the connection at the end");
        onChosen(command,
                 [options](const Session& session) { providerTryCommand(session, *options); });
    }

    CLI::Option* addConfig(CLI::App* command, std::string& path, const std::string& otherwise) {
        return command
            ->add_option("--config", path,
                         "The daemon's configuration file; default:\n" + otherwise)
            ->type_name("FILE");
    }

    void addCheck() {
        CLI::App* const command = add("check", "Look for damage in the vault", help::check);
        const auto options = std::make_shared<CheckOptions>();
        command->add_option("BACKUP", options->backup, "Look at this backup instead");
        addConfig(command, options->config, "the daemon is asked");
        command->callback([this_ = &arguments_, options] {
            this_->run = [options](const Session& session) {
                return checkCommand(session, *options);
            };
        });
    }

    std::shared_ptr<BackupOptions> addBackupOptions(CLI::App* command, const char* file,
                                                    const char* force) {
        const auto options = std::make_shared<BackupOptions>();
        options->config = defaultConfig;
        command->add_option("FILE", options->file, file)->required();
        addConfig(command, options->config, defaultConfig);
        command->add_flag("--force", options->force, force);
        return options;
    }

    void addBackup() {
        CLI::App* const command = add("backup", "Copy the vault to a file", help::backup);
        const auto options =
            addBackupOptions(command, "The backup that is made", "Replace a file that is there");
        onChosen(command, [options](const Session& session) { backupCommand(session, *options); });
    }

    void addRestore() {
        CLI::App* const command =
            add("restore", "Put a backup in the vault's place", help::restore);
        const auto options =
            addBackupOptions(command, "A backup", "Also one in which something is wrong");
        const auto yes = std::make_shared<bool>(false);
        command->add_flag("-y,--yes", *yes, "Do not ask");
        command->callback([this_ = &arguments_, options, yes] {
            this_->run = [options, yes](const Session& session) {
                return restoreCommand(session, *options, *yes);
            };
        });
    }

    std::shared_ptr<KeysOptions> addKeysOptions(CLI::App* command) {
        const auto options = std::make_shared<KeysOptions>();
        options->config = defaultConfig;
        addConfig(command, options->config, defaultConfig);
        command
            ->add_option("--nginx-reload", options->nginxReload,
                         "Run this when nginx is to be reloaded; default:\nsay so")
            ->type_name("COMMAND");
        return options;
    }

    void addKeys() {
        CLI::App* const keys = add("keys", "List, rotate and remove keys", help::keys);
        keys->require_subcommand(1);
        CLI::App* const list = keys->add_subcommand("list", "Show what needs which key");
        onChosen(list, keysListCommand);
        CLI::App* const rotate = keys->add_subcommand("rotate", "Put new keys in use");
        rotate->footer(help::keysRotate);
        const auto rotated = addKeysOptions(rotate);
        rotate->add_option("WHICH", rotated->which, "master or edge; default: both")
            ->check(CLI::IsMember({"master", "edge"}).description(""));
        onChosen(rotate, [rotated](const Session&) { keysRotateCommand(*rotated); });
        CLI::App* const prune = keys->add_subcommand("prune", "Remove keys that nothing needs");
        prune->footer(help::keysPrune);
        const auto pruned = addKeysOptions(prune);
        const auto yes = std::make_shared<bool>(false);
        prune->add_flag("-y,--yes", *yes, "Do not ask");
        onChosen(prune, [pruned, yes](const Session&) { keysPruneCommand(*pruned, *yes); });
    }

    void addInit() {
        CLI::App* const command = add("init", "Set up a new installation", help::init);
        const auto options = std::make_shared<InitOptions>();
        const auto option = [&](const char* name, std::string& value, const char* type,
                                const std::string& what) {
            command->add_option(name, value, value.empty() ? what : what + "; default: " + value)
                ->type_name(type);
        };
        option("--dir", options->dir, "DIR", "For configuration and keys");
        option("--state", options->state, "DIR", "For the stores");
        option("--run", options->run, "DIR", "For the sockets");
        option("--public-url", options->publicUrl, "URL", "Where nginx serves the links");
        option("--user", options->user, "USER", "Who grantlinkd runs as, and owns it all");
        option("--edge-group", options->edgeGroup, "GROUP", "Group of the nginx workers");
        command->add_flag("--force", options->force, "Replace what exists; old keys are lost");
        command->callback([this_ = &arguments_, options] {
            this_->run = [options](const Session&) { return initCommand(*options); };
        });
    }

    std::unique_ptr<CLI::App> app_;
    Arguments& arguments_;
};

} // namespace

std::unique_ptr<CLI::App> commandLine(Arguments& arguments) {
    return CommandLine(arguments).build();
}

} // namespace grantlink
