// One line of the audit trail: what was done with a connection, when, and by whom.
//
// Values; the codec is JSON like that of the vault's other records. A record of another version, or
// of a kind that this grantlinkd does not know, is nothing to show.
#pragma once

#include "daemon/json/json.hpp"
#include "shared/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

enum class EventKind : std::uint8_t {
    created,
    linkShown,      // asked for by itself, or sent; whoever creates or regenerates sees it as well
    opened,         // the link's page, the first time
    started,        // the button was pressed
    approved,       // a code came back
    exchanged,      // for the first tokens
    active,         // the right account: tokens are kept
    attemptFailed,  // an attempt ended in another way
    vended,         // an access token was given out
    refreshed,      // newer tokens are kept
    refreshFailed,  // the first time in a row
    broken,         // a new approval is needed
    regenerated,    // another link, the old one is dead
    cancelled,      // the request was withdrawn
    removed,        // ended by whoever may
    tokenGivenBack, // the provider was told of the end, or was not to be reached
};

std::string_view nameOf(EventKind kind);

enum class ActorKind : std::uint8_t { grantlinkd, recipient, user };

std::string_view nameOf(ActorKind kind);

// Who did it. Of a user of the admin socket the kernel says uid and pid; the remote user is what
// that user's program says of whom it acts for.
struct Actor {
    ActorKind kind = ActorKind::grantlinkd;
    std::uint32_t uid = 0;
    std::int32_t pid = 0;
    std::string user = {};       // the uid's name at that time; empty: it had none
    std::string remoteUser = {}; // empty: none was named

    static Actor recipient() { return {.kind = ActorKind::recipient}; }
};

struct Event {
    std::uint64_t number = 0; // rises by one with each event of the vault; given by the vault
    TimeMs time = 0;          // when it happened, which can be before an event of a lower number
    EventKind kind = EventKind::created;
    Uuid connection = {};
    std::optional<Uuid> attempt = {};
    Actor actor = {};
    std::string detail = {}; // for people: no secret, no account but the connection's own
};

std::string encodeEvent(const Event& event); // but its number
std::optional<Event> decodeEvent(std::uint64_t number, std::string_view record);

} // namespace grantlink
