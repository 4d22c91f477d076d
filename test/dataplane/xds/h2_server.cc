#include "test/dataplane/xds/h2_server.h"

namespace sluice::xds {

std::string Framed(std::string_view message) {
  std::string bytes(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(message.size() >> shift);
  }
  return bytes + std::string(message);
}

size_t H2Server::streams() const {
  size_t count = 0;
  for (const Link& link : links_) count += link.peer.requests.size();
  return count;
}

void H2Server::Respond(std::string_view message) { Raw(Framed(message)); }

void H2Server::Raw(std::string_view bytes) {
  Link& link = links_.back();
  if (!std::exchange(link.head_sent, true)) {
    link.peer.SendHead(link.stream, {{":status", "200"}, {"content-type", "application/grpc"}});
  }
  link.peer.SendBody(link.stream, bytes);
}

void H2Server::End(std::string_view grpc_status, std::string_view message) {
  Raw("");
  links_.back().peer.SendTrailers(stream(), {{"grpc-status", std::string(grpc_status)},
                                      {"grpc-message", std::string(message)}});
}

std::vector<std::string> H2Server::TakeMessages() {
  std::vector<std::string> messages;
  Link& link = links_.back();
  const std::string& body = link.peer.requests[link.stream].body;
  while (body.size() >= link.parsed + 5) {
    size_t size = 0;
    for (int i = 1; i < 5; ++i) {
      size = size << 8 | static_cast<unsigned char>(body[link.parsed + i]);
    }
    if (body.size() < link.parsed + 5 + size) break;
    messages.push_back(body.substr(link.parsed + 5, size));
    link.parsed += 5 + size;
  }
  return messages;
}

void H2Server::Carry(size_t c) {
  Link& link = links_[c];
  if (upstream_[c].closed()) return;
  const std::string& received = upstream_[c].received();
  link.peer.Receive(std::string_view(received).substr(link.fed));
  link.fed = received.size();
  if (!link.peer.requests.empty() && link.peer.requests.rbegin()->first > link.stream) {
    link.stream = link.peer.requests.rbegin()->first;
    link.parsed = 0;
    link.head_sent = false;
  }
  std::string out = link.peer.TakeOutput();
  const bool cuts = link.cut.has_value() && link.sent + out.size() >= *link.cut;
  if (cuts) out.resize(*link.cut - link.sent);
  link.sent += out.size();
  upstream_[c].Send(out);
  if (cuts) upstream_[c].Close();
}

void H2Server::Run() {
  for (int i = 0; i < 6; ++i) {
    world_.Run();
    while (links_.size() < upstream_.size()) {
      links_.emplace_back(options).cut = std::exchange(next_cut_, std::nullopt);
    }
    for (size_t c = 0; c < links_.size(); ++c) Carry(c);
  }
}

}  // namespace sluice::xds
