#include "dataplane/proxy/access_log.h"

#include "dataplane/proxy/log_record.h"

namespace sluice::proxy {

AccessLogs::AccessLogs(uint32_t, LogWriter& writer) : source_(writer.AddSource()) {}

AccessLogs::~AccessLogs() { source_->Close(); }

void AccessLogs::Record(const filter::Exchange& exchange, const config::HttpConfig& config,
                        stats::HttpStats& stats) {
  for (const auto& spec : config.access_logs) {
    if (spec->filter.kind != config::LogFilter::Kind::kAll &&
        !TakesExchange(spec->filter, exchange)) {
      continue;
    }
    char* const out = source_->ring().Reserve(MaxRecord(*spec));
    if (out == nullptr) [[unlikely]] {
      stats.access_log_dropped.Add();
      source_->WakeIfNeeded();
      continue;
    }
    source_->Hold(spec);
    source_->ring().Commit(WriteRecord(exchange, *spec, out));
    source_->WakeIfNeeded();
  }
}

}  // namespace sluice::proxy
