// What the vault keeps of a connection, an attempt and a notification. Values; codecs are JSON, so
// that a later version can add a field and still read what is there.
#pragma once

#include "daemon/json/json.hpp"
#include "shared/approval.hpp"
#include "shared/keys.hpp"
#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

enum class ConnectionStatus : std::uint8_t { pending = 1, active = 2, broken = 3, revoked = 4 };

std::string_view nameOf(ConnectionStatus status);
std::optional<ConnectionStatus> connectionStatusNamed(std::string_view name);

// What the provider said of the approver.
struct ApprovedAccount {
    std::string id; // the provider's lasting id, as text
    std::string handle;
    std::string name;
    std::string picture = {}; // URL; empty: not known
};

struct Connection {
    Uuid id;
    std::string provider;
    std::string account; // as it was asked for; empty: whoever approves
    ConnectionStatus status = ConnectionStatus::pending;
    std::string requester; // who asks, for people
    std::string notify;    // mail address; empty: nobody is told
    std::string recipient; // mail address that the link is sent to; empty: the requester sends it
    std::string brand;     // id in the configuration, as when it was asked for; empty: none
    std::string language;  // of the recipient's pages, BCP 47; empty: the browser decides
    std::string message;   // to the recipient, on their pages; may have lines; empty: none
    TimeMs created = 0, updated = 0;
    // Connections that were asked for in one request share a link. Here are all that share this
    // one's, itself among them, as they were asked for; none: the link is its own. What is said of
    // the link below is the same in all of them, and changes in one transaction.
    std::vector<Uuid> together;
    Uuid sharedLink;              // its id; nil: the link is its own, and has the connection's
    std::uint32_t generation = 1; // of the link
    KeyId linkKey = 0;            // the master key that the link's token was made with
    TimeMs linkExpires = 0;
    TimeMs linkMade = 0; // 0 in records of older versions
    TimeMs opened = 0;   // the link's page, the first time; 0: not that we know of
    TimeMs started = 0;  // its button was pressed, for this connection, the first time
    std::vector<std::chrono::seconds> remind; // the recipient, so long after the link was made
    std::optional<ApprovedAccount> approved;
    TimeMs tokenExpires = 0; // 0: not known, or no token
    std::string tokenScope;
    TimeMs refreshAsked = 0;     // a refresh of which nobody knows what became was sent; 0: none
    unsigned upkeepFailures = 0; // in a row: refreshes and checks that could not be done
    TimeMs doubted = 0;          // its token was refused once; 0: it was not, or works again
    bool doubtsAccount = false;  // it was not refused, but speaks of another account
    std::string trouble;         // what the last of them said, for people; empty: none
    std::optional<Outcome> lastOutcome; // of the newest attempt that ended
    TimeMs lastOutcomeAt = 0;

    const Uuid& linkId() const { return together.empty() ? id : sharedLink; }

    // For an approval.
    bool waits() const {
        return status == ConnectionStatus::pending || status == ConnectionStatus::broken;
    }
};

// Another link, with which the old one is dead.
void renewLink(Connection& connection, KeyId key, TimeMs expires);

Json toJson(const Connection& connection);
Connection connectionFromJson(const Uuid& id, const Json& json);

// How far the daemon has come with an attempt. Written before the step it names.
enum class AttemptStage : std::uint8_t {
    exchanging = 1, // the code may have been used from here on
    exchanged = 2,  // the first token is kept beside this record
    done = 3,
};

struct AttemptRecord {
    Uuid connection;
    AttemptStage stage = AttemptStage::exchanging;
    std::optional<Outcome> outcome; // when done
    std::string detail;             // for people; see OutcomeRecord
};

Json toJson(const AttemptRecord& attempt);
AttemptRecord attemptFromJson(const Json& json);

// Tokens as a provider issued them. Never in a log, never in JSON outside the vault's seal.
struct TokenSet {
    SecretBytes accessToken;
    SecretBytes refreshToken; // may be empty
    std::string scope;
    TimeMs obtained = 0;
    TimeMs expires = 0; // 0: not known

    // What else the token endpoint said that later requests need, by placeholder: account_id,
    // handle, and the preset's [token.keep].
    std::map<std::string, std::string> values;

    // The private key, as JSON (RFC 7517), that they are bound to (RFC 9449); empty: to none.
    SecretBytes dpopKey;
};

// What a requester is told of, or a recipient.
enum class Notice : std::uint8_t {
    connected,
    wrongAccount,
    declined,
    broken,
    removed,
    expiring,   // its link, soon
    invitation, // of the recipient
    reminder,   // of the recipient
    published,  // posts of its account
};

std::string_view nameOf(Notice about);

// One message to one destination, in the outbox or given up: enough to compose it again, with the
// same id each time.
struct Notification {
    Uuid id;
    Notice about = Notice::connected;
    Uuid connection;
    std::string webhook;  // its name in the configuration; empty: it is a mail
    std::string to;       // address of a mail
    std::string provider; // display name, when it happened
    std::string account, approved, requester;
    std::string approvedId;           // the provider's lasting id of who approved
    std::string reason;               // of what is broken
    std::vector<std::uint64_t> posts; // numbers of those it tells of, the newest first
    std::size_t postCount = 0;        // how many there were, with those
    bool firstPosts = false;          // they were there before anything was collected
    TimeMs when = 0;                  // it happened
    TimeMs since = 0;                 // it is in the outbox; 0: since it happened
    unsigned tries = 0;
    std::string fault;  // of the last try, for people; empty: there was none
    TimeMs givenUp = 0; // 0: it waits
    TimeMs due = 0;     // for the next try, while it waits; kept beside the record, not in it
};

Json toJson(const Notification& notification);
Notification notificationFromJson(const Uuid& id, const Json& json);

} // namespace grantlink
