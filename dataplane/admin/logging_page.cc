#include <fmt/format.h>

#include "dataplane/admin/pages.h"
#include "dataplane/base/log.h"

namespace sluice::admin {

// Without ?level the page only says what the level is.
Answer LoggingPage(const Sources&, base::MonoTime, const Request& request) {
  if (const auto level = request.Parameter("level")) {
    const auto parsed = base::ParseLogLevel(*level);
    if (!parsed) return Response{400, "level is one of debug, info, warn, error, off\n"};
    base::SetLogLevel(*parsed);
  }
  return Response{200, fmt::format("level: {}\n", base::LogLevelName(base::GetLogLevel()))};
}

}  // namespace sluice::admin
