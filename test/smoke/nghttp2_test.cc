// nghttp2: two sessions talk in memory, and HPACK goes there and back.
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

nghttp2_nv Pair(std::string_view name, std::string_view value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

int OnHeader(nghttp2_session*, const nghttp2_frame*, const uint8_t* name, size_t name_size,
             const uint8_t* value, size_t value_size, uint8_t, void* fields) {
  static_cast<Fields*>(fields)->emplace_back(Text(name, name_size), Text(value, value_size));
  return 0;
}

using Session = std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)>;

Session MakeSession(bool server, Fields* fields) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
  nghttp2_session* session = nullptr;
  const auto make = server ? nghttp2_session_server_new : nghttp2_session_client_new;
  make(&session, callbacks, fields);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  return {session, nghttp2_session_del};
}

// Moves all that `from` wants to send; returns the number of bytes.
ssize_t Pump(nghttp2_session* from, nghttp2_session* to) {
  ssize_t moved = 0;
  const uint8_t* data = nullptr;
  for (ssize_t n; (n = nghttp2_session_mem_send(from, &data)) > 0; moved += n) {
    EXPECT_EQ(nghttp2_session_mem_recv(to, data, n), n);
  }
  return moved;
}

TEST(Nghttp2Test, AServerSeesTheFieldsOfARequest) {
  Fields seen;
  Session client = MakeSession(false, nullptr);
  Session server = MakeSession(true, &seen);
  const nghttp2_nv request[] = {Pair(":method", "GET"), Pair(":scheme", "http"),
                                Pair(":authority", "a.test"), Pair(":path", "/orders")};
  ASSERT_GT(nghttp2_submit_request(client.get(), nullptr, request, 4, nullptr, nullptr), 0);
  while (Pump(client.get(), server.get()) + Pump(server.get(), client.get()) > 0) {
  }
  EXPECT_EQ(seen, (Fields{{":method", "GET"},
                          {":scheme", "http"},
                          {":authority", "a.test"},
                          {":path", "/orders"}}));
}

TEST(Nghttp2Test, HpackGoesThereAndBack) {
  nghttp2_hd_deflater* deflater = nullptr;
  nghttp2_hd_inflater* inflater = nullptr;
  ASSERT_EQ(nghttp2_hd_deflate_new(&deflater, 4096), 0);
  ASSERT_EQ(nghttp2_hd_inflate_new(&inflater), 0);

  const nghttp2_nv fields[] = {Pair("x-team", "checkout"), Pair("cookie", "a=b")};
  std::vector<uint8_t> block(nghttp2_hd_deflate_bound(deflater, fields, 2));
  const ssize_t size = nghttp2_hd_deflate_hd(deflater, block.data(), block.size(), fields, 2);
  ASSERT_GT(size, 0);

  Fields seen;
  const uint8_t* in = block.data();
  size_t left = size;
  int flags = 0;
  while ((flags & NGHTTP2_HD_INFLATE_FINAL) == 0) {
    nghttp2_nv field;
    flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, in, left, 1);
    ASSERT_GE(used, 0);
    in += used;
    left -= used;
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      seen.emplace_back(Text(field.name, field.namelen), Text(field.value, field.valuelen));
    }
  }
  EXPECT_EQ(seen, (Fields{{"x-team", "checkout"}, {"cookie", "a=b"}}));
  nghttp2_hd_deflate_del(deflater);
  nghttp2_hd_inflate_del(inflater);
}

}  // namespace
