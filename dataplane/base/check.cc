#include "dataplane/base/check.h"

#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>

namespace sluice::base {

void Fail(std::string_view what) noexcept {
  static constexpr std::string_view kPrefix = "sluice: broken invariant: ";
  const iovec parts[] = {{const_cast<char*>(kPrefix.data()), kPrefix.size()},
                         {const_cast<char*>(what.data()), what.size()},
                         {const_cast<char*>("\n"), 1}};
  [[maybe_unused]] const ssize_t written = writev(STDERR_FILENO, parts, 3);
  std::abort();
}

}  // namespace sluice::base
