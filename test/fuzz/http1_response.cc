// Whatever bytes an upstream sends: no crash, no read outside them, and the same events however
// they are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

void CheckResponse(Cut cut, std::string_view bytes) {
  // One request: with a second one, bytes behind the first answer would be refused or be its
  // answer, depending on when they come.
  static const std::vector<std::string> kMethods[] = {{"GET"}, {"HEAD"}, {"CONNECT"}, {"POST"}};
  const std::vector<std::string>& methods = kMethods[cut.step % 4];
  const std::string whole = ClientRecord(bytes, methods, {}, {});
  if (ClientRecord(bytes, methods, {}, cut) != whole) std::abort();
  if (ClientRecord(bytes, methods, {}, {.first = 1, .step = 1}) != whole) std::abort();
}

}  // namespace
}  // namespace sluice::http1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  sluice::http1::CheckResponse({.first = data[0], .step = data[1]},
                               {reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
