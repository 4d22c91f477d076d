#include "dataplane/stats/prometheus.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::stats {

namespace {

std::string_view TypeName(PrometheusText::Type type) {
  switch (type) {
    case PrometheusText::Type::kCounter:
      return "counter";
    case PrometheusText::Type::kGauge:
      return "gauge";
    case PrometheusText::Type::kHistogram:
      return "histogram";
  }
  return "untyped";
}

// Names come from configuration: a quote or a line break must not become another sample.
void AppendEscaped(std::string_view value, std::string& out) {
  for (const char c : value) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

void PrometheusText::Family(std::string_view name, Type type, std::string_view help) {
  family_ = name;
  fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                 TypeName(type));
}

void PrometheusText::Name(std::string_view suffix, Labels labels) {
  out_ += family_;
  out_ += suffix;
  char before = '{';
  for (const auto& [key, value] : labels) {
    out_ += before;
    out_ += key;
    out_ += "=\"";
    AppendEscaped(value, out_);
    out_ += '"';
    before = ',';
  }
  out_ += labels.size() == 0 ? " " : "} ";
}

void PrometheusText::Sample(Labels labels, uint64_t value) { Part("", labels, value); }

void PrometheusText::Sample(Labels labels, int64_t value) {
  Name("", labels);
  fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

void PrometheusText::Sample(Labels labels, double value) { Part("", labels, value); }

void PrometheusText::Part(std::string_view suffix, Labels labels, uint64_t value) {
  Name(suffix, labels);
  fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

void PrometheusText::Part(std::string_view suffix, Labels labels, double value) {
  Name(suffix, labels);
  fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

}  // namespace sluice::stats
