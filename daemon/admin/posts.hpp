// What was collected, for whoever asks: of one connection or of all, as JSON, JSON Feed or Atom.
//
// Errors: a Problem for whatever the caller did wrong.
// Thread: the loop's.
#pragma once

#include "daemon/admin/post_feeds.hpp"
#include "daemon/json/json.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

namespace grantlink {

class PostsApi {
  public:
    PostsApi(const Vault& vault, const CurrentSettings& settings)
        : vault_(vault), settings_(settings) {}

    ServerResponse of(const Uuid& connection, const ServerRequest& request) const;
    ServerResponse all(const ServerRequest& request) const; // those seen last come first

  private:
    struct Wanted;

    ServerResponse answer(const Wanted& wanted, const ServerRequest& request) const;

    const Vault& vault_;
    const CurrentSettings& settings_;
};

// A post as the API shows it (docs/openapi.yaml).
Json represent(const PostOf& it);

enum class PostFormat { json, jsonFeed, atom };

// By the parameter `format`, "" when there is none, else by the header Accept: the first of its
// types that is known. Nothing: there is no such format.
std::optional<PostFormat> postFormat(std::string_view parameter, std::string_view accept);

} // namespace grantlink
