#include "dataplane/admin/redact.h"

#include <gtest/gtest.h>

#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/common.pb.h"
#include "envoy/extensions/transport_sockets/tls/v3/tls.pb.h"

namespace sluice::admin {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;
using envoy::extensions::transport_sockets::tls::v3::DownstreamTlsContext;
using envoy::extensions::transport_sockets::tls::v3::TlsCertificate;

TEST(RedactTest, PrivateKeysAreHiddenAndCertificatesStay) {
  TlsCertificate cert;
  cert.mutable_certificate_chain()->set_inline_string("public");
  cert.mutable_private_key()->set_inline_string("hidden");
  Redact(cert);
  EXPECT_EQ(cert.certificate_chain().inline_string(), "public");
  EXPECT_EQ(cert.private_key().inline_string(), kRedacted);
}

TEST(RedactTest, SecretsInsidePackedMessagesAreFound) {
  DownstreamTlsContext tls;
  tls.mutable_common_tls_context()->add_tls_certificates()->mutable_private_key()->set_inline_bytes(
      "hidden");
  Bootstrap bootstrap;
  auto* chain = bootstrap.mutable_static_resources()->add_listeners()->add_filter_chains();
  chain->mutable_transport_socket()->mutable_typed_config()->PackFrom(tls);
  Redact(bootstrap);
  EXPECT_EQ(bootstrap.SerializeAsString().find("hidden"), std::string::npos);
  DownstreamTlsContext after;
  ASSERT_TRUE(bootstrap.static_resources()
                  .listeners(0)
                  .filter_chains(0)
                  .transport_socket()
                  .typed_config()
                  .UnpackTo(&after));
  EXPECT_EQ(after.common_tls_context().tls_certificates(0).private_key().inline_bytes(), kRedacted);
}

TEST(RedactTest, PackedMessagesOfUnknownTypesAreEmptied) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/nobody.Knows");
  any.set_value("hidden");
  Redact(any);
  EXPECT_EQ(any.value(), "");
}

TEST(RedactTest, EverythingElseStaysAsItIs) {
  Bootstrap bootstrap;
  bootstrap.mutable_node()->set_id("n");
  bootstrap.mutable_static_resources()->add_clusters()->set_name("c");
  const std::string before = bootstrap.SerializeAsString();
  Redact(bootstrap);
  EXPECT_EQ(bootstrap.SerializeAsString(), before);
}

}  // namespace
}  // namespace sluice::admin
