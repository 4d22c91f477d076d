// Answers "which route takes this request?" from the compiled router, for envoy_diff_test.py.
//
//   route_probe ROUTES.json < requests > answers
//
// ROUTES.json is one RouteConfiguration. A request is one line: method, authority and target, then
// field lines "name: value", separated by tabs. The answer is one line: the name of a route that
// responds itself, status and Location of a redirect, host, target and watched fields of what is
// forwarded, "404" if no route takes the request, "400" if its path or authority is refused. Exit
// code 1: errors on stderr.
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/buffer/arena.h"
#include "dataplane/buffer/block_pool.h"
#include "dataplane/config/compile_routes.h"
#include "dataplane/http/path.h"
#include "dataplane/route/forward.h"
#include "dataplane/route/redirect.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice {
namespace {

std::vector<std::string_view> Split(std::string_view line, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = line.find(separator);
    parts.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

std::shared_ptr<const route::Table> Load(const char* file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  envoy::config::route::v3::RouteConfiguration config;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &config);
  if (!in || !parsed.ok()) {
    std::cerr << file << ": cannot be read: " << parsed.ToString() << "\n";
    return nullptr;
  }
  config::ErrorList errors;
  auto table = config::CompileRoutes(config, "", errors);
  for (const config::ConfigError& error : errors.errors())
    std::cerr << error.field_path << ": " << error.text << "\n";
  return table;
}

// What the connection manager does to a head before it is routed. Segment parameters stay, as in
// Envoy.
bool Normalize(http::Head& head, buffer::Arena& arena) {
  const size_t question = head.target.find('?');
  http::PathOptions options;
  options.cut_parameters = false;
  const http::PathResult path =
      http::NormalizePath(head.target.substr(0, question), options, arena);
  const http::AuthorityResult authority =
      http::NormalizeAuthority(head.authority, head.scheme, arena);
  head.has_query = question != std::string_view::npos;
  if (head.has_query) head.query = head.target.substr(question + 1);
  if (path.error != http::PathError::kNone || !authority.parts.valid ||
      !http::IsValidQuery(head.query))
    return false;
  head.path = path.path;
  head.authority = authority.text;
  return true;
}

// Fields whose changes the test looks at, as the backend of the test writes them.
std::string WatchedFields(const http::Head& head) {
  std::string text;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    const bool watched = field.name().starts_with("x-change") ||
                         field.id == http::FieldId::kXForwardedHost ||
                         field.id == http::FieldId::kXEnvoyOriginalPath;
    if (watched && !field.removed())
      text.append(" ").append(field.name()).append("=").append(field.value());
  }
  return text;
}

// What comes of the request: the name, the redirect, or what the backend gets.
std::string Outcome(const route::Route& route, http::Head& head) {
  if (const route::Redirect* redirect = route.redirect()) {
    return std::to_string(redirect->status)
        .append(" ")
        .append(route::RedirectLocation(route, head));
  }
  if (route.forward() == nullptr) return route.name;
  route::FinalizeRequest(route, route::PickCluster(*route.forward(), head, 0),
                         route::OriginalPath::kInsert, head);
  std::string text(head.authority);
  text.append(" ").append(head.path);
  if (head.has_query) text.append("?").append(head.query);
  return text.append(WatchedFields(head));
}

std::string Answer(const route::Table& table, std::string_view line, buffer::BlockPool& pool) {
  const std::vector<std::string_view> parts = Split(line, '\t');
  if (parts.size() < 3) return "bad request line";
  buffer::Arena arena(pool);
  http::Head head(arena);
  head.method_text = parts[0];
  head.method = http::LookupMethod(parts[0]);
  head.authority = parts[1];
  head.target = parts[2];
  head.scheme = "http";
  for (size_t i = 3; i < parts.size(); ++i) {
    const size_t colon = parts[i].find(": ");
    head.Append(parts[i].substr(0, colon), parts[i].substr(colon + 2));
  }
  if (!Normalize(head, arena)) return "400";
  const route::Match match = table.Find(head, 0);
  return match.route == nullptr ? "404" : Outcome(*match.route, head);
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: route_probe ROUTES.json < requests\n";
    return 2;
  }
  const auto table = Load(argv[1]);
  if (table == nullptr) return 1;
  buffer::BlockPool pool;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << Answer(*table, line, pool) << "\n";
  return 0;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) { return sluice::Main(argc, argv); }
