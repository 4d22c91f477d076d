// The errors of one configuration with their field paths; the words of api/check, which both planes
// share, under the names that this folder uses.
#pragma once

#include "api/check/field_error.h"

namespace sluice::config {

using ConfigError = api::FieldError;
using ErrorList = api::ErrorList;

}  // namespace sluice::config
