// What several commands say in the same words.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ostream>

#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

struct ChangeWord {
  std::string_view text;
  Colour colour;
};

ChangeWord WordOf(sluice::v1::Change::Kind kind) {
  switch (kind) {
    case sluice::v1::Change::CREATED:
      return {"created", Colour::kGreen};
    case sluice::v1::Change::DELETED:
      return {"deleted", Colour::kRed};
    default:
      return {"updated", Colour::kYellow};
  }
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

ExitCode Misused(Context& context, std::string_view text) {
  context.console.err << "sluicectl: " << text << "\n";
  return ExitCode::kUsage;
}

ExitCode Report(Context& context, const grpc::Status& status, const Documents* documents) {
  static const Documents kNone;
  const Documents& known = documents ? *documents : kNone;
  for (const sluice::v1::Problem& problem : ProblemsOf(status)) {
    context.console.err << Text(known.Locate(problem)) << "\n";
    for (const sluice::v1::ObjectRef& related : problem.related()) {
      sluice::v1::Problem other;
      *other.mutable_object() = related;
      other.set_text("has to do with it");
      context.console.err << "  " << Text(known.Locate(other)) << "\n";
    }
  }
  std::string text;
  const ExitCode code = context.client.Explain(status, text);
  context.console.err << "sluicectl: " << text << "\n";
  return code;
}

void PrintChanges(Context& context, const sluice::v1::ApplyResponse& response, bool planned) {
  Console& console = context.console;
  for (const sluice::v1::Change& change : response.changes()) {
    const auto [word, colour] = WordOf(change.kind());
    console.out << Coloured(console, colour, word) << "  " << NameOf(change.object());
    std::string paths;
    for (const std::string& path : change.field_paths()) {
      paths += (paths.empty() ? "" : ", ") + path;
    }
    if (!paths.empty()) console.out << "  " << Coloured(console, Colour::kDim, paths);
    console.out << "\n";
  }
  if (response.changes().empty()) {
    console.out << fmt::format("nothing changes, revision {} has it all\n", response.revision());
  } else if (planned) {
    console.out << fmt::format("a plan on revision {}; nothing was stored\n", response.revision());
  } else {
    console.out << fmt::format("revision {}\n", response.revision());
  }
}

std::string Author(const Context& context) {
  if (context.arguments.Has("author")) return context.arguments.Get("author");
  if (const auto author = context.console.getenv("SLUICE_AUTHOR")) return *author;
  return context.console.getenv("USER").value_or("");
}

std::string KindOf(std::string_view word) {
  for (const std::string& kind : KnownKinds()) {
    const std::string lower = Lower(kind);
    if (Lower(word) == lower || Lower(word) == lower + "s") return kind;
  }
  return "";
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string RefusalText(const sluice::v1::ProxyRefusal& refusal) {
  std::string text = refusal.proxy();
  if (!refusal.zone().empty()) text += fmt::format(" ({})", refusal.zone());
  text += fmt::format(" refuses revision {}: ", refusal.revision());
  if (refusal.has_object()) {
    text += NameOf(refusal.object()) + ": ";
    if (!refusal.object_field_path().empty()) text += refusal.object_field_path() + ": ";
  } else {
    if (!refusal.resource().empty()) text += refusal.resource() + ": ";
    if (!refusal.field_path().empty()) text += refusal.field_path() + ": ";
  }
  return text + refusal.reason();
}

}  // namespace sluice::ctl
