// Prometheus text exposition (version 0.0.4): one family after the other, each with HELP and TYPE
// once and all its samples together, label values escaped. Any thread; works on one text.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::stats {

inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

class PrometheusText final {
 public:
  enum class Type : uint8_t { kCounter, kGauge, kHistogram };
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // `out` outlives the writer.
  explicit PrometheusText(std::string& out) : out_(out) {}

  // Begins a family; the samples that follow are its own. `name` is a literal of [a-z0-9_].
  void Family(std::string_view name, Type type, std::string_view help);
  void Sample(Labels labels, uint64_t value);
  void Sample(Labels labels, int64_t value);
  void Sample(Labels labels, double value);
  // For histograms: `suffix` is "_bucket", "_sum" or "_count".
  void Part(std::string_view suffix, Labels labels, uint64_t value);
  void Part(std::string_view suffix, Labels labels, double value);

 private:
  void Name(std::string_view suffix, Labels labels);

  std::string& out_;
  std::string_view family_;
};

}  // namespace sluice::stats
