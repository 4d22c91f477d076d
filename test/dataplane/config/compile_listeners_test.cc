#include "dataplane/config/compile_listeners.h"

#include <gtest/gtest.h>

#include "test/dataplane/config/listener_text.h"

namespace sluice::config {
namespace {

TEST(CompileListenersTest, TakesAddressBacklogAndLimit) {
  const auto spec = MustCompileListener(ListenerText(
      "tcp_backlog_size { value: 128 } per_connection_buffer_limit_bytes { value: 65536 }"));
  EXPECT_EQ(spec->name, "web");
  EXPECT_EQ(spec->address.ToString(), "127.0.0.1:8080");
  EXPECT_EQ(spec->backlog, 128u);
  EXPECT_EQ(spec->buffer_limit, 65536u);
  ASSERT_NE(spec->http, nullptr);
}

TEST(CompileListenersTest, HasSafeDefaults) {
  const auto spec = MustCompileListener(ListenerText(""));
  EXPECT_EQ(spec->buffer_limit, 32u * 1024);
  EXPECT_EQ(spec->backlog, 4096u);
}

TEST(CompileListenersTest, NamesEveryErrorAtOnce) {
  auto listener = FromText<envoy::config::listener::v3::Listener>(
      "name: 'x' address { socket_address { address: 'nowhere' port_value: 80 } } "
      "freebind { value: true } per_connection_buffer_limit_bytes { value: 0 }");
  stats::HttpStatsRegistry stats(1);
  ErrorList errors;
  EXPECT_EQ(CompileListener(listener, "l", stats, errors), nullptr);
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_EQ(Lines(errors)[0], "l.freebind: not implemented yet");
  EXPECT_EQ(errors.errors()[1].field_path, "l.address.socket_address.address");
  EXPECT_EQ(errors.errors()[2].field_path, "l.per_connection_buffer_limit_bytes");
  EXPECT_EQ(errors.errors()[3].field_path, "l.filter_chains");
}

TEST(CompileListenersTest, RefusesUdpAndPortsThatAreNone) {
  auto listener = FromText<envoy::config::listener::v3::Listener>(ListenerText(""));
  listener.mutable_address()->mutable_socket_address()->set_port_value(65536);
  stats::HttpStatsRegistry stats(1);
  ErrorList errors;
  EXPECT_EQ(CompileListener(listener, "", stats, errors), nullptr);
  EXPECT_EQ(errors.errors()[0].field_path, "address.socket_address.port_value");
}

TEST(CompileListenersTest, RefusesOtherNetworkFiltersByName) {
  auto listener = FromText<envoy::config::listener::v3::Listener>(ListenerText(""));
  listener.mutable_filter_chains(0)->mutable_filters(0)->mutable_typed_config()->set_type_url(
      "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
  stats::HttpStatsRegistry stats(1);
  ErrorList errors;
  EXPECT_EQ(CompileListener(listener, "", stats, errors), nullptr);
  EXPECT_NE(errors.errors()[0].text.find("TcpProxy"), std::string::npos);
}

}  // namespace
}  // namespace sluice::config
