// Route configurations as protobuf text, for tests.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dataplane/config/compile_routes.h"
#include "dataplane/config/error_list.h"

namespace sluice::config {

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// "path: text" of each error.
inline std::vector<std::string> Lines(const ErrorList& errors) {
  std::vector<std::string> lines;
  for (const ConfigError& error : errors.errors())
    lines.push_back(error.field_path + ": " + error.text);
  return lines;
}

// A configuration with one virtual host "h" for every domain, which holds `routes`.
inline std::string OneHost(const std::string& routes) {
  return "virtual_hosts { name: 'h' domains: '*' " + routes + " }";
}

// Compiles what must be right.
inline std::shared_ptr<const route::Table> MustCompile(const std::string& text) {
  ErrorList errors;
  auto table =
      CompileRoutes(FromText<envoy::config::route::v3::RouteConfiguration>(text), "", errors);
  EXPECT_EQ(Lines(errors), std::vector<std::string>());
  return table;
}

// Compiles what must be wrong.
inline std::vector<std::string> ErrorsOf(const std::string& text) {
  ErrorList errors;
  auto table =
      CompileRoutes(FromText<envoy::config::route::v3::RouteConfiguration>(text), "", errors);
  EXPECT_EQ(table, nullptr);
  return Lines(errors);
}

}  // namespace sluice::config
