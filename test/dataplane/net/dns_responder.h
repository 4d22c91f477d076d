// A small DNS server on loopback for tests: answers what it was told to, or misbehaves.
// Thread: the loop's, which it shares with the resolver under test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataplane/event/loop.h"
#include "dataplane/net/socket.h"

namespace sluice::net {

class DnsResponder final : private event::IoHandler {
 public:
  enum class Manner : uint8_t {
    kAnswer,     // what `records` says; names it does not have do not exist
    kSilent,     // takes questions and says nothing
    kRefuse,     // SERVFAIL
    kTruncated,  // TC bit; there is no TCP port to ask again on
    kGarbage,    // bytes that are no message
    kCutShort,   // an answer that ends inside its record
  };
  struct Record {
    std::string ip;
    uint32_t ttl;
  };

  explicit DnsResponder(event::Loop& loop);
  ~DnsResponder();

  Address address() const { return LocalAddress(fd_.get()); }
  int questions() const { return questions_; }

  Manner manner = Manner::kAnswer;
  std::map<std::string, std::vector<Record>> records;

 private:
  void OnIo(uint32_t ready) override;
  std::string Reply(const std::string& question) const;
  // Appends the records of the question's name and type; returns how many.
  uint16_t AppendAnswers(const std::string& question, std::string& reply) const;

  event::Loop& loop_;
  Fd fd_;
  event::IoToken token_;
  int questions_ = 0;
};

}  // namespace sluice::net
