// From an access log record to its line. Thread: the log writer.
//
// Values come from strangers, so a line stays one line and one JSON object whatever is in them:
// config/access_log_escape.h (negative case 121).
#pragma once

#include <string>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::proxy {

// Appends the line of `record` (what WriteRecord wrote), '\n' included for JSON; in text form the
// format says where lines end. `wall_offset` added to a MonoTime gives time since the Unix epoch.
void AppendLine(std::string_view record, base::Duration wall_offset, std::string& line);

}  // namespace sluice::proxy
