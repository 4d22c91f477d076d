// The two macros of the code base: pass an absl error on, or take the value out of a StatusOr.
//
//   SLUICE_RETURN_IF_ERROR(Validate(config));
//   SLUICE_ASSIGN_OR_RETURN(PrivateKey key, LoadKey(name, pem));
//
// Only in functions that return absl::Status or absl::StatusOr, and not on the request path: a
// Status with text allocates. Abseil has them from a later release than the packaged one.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates `expr` (an absl::Status) once; returns it from the enclosing function unless OK.
#define SLUICE_RETURN_IF_ERROR(expr)                         \
  do {                                                       \
    if (absl::Status sluice_status = (expr); !sluice_status.ok()) { \
      return sluice_status;                                  \
    }                                                        \
  } while (false)

// Evaluates `expr` (an absl::StatusOr) once; assigns its value to `lhs`, which may declare a
// variable, or returns the error. Two statements: needs braces under an `if`. A `lhs` type with a
// comma must be wrapped in an alias.
#define SLUICE_ASSIGN_OR_RETURN(lhs, expr) \
  SLUICE_ASSIGN_OR_RETURN_AT(SLUICE_JOIN(sluice_status_or_, __LINE__), lhs, expr)

#define SLUICE_ASSIGN_OR_RETURN_AT(result, lhs, expr) \
  auto result = (expr);                               \
  if (!result.ok()) return std::move(result).status(); \
  lhs = std::move(result).value()

#define SLUICE_JOIN(a, b) SLUICE_JOIN_AGAIN(a, b)
#define SLUICE_JOIN_AGAIN(a, b) a##b
