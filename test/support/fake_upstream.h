// An HTTP/1 server on the test's own loop: real loopback sockets, behaviour set by the test.
//
// By default it reads everything and answers nothing; with AnswerWith it answers each request head
// at once. Once warm it allocates nothing by itself unless it keeps what it received (`keep`).
// Thread: the loop's; everything it owns goes with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/event/loop.h"
#include "dataplane/net/address.h"
#include "dataplane/net/socket.h"

namespace sluice::test {

class FakeUpstream final : private event::IoHandler {
 public:
  // One accepted connection; lives as long as the server, so it can be asked after its end.
  class Connection final : private event::IoHandler {
   public:
    Connection(FakeUpstream& server, net::Fd fd);
    ~Connection();

    // Writes at once; what the socket does not take is lost, so keep answers small or the peer
    // reading. Returns how much was taken.
    size_t Send(std::string_view bytes);
    // Our FIN; reading goes on.
    void End();
    void Close();
    // The peer sees a reset.
    void Reset();
    // While paused the peer's bytes stay in the kernel.
    void PauseReading(bool paused);

    const std::string& received() const { return received_; }
    size_t received_bytes() const { return received_bytes_; }
    uint32_t requests() const { return requests_; }  // heads seen; bodies must not hold CRLFCRLF
    bool peer_ended() const { return peer_ended_; }  // FIN or reset
    bool closed() const { return !fd_.valid(); }

   private:
    friend class FakeUpstream;
    void OnIo(uint32_t ready) override;
    void ReadAll();
    void CountHeads(std::string_view bytes);

    FakeUpstream& server_;
    net::Fd fd_;
    event::IoToken token_;
    std::string received_;
    size_t received_bytes_ = 0;
    uint32_t requests_ = 0;
    uint32_t matched_ = 0;  // of CRLFCRLF
    bool peer_ended_ = false;
    bool paused_ = false;
  };

  explicit FakeUpstream(event::Loop& loop);
  ~FakeUpstream();

  net::Address address() const { return address_; }
  // The answer to every head from now on; "" for none.
  void AnswerWith(std::string response) { response_ = std::move(response); }
  // Keeps received bytes in Connection::received (default), or only counts them.
  void KeepReceived(bool keep) { keep_ = keep; }

  // In the order of arrival.
  size_t size() const { return connections_.size(); }
  Connection& operator[](size_t i) { return *connections_.at(i); }
  size_t open() const;
  uint32_t requests() const;

 private:
  void OnIo(uint32_t ready) override;

  event::Loop& loop_;
  net::Address address_;  // set while listener_ is made
  net::Fd listener_;
  event::IoToken token_;
  std::string response_;
  bool keep_ = true;
  std::vector<std::unique_ptr<Connection>> connections_;
};

// A listening socket whose queue is full, so that connecting to it hangs until a timeout.
class DeafListener final {
 public:
  DeafListener();
  net::Address address() const { return address_; }

 private:
  net::Address address_;  // set while listener_ is made
  net::Fd listener_;
  std::vector<net::Fd> fillers_;
};

// An address where nobody listens.
net::Address RefusingAddress();

}  // namespace sluice::test
