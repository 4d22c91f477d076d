#include "dataplane/xds/problem_text.h"

#include <fmt/format.h>

namespace sluice::xds {
namespace {

using ::sluice::xds::v1::CommitReport;
using ::sluice::xds::v1::Problem;

constexpr int kInvalidArgument = 3;
constexpr size_t kRoomForCount = 32;

bool LooksLikePath(std::string_view text) {
  return !text.empty() && text.find_first_of(" '") == std::string_view::npos;
}

// What the peer sent comes back to it in a string field, which must be UTF-8.
std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  return printable;
}

std::string OneText(const Problem& problem) {
  const std::string_view path = problem.field_path();
  return fmt::format("'{}': {}{}{}", problem.resource(), path, path.empty() ? "" : ": ",
                     problem.text());
}

}  // namespace

Problem ContentProblem(std::string_view type_url, std::string_view resource,
                       std::string_view text) {
  Problem problem;
  problem.set_kind(Problem::CONTENT);
  problem.set_type_url(std::string(type_url));
  problem.set_resource(std::string(resource));
  const size_t colon = text.find(": ");
  if (colon != std::string_view::npos && LooksLikePath(text.substr(0, colon))) {
    problem.set_field_path(std::string(text.substr(0, colon)));
    text.remove_prefix(colon + 2);
  }
  problem.set_text(Printable(text));
  return problem;
}

std::string RefusalText(const Problems& problems) {
  constexpr size_t kRoom = kMaxRefusalBytes - kRoomForCount;
  std::string text;
  size_t told = 0;
  for (const Problem& problem : problems) {
    const std::string one = Printable(OneText(problem));
    if (told > 0 && text.size() + 2 + one.size() > kRoom) break;
    if (told > 0) text += "; ";
    text += one.substr(0, kRoom);
    ++told;
  }
  if (told < problems.size()) text += fmt::format("; and {} more", problems.size() - told);
  return text;
}

google::rpc::Status Refusal(const Problems& problems) {
  google::rpc::Status status;
  status.set_code(kInvalidArgument);
  status.set_message(RefusalText(problems));
  return status;
}

google::rpc::Status CommitAnswer(const CommitReport& report) {
  google::rpc::Status status;
  if (report.refused_size() > 0) {
    status = Refusal(Problems(report.refused().begin(), report.refused().end()));
  }
  status.add_details()->PackFrom(report);
  return status;
}

}  // namespace sluice::xds
