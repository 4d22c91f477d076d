// The formats of %START_TIME(...)%: which are allowed, and how a moment looks in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/base/clock.h"

namespace sluice::config {

// What is wrong with `format`; nothing if AppendTime takes it. Conversions are strftime's that give
// one short text without a line break, and %s, %f, %1f to %9f (fractions of a second).
std::optional<std::string> CheckTimeFormat(std::string_view format);

// UTC. `format` "" is "2026-01-02T03:04:05.678Z"; others have passed CheckTimeFormat.
void AppendTime(std::string_view format, base::Duration since_epoch, std::string& out);

}  // namespace sluice::config
