// get: objects as a table, YAML or JSON.

#include <fmt/format.h>

#include <map>
#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/object_writer.h"
#include "tools/sluicectl/table.h"

namespace sluice::ctl {
namespace {

enum class Format { kTable, kYaml, kJson };

std::optional<Format> FormatOf(const Arguments& arguments, Format otherwise) {
  if (!arguments.Has("output")) return otherwise;
  const std::string name = arguments.Get("output");
  if (name == "table") return Format::kTable;
  if (name == "yaml") return Format::kYaml;
  if (name == "json") return Format::kJson;
  return std::nullopt;
}

std::string LabelsText(const sluice::v1::Object& object) {
  const std::map<std::string, std::string> sorted(object.labels().begin(), object.labels().end());
  std::string text;
  for (const auto& [key, value] : sorted) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  }
  return text;
}

using Objects = google::protobuf::RepeatedPtrField<sluice::v1::Object>;

std::string TableOf(const Objects& objects) {
  std::vector<std::vector<std::string>> rows = {{"KIND", "NAME", "REVISION", "LABELS"}};
  for (const sluice::v1::Object& object : objects) {
    rows.push_back({object.kind(), object.name(), std::to_string(object.status().revision()),
                    LabelsText(object)});
  }
  return Table(rows);
}

std::string YamlOf(const Objects& objects) {
  std::string text;
  for (const sluice::v1::Object& object : objects) {
    text += (text.empty() ? "" : "---\n") + ToYaml(object);
  }
  return text;
}

// One object as itself, a list as an array.
std::string JsonOf(const Objects& objects, bool is_list) {
  std::string text;
  for (const sluice::v1::Object& object : objects) {
    text += (text.empty() ? "" : ",\n") + ToJson(object);
  }
  return (is_list ? "[" + text + "]" : text) + "\n";
}

}  // namespace

ExitCode RunGet(Context& context) {
  const std::vector<std::string>& words = context.arguments.words();
  const std::string kind = words[0] == "all" ? "" : KindOf(words[0]);
  if (kind.empty() && words[0] != "all") {
    return Misused(context, fmt::format("there is no kind '{}'", words[0]));
  }
  const bool is_list = words.size() == 1 || words[1].ends_with("/");
  if (!is_list && kind.empty()) return Misused(context, "a name needs a kind, not 'all'");
  const auto format = FormatOf(context.arguments, is_list ? Format::kTable : Format::kYaml);
  if (!format) return Misused(context, "-o must be yaml, json or table");
  std::string error;
  const std::optional<uint64_t> revision = context.arguments.Number("revision", 0, error);
  if (!revision) return Misused(context, error);

  sluice::v1::ListResponse response;
  grpc::Status status;
  const auto call = context.client.Context();
  if (is_list) {
    sluice::v1::ListRequest request;
    request.set_kind(kind);
    request.set_revision(*revision);
    if (words.size() == 2) request.set_name_prefix(words[1]);
    status = context.client.config().List(call.get(), request, &response);
  } else {
    sluice::v1::GetRequest request;
    request.mutable_object()->set_kind(kind);
    request.mutable_object()->set_name(words[1]);
    request.set_revision(*revision);
    status = context.client.config().Get(call.get(), request, response.add_objects());
  }
  if (!status.ok()) return Report(context, status);
  context.console.out << (*format == Format::kTable  ? TableOf(response.objects())
                          : *format == Format::kYaml ? YamlOf(response.objects())
                                                     : JsonOf(response.objects(), is_list));
  return ExitCode::kDone;
}

}  // namespace sluice::ctl
