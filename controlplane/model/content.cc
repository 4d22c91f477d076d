#include "controlplane/model/content.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace sluice::model {

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return bytes;
}

std::string ContentOf(const sluice::v1::Object& object) {
  if (object.etag().empty() && !object.has_status()) return DeterministicBytes(object);
  sluice::v1::Object plain = object;
  plain.clear_etag();
  plain.clear_status();
  return DeterministicBytes(plain);
}

crypto::Digest ContentDigest(const sluice::v1::Object& object) {
  return crypto::Sha256Of(ContentOf(object));
}

std::string EtagOf(const sluice::v1::Object& object) {
  return crypto::Hex(ContentDigest(object), 16);
}

}  // namespace sluice::model
