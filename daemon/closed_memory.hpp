// Nobody but root looks into the memory of this process.
#pragma once

namespace grantlink {

// No core files, and no debugger or /proc/PID/mem for other processes of the same user. To be
// called before anything secret is read. False: the system does not do it; errno says why.
bool closeMemory();

} // namespace grantlink
