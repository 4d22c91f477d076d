#include "test/dataplane/net/dns_responder.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "dataplane/base/check.h"

namespace sluice::net {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr uint16_t kTypeA = 1, kTypeAaaa = 28, kClassIn = 1;

void Append16(std::string& out, uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}
void Append32(std::string& out, uint32_t value) {
  Append16(out, static_cast<uint16_t>(value >> 16));
  Append16(out, static_cast<uint16_t>(value));
}

struct Question {
  std::string name;
  uint16_t type = 0;
  size_t end = 0;  // first byte behind it
};

Question Parse(const std::string& message) {
  Question question;
  size_t at = kHeaderBytes;
  while (at < message.size() && message[at] != 0) {
    const auto length = static_cast<unsigned char>(message[at]);
    if (!question.name.empty()) question.name += '.';
    question.name += message.substr(at + 1, length);
    at += 1 + length;
  }
  question.type = static_cast<uint16_t>(static_cast<unsigned char>(message.at(at + 2)));
  question.end = at + 5;
  return question;
}

}  // namespace

DnsResponder::DnsResponder(event::Loop& loop) : loop_(loop) {
  fd_.Reset(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const Address any_port = *Address::FromIp("127.0.0.1", 0);
  base::Check(bind(fd_.get(), any_port.sockaddr_ptr(), any_port.sockaddr_size()) == 0,
              "a loopback port is free");
  token_ = loop_.Add(fd_.get(), *this, event::IoPass::kDownstream, event::Trigger::kLevel);
}

DnsResponder::~DnsResponder() { loop_.Remove(fd_.get(), token_); }

void DnsResponder::OnIo(uint32_t) {
  char bytes[1024];
  sockaddr_storage from;
  socklen_t size = sizeof(from);
  const ssize_t n =
      recvfrom(fd_.get(), bytes, sizeof(bytes), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (n < static_cast<ssize_t>(kHeaderBytes)) return;
  ++questions_;
  if (manner == Manner::kSilent) return;
  const std::string reply = Reply(std::string(bytes, static_cast<size_t>(n)));
  sendto(fd_.get(), reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
}

uint16_t DnsResponder::AppendAnswers(const std::string& question, std::string& reply) const {
  const Question asked = Parse(question);
  uint16_t count = 0;
  const auto found = records.find(asked.name);
  if (found == records.end()) return 0;
  for (const Record& record : found->second) {
    const Address address = *Address::FromIp(record.ip, 0);
    const bool v4 = address.family() == AF_INET;
    if (asked.type != (v4 ? kTypeA : kTypeAaaa)) continue;
    ++count;
    Append16(reply, 0xc000 | kHeaderBytes);  // the name of the question
    Append16(reply, asked.type);
    Append16(reply, kClassIn);
    Append32(reply, record.ttl);
    Append16(reply, v4 ? 4 : 16);
    in6_addr ip;
    inet_pton(address.family(), record.ip.c_str(), &ip);
    reply.append(reinterpret_cast<const char*>(&ip), v4 ? 4 : 16);
  }
  return count;
}

std::string DnsResponder::Reply(const std::string& question) const {
  if (manner == Manner::kGarbage) return question.substr(0, 2) + std::string(40, '\xff');
  const Question asked = Parse(question);
  std::string answers;
  const uint16_t count = AppendAnswers(question, answers);
  uint16_t flags = 0x8180;  // response, recursion wanted and available
  if (manner == Manner::kTruncated) flags |= 0x0200;
  if (manner == Manner::kRefuse) flags |= 2;
  if (!records.contains(asked.name)) flags |= 3;
  std::string reply = question.substr(0, 2);
  Append16(reply, flags);
  Append16(reply, 1);
  Append16(reply, count);
  Append32(reply, 0);
  reply += question.substr(kHeaderBytes, asked.end - kHeaderBytes) + answers;
  if (manner == Manner::kCutShort) reply.resize(reply.size() - 3);
  return reply;
}

}  // namespace sluice::net
