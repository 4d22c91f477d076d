#include "dataplane/config/yaml_message_document.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <string>

#include "dataplane/config/yaml_message_scalars.h"

namespace sluice::config {
namespace {

// yaml-cpp takes the end of the text for the end of a quoted scalar when blank lines precede it,
// and swallows all that stands behind a forgotten quote. At an end-of-document marker it does not.
std::string WithEndMarker(std::string_view text) {
  std::string out(text);
  const size_t last = text.find_last_not_of(" \t\r\n");
  const std::string_view blank = text.substr(last == std::string_view::npos ? 0 : last + 1);
  if (blank.find_first_of("\r\n") == std::string_view::npos) return out;
  out += blank.back() == '\n' ? "...\n" : "\n...\n";
  return out;
}

// Counts values and keeps nothing.
class Counter final : public YAML::EventHandler {
 public:
  size_t values() const { return values_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override { ++values_; }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { ++values_; }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {
    ++values_;
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    ++values_;
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    ++values_;
  }
  void OnMapEnd() override {}

 private:
  size_t values_ = 0;
};

// Empty, or why no tree may be made of the text. May throw YAML::Exception. LoadAll cannot be used
// for the count of documents: behind some texts it finds empty ones without end.
std::string Scan(const std::string& text, size_t max_values) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Counter first, second;
  if (!parser.HandleNextDocument(first)) return "the text is empty";
  if (first.values() > max_values) {
    return fmt::format("{} values are more than the {} allowed", first.values(), max_values);
  }
  if (parser.HandleNextDocument(second)) {
    return "there is more than one YAML document, or text behind its end";
  }
  return "";
}

std::string TextOf(const YAML::Exception& e) {
  std::string_view what = e.msg;
  if (e.msg == YAML::ErrorMsg::DOC_IN_SCALAR) what = "a quoted text does not end before this";
  if (dynamic_cast<const YAML::DeepRecursion*>(&e) != nullptr) what = "nested too deep";
  if (e.mark.is_null()) return fmt::format("not valid YAML: {}", what);
  return fmt::format("not valid YAML: {} (line {}, column {})", what, e.mark.line + 1,
                     e.mark.column + 1);
}

}  // namespace

std::optional<YAML::Node> ParseYaml(std::string_view text, ErrorList& errors, size_t max_values) {
  // yaml-cpp would take NUL bytes for a sign of UTF-16.
  if (text.find('\0') != std::string_view::npos || !IsUtf8(text)) {
    errors.Add("", "the text is not valid UTF-8");
    return std::nullopt;
  }
  try {  // yaml-cpp speaks by exceptions; they end here
    const std::string marked = WithEndMarker(text);
    std::string why = Scan(marked, max_values);
    if (why.empty()) {
      YAML::Node document = YAML::Load(marked);
      if (!document.IsNull()) return document;
      why = "the text is empty";
    }
    errors.Add("", why);
  } catch (const YAML::Exception& e) {
    errors.Add("", TextOf(e));
  }
  return std::nullopt;
}

}  // namespace sluice::config
