// diff, history and rollback.

#include <fmt/format.h>

#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/object_writer.h"
#include "tools/sluicectl/scalars.h"
#include "tools/sluicectl/table.h"
#include "tools/sluicectl/text_diff.h"

namespace sluice::ctl {
namespace {

// "3 changes" and what is special about the revision.
std::string Summary(const sluice::v1::Revision& revision) {
  std::string text;
  if (revision.changes_size() == 1) {
    text = NameOf(revision.changes(0).object());
  } else {
    text = fmt::format("{} objects", revision.changes_size());
  }
  if (revision.rollback_of() != 0) text += fmt::format(", rollback to {}", revision.rollback_of());
  if (revision.withdrawn()) text += ", withdrawn";
  return text;
}

std::string AuthorText(const sluice::v1::Revision& revision) {
  if (revision.author().empty()) return "-";
  return revision.author() + (revision.author_verified() ? "" : " (unverified)");
}

void PrintDiff(Console& console, const sluice::v1::ObjectDiff& diff) {
  console.out << Coloured(console, Colour::kDim, "# " + NameOf(diff.change().object())) << "\n";
  const std::string before = diff.has_before() ? ToYaml(diff.before()) : "";
  const std::string after = diff.has_after() ? ToYaml(diff.after()) : "";
  for (const DiffLine& line : DiffLines(before, after)) {
    const std::string text = line.mark + line.text;
    const Colour colour = line.mark == '-' ? Colour::kRed : Colour::kGreen;
    console.out << (line.mark == ' ' ? text : Coloured(console, colour, text)) << "\n";
  }
}

}  // namespace

ExitCode RunDiff(Context& context) {
  sluice::v1::DiffRequest request;
  const std::vector<std::string>& words = context.arguments.words();
  for (const std::string& word : words) {
    const std::optional<uint64_t> number = ToUnsigned(word);
    if (!number) return Misused(context, fmt::format("'{}' is no revision", word));
    &word == &words[0] ? request.set_from(*number) : request.set_to(*number);
  }
  sluice::v1::DiffResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = context.client.revisions().Diff(call.get(), request, &response);
  if (!status.ok()) return Report(context, status);
  for (const sluice::v1::ObjectDiff& diff : response.diffs()) PrintDiff(context.console, diff);
  if (response.diffs().empty()) context.console.err << "no difference\n";
  return ExitCode::kDone;
}

ExitCode RunHistory(Context& context) {
  sluice::v1::ListRevisionsRequest request;
  std::string error;
  const std::optional<uint64_t> limit = context.arguments.Number("limit", 0, error);
  const std::optional<uint64_t> before = context.arguments.Number("before", 0, error);
  if (!limit || !before) return Misused(context, error);
  request.set_limit(static_cast<uint32_t>(std::min<uint64_t>(*limit, UINT32_MAX)));
  request.set_before(*before);
  sluice::v1::ListRevisionsResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = context.client.revisions().List(call.get(), request, &response);
  if (!status.ok()) return Report(context, status);
  std::vector<std::vector<std::string>> rows = {
      {"REVISION", "TIME", "AUTHOR", "CHANGES", "REASON"}};
  for (const sluice::v1::Revision& revision : response.revisions()) {
    rows.push_back({std::to_string(revision.number()), TimeText(revision.time()),
                    AuthorText(revision), Summary(revision), revision.reason()});
  }
  context.console.out << Table(rows);
  return ExitCode::kDone;
}

ExitCode RunRollback(Context& context) {
  const std::optional<uint64_t> to = ToUnsigned(context.arguments.words()[0]);
  if (!to || *to == 0) {
    return Misused(context, fmt::format("'{}' is no revision", context.arguments.words()[0]));
  }
  sluice::v1::RollbackRequest request;
  request.set_to(*to);
  request.set_author(Author(context));
  request.set_reason(context.arguments.Get("reason"));
  sluice::v1::ApplyResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = context.client.revisions().Rollback(call.get(), request, &response);
  if (!status.ok()) return Report(context, status);
  PrintChanges(context, response, false);
  if (!context.arguments.Has("wait")) return ExitCode::kDone;
  sluice::v1::WaitServedRequest wait;
  wait.set_revision(response.revision());
  return WaitServed(context, wait);
}

}  // namespace sluice::ctl
