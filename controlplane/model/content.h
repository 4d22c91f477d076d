// What an object says, apart from what the system writes on it: its bytes and their hash, the same
// in every process and release. Pure; any thread.
#pragma once

#include <string>

#include "controlplane/crypto/digest.h"
#include "google/protobuf/message.h"
#include "sluice/v1/object.pb.h"

namespace sluice::model {

// `message` serialised with maps in the order of their keys.
std::string DeterministicBytes(const google::protobuf::Message& message);

// The object without etag and status. Two objects with equal bytes say the same.
std::string ContentOf(const sluice::v1::Object& object);
crypto::Digest ContentDigest(const sluice::v1::Object& object);

// The etag of an object with this content: 16 hexadecimal digits.
std::string EtagOf(const sluice::v1::Object& object);

}  // namespace sluice::model
