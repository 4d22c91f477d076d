// What the access log writer counts. Written by its thread, read by the scraper.
#pragma once

#include "dataplane/stats/counter.h"

namespace sluice::stats {

struct LogStats {
  Counter lines_written;  // all bytes of the line were taken by the kernel
  Counter lines_dropped;  // the file, pipe or disk took nothing for too long
  Counter bytes_written;
  Counter write_errors;  // writes that failed, other than "try again"
  Counter open_errors;
};

}  // namespace sluice::stats
