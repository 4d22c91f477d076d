// apply and delete: one batch to Config.Apply, or to Plan.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

// Says what the server warns of, at its place in the files.
void PrintWarnings(Context& context, const sluice::v1::ApplyResponse& response,
                   const Documents& documents) {
  for (const sluice::v1::Problem& warning : response.warnings()) {
    Complaint complaint = documents.Locate(warning);
    complaint.text = "warning: " + complaint.text;
    context.console.err << Text(complaint) << "\n";
  }
}

ExitCode Send(Context& context, sluice::v1::ApplyRequest request, const Documents& documents) {
  const bool planned = context.arguments.Has("plan");
  request.set_author(Author(context));
  request.set_reason(context.arguments.Get("reason"));
  std::string error;
  const std::optional<uint64_t> base = context.arguments.Number("base", 0, error);
  if (!base) return Misused(context, error);
  request.set_base_revision(*base);
  sluice::v1::ApplyResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = planned
                                  ? context.client.config().Plan(call.get(), request, &response)
                                  : context.client.config().Apply(call.get(), request, &response);
  if (!status.ok()) return Report(context, status, &documents);
  PrintWarnings(context, response, documents);
  PrintChanges(context, response, planned);
  if (planned || !context.arguments.Has("wait")) return ExitCode::kDone;
  sluice::v1::WaitServedRequest wait;
  wait.set_revision(response.revision());
  return WaitServed(context, wait);
}

// All that the files have; false after everything wrong was said.
bool LoadAll(Context& context, Documents& documents, ExitCode& code) {
  for (const std::string& path : context.arguments.All("file")) {
    std::string error;
    if (documents.Load(path, context.console.in, error)) continue;
    code = Misused(context, error);
    return false;
  }
  const auto& complaints = documents.complaints();
  for (const Complaint& complaint : complaints) context.console.err << Text(complaint) << "\n";
  if (!complaints.empty()) {
    context.console.err << fmt::format("sluicectl: {} {}, nothing was sent\n", complaints.size(),
                                       complaints.size() == 1 ? "problem" : "problems");
    code = ExitCode::kRefused;
  } else if (documents.documents().empty()) {
    code = Misused(context, "there is no document in the files");
  } else {
    return true;
  }
  return false;
}

}  // namespace

ExitCode RunApply(Context& context) {
  if (!context.arguments.Has("file")) return Misused(context, "apply needs -f FILE or -f DIR");
  Documents documents;
  ExitCode code = ExitCode::kDone;
  if (!LoadAll(context, documents, code)) return code;
  sluice::v1::ApplyRequest request;
  for (const Documents::Document& document : documents.documents()) {
    *request.add_upserts() = document.object;
  }
  return Send(context, std::move(request), documents);
}

ExitCode RunDelete(Context& context) {
  const std::string kind = KindOf(context.arguments.words()[0]);
  if (kind.empty()) {
    return Misused(context, fmt::format("there is no kind '{}'", context.arguments.words()[0]));
  }
  sluice::v1::ApplyRequest request;
  for (size_t i = 1; i < context.arguments.words().size(); ++i) {
    sluice::v1::ObjectRef& ref = *request.add_deletes();
    ref.set_kind(kind);
    ref.set_name(context.arguments.words()[i]);
  }
  return Send(context, std::move(request), {});
}

}  // namespace sluice::ctl
