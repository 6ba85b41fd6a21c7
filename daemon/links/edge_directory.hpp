// The edge store's directory: who may do what in it.
//
//   edge/         0750  the daemon, nginx's group
//   edge/links/   0750  data.mdb 0640, lock.mdb 0660: nginx reads; a reader has to take a slot in
//                       the lock file, so that one is writable for it
//   edge/spool/   0750  both files 0660: nginx writes
//
// Errors: std::runtime_error that names the path and the remedy.
#pragma once

#include <string>

namespace grantlink {

void makeEdgeDirectories(const std::string& edgeStore, const std::string& group);

// To be called when both environments have been opened: LMDB makes files with the umask applied.
void shareEdgeFiles(const std::string& edgeStore, const std::string& group);

// Gives one path of the edge store to the group.
void shareWithGroup(const std::string& path, const std::string& group, unsigned mode);

} // namespace grantlink
