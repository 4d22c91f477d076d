// What --version and /server_info say.
#pragma once

#include <string_view>

namespace sluice::main {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace sluice::main
