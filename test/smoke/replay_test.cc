// The shape of a fuzz target in this tree. Here: HPACK decoding of hostile bytes by nghttp2.
#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) return 0;
  while (size > 0) {
    nghttp2_nv field;
    int flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, data, size, 1);
    if (used < 0 || (flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    data += used;
    size -= used;
  }
  nghttp2_hd_inflate_del(inflater);
  return 0;
}
