// How a durable write of an approval ended: what the spool said, or that nothing was recorded.
#pragma once

namespace grantlink {

enum class WriteResult { stored, replayed, expired, tooMany, storeFull, failed };

} // namespace grantlink
