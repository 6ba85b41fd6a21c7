#include "daemon/cli/arguments.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/help.hpp"
#include "daemon/cli/init.hpp"

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
        addProvider();
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
        addRequestOptions(command, *options);
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
        CLI::Option* const limit =
            command->add_option("--limit", options->limit, "At most so many; default: 100")
                ->type_name("N")
                ->check(CLI::Range(1, 1000000).description(""));
        command->add_flag("--all", options->all, "As many as there are")->excludes(limit);
        onChosen(command, [options](const Session& session) { listCommand(session, *options); });
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
