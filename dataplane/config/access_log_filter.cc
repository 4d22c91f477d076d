#include "dataplane/config/access_log_filter.h"

#include <fmt/format.h>

#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

namespace {

using envoy::config::accesslog::v3::AccessLogFilter;
using envoy::config::accesslog::v3::ComparisonFilter;
using envoy::config::accesslog::v3::ResponseFlagFilter;
using envoy::config::accesslog::v3::RuntimeFilter;
using envoy::type::v3::FractionalPercent;

constexpr int kMaxDepth = 8;

LogFilter Compile(const AccessLogFilter& filter, const std::string& path, int depth,
                  ErrorList& errors);

LogFilter CompileComparison(LogFilter::Kind kind, const ComparisonFilter& comparison,
                            const std::string& path, ErrorList& errors) {
  LogFilter out;
  out.kind = kind;
  switch (comparison.op()) {
    case ComparisonFilter::EQ:
      out.compare = LogFilter::Compare::kEqual;
      break;
    case ComparisonFilter::GE:
      out.compare = LogFilter::Compare::kAtLeast;
      break;
    case ComparisonFilter::LE:
      out.compare = LogFilter::Compare::kAtMost;
      break;
    default:
      errors.Add(JoinPath(path, "op"), "unknown value");
  }
  if (!comparison.has_value()) errors.Add(JoinPath(path, "value"), "is required");
  out.number = comparison.value().default_value();
  return out;
}

LogFilter CompileFlags(const ResponseFlagFilter& filter, const std::string& path,
                       ErrorList& errors) {
  LogFilter out;
  out.kind = LogFilter::Kind::kFlags;
  for (int i = 0; i < filter.flags_size(); ++i) {
    uint32_t flag = 0;
    for (const FlagLetters& known : ResponseFlagLetters()) {
      if (known.letters == filter.flags(i)) flag = known.flag;
    }
    if (flag == 0) {
      errors.Add(IndexPath(JoinPath(path, "flags"), i),
                 fmt::format("response flag '{}' is never set here", filter.flags(i)));
    }
    out.flags |= flag;
  }
  if (filter.flags_size() == 0) out.flags = UINT32_MAX;  // as in Envoy: any flag at all
  return out;
}

LogFilter CompileSample(const RuntimeFilter& filter, const std::string& path, ErrorList& errors) {
  LogFilter out;
  out.kind = LogFilter::Kind::kSample;
  uint64_t denominator = 100;
  switch (filter.percent_sampled().denominator()) {
    case FractionalPercent::HUNDRED:
      break;
    case FractionalPercent::TEN_THOUSAND:
      denominator = 10'000;
      break;
    case FractionalPercent::MILLION:
      denominator = 1'000'000;
      break;
    default:
      errors.Add(JoinPath(path, "percent_sampled.denominator"), "unknown value");
  }
  const uint64_t numerator = std::min<uint64_t>(filter.percent_sampled().numerator(), denominator);
  out.number = (numerator << 32) / denominator;
  return out;
}

template <typename Parts>
LogFilter CompileParts(LogFilter::Kind kind, const Parts& parts, const std::string& path, int depth,
                       ErrorList& errors) {
  LogFilter out;
  out.kind = kind;
  if (parts.size() < 2) errors.Add(path, "at least two filters are required");
  for (int i = 0; i < parts.size(); ++i) {
    out.parts.push_back(Compile(parts.Get(i), IndexPath(path, i), depth + 1, errors));
  }
  return out;
}

LogFilter Compile(const AccessLogFilter& filter, const std::string& path, int depth,
                  ErrorList& errors) {
  using Kind = LogFilter::Kind;
  LogFilter none;
  if (depth > kMaxDepth) {
    errors.Add(path, "nested too deeply");
    return none;
  }
  switch (filter.filter_specifier_case()) {
    case AccessLogFilter::kStatusCodeFilter:
      return CompileComparison(Kind::kStatus, filter.status_code_filter().comparison(),
                               JoinPath(path, "status_code_filter.comparison"), errors);
    case AccessLogFilter::kDurationFilter:
      return CompileComparison(Kind::kDuration, filter.duration_filter().comparison(),
                               JoinPath(path, "duration_filter.comparison"), errors);
    case AccessLogFilter::kResponseFlagFilter:
      return CompileFlags(filter.response_flag_filter(), JoinPath(path, "response_flag_filter"),
                          errors);
    case AccessLogFilter::kRuntimeFilter:
      return CompileSample(filter.runtime_filter(), JoinPath(path, "runtime_filter"), errors);
    case AccessLogFilter::kHeaderFilter: {
      LogFilter out;
      out.kind = Kind::kHeader;
      out.header = std::make_shared<const route::HeaderPredicate>(CompileHeader(
          filter.header_filter().header(), JoinPath(path, "header_filter.header"), errors));
      return out;
    }
    case AccessLogFilter::kAndFilter:
      return CompileParts(Kind::kAnd, filter.and_filter().filters(),
                          JoinPath(path, "and_filter.filters"), depth, errors);
    case AccessLogFilter::kOrFilter:
      return CompileParts(Kind::kOr, filter.or_filter().filters(),
                          JoinPath(path, "or_filter.filters"), depth, errors);
    case AccessLogFilter::FILTER_SPECIFIER_NOT_SET:
      errors.Add(path, "a filter is required");
      return none;
    default:
      RefuseAllBut(filter, {}, path, errors);
      return none;
  }
}

}  // namespace

LogFilter CompileLogFilter(const AccessLogFilter& filter, const std::string& path,
                           ErrorList& errors) {
  return Compile(filter, path, 0, errors);
}

}  // namespace sluice::config
