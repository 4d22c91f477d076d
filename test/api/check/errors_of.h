// What CheckMessage says about a message written as text, for tests.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/check/check_message.h"

namespace sluice::api {

// "path: text" of each error, in order; the message stands at "m".
inline std::vector<std::string> ErrorsIn(const google::protobuf::Message& message) {
  ErrorList errors;
  CheckMessage(message, "m", errors);
  std::vector<std::string> out;
  for (const FieldError& error : errors.errors()) {
    out.push_back(error.field_path + ": " + error.text);
  }
  return out;
}

template <typename M>
std::vector<std::string> ErrorsOf(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return ErrorsIn(message);
}

}  // namespace sluice::api
