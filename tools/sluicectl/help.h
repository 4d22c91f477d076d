// What --help prints.
//
// Thread: any; constants.
#pragma once

#include <string_view>

namespace sluice::ctl {

std::string_view GeneralHelp();
// Of a command; "" if there is none of that name.
std::string_view HelpOf(std::string_view command);

}  // namespace sluice::ctl
