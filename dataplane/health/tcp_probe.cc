#include "dataplane/health/tcp_probe.h"

#include <utility>

#include "dataplane/net/socket_stream.h"

namespace sluice::health {

// The stream and its events; dies at the end of a turn, since it may be on the stack.
class TcpProbe::Connection final : public event::Deferred, private net::StreamEvents {
 public:
  explicit Connection(TcpProbe& probe)
      : probe_(&probe),
        stream_(net::SocketStream::Connect(probe.loop_, probe.blocks_, probe.address_,
                                           event::IoPass::kUpstream)) {
    stream_->SetEvents(this);
  }

  net::IoResult Read(buffer::Buffer& into) { return stream_->Read(into, kMostAnswer); }
  void Send(std::string_view bytes) {
    out_.AppendCopy(probe_->blocks_, bytes);
    // An error shows itself when the answer is read.
    static_cast<void>(stream_->Write(out_));
  }
  // Nothing is told any more.
  void Leave() {
    probe_ = nullptr;
    stream_->Close();
    out_.Clear();
  }

 private:
  void OnReadable() override {
    if (probe_ != nullptr) probe_->OnReadable();
  }
  void OnWritable() override { static_cast<void>(stream_->Write(out_)); }
  void OnConnected(bool ok) override {
    if (probe_ != nullptr) probe_->OnConnected(ok);
  }

  TcpProbe* probe_;
  buffer::Buffer out_;
  std::unique_ptr<net::SocketStream> stream_;
};

TcpProbe::TcpProbe(event::Loop& loop, buffer::BlockPool& blocks,
                   const upstream::HealthCheckSpec& spec, const net::Address& address,
                   Events& events)
    : loop_(loop),
      blocks_(blocks),
      spec_(std::get<upstream::TcpCheckSpec>(spec.check)),
      reuse_(spec.reuse_connection && !spec_.receive.empty()),
      address_(address),
      events_(events) {}

TcpProbe::~TcpProbe() { Drop(); }

void TcpProbe::Start() {
  asked_ = true;
  answer_.clear();
  again_ = connection_ != nullptr;
  if (again_) return Send();
  connection_ = std::make_unique<Connection>(*this);
}

void TcpProbe::Cancel() {
  asked_ = false;
  Drop();
}

void TcpProbe::Drop() {
  if (connection_ == nullptr) return;
  connection_->Leave();
  loop_.DestroyLater(std::move(connection_));
}

void TcpProbe::OnConnected(bool ok) {
  if (!ok) return End(ProbeResult::kNetwork);
  Send();
}

void TcpProbe::Send() {
  if (!spec_.send.empty()) connection_->Send(spec_.send);
  if (spec_.receive.empty()) End(ProbeResult::kPassed);
}

void TcpProbe::OnReadable() {
  buffer::Buffer data;
  const net::IoResult read = connection_->Read(data);
  answer_ += data.ToString();
  data.Clear();
  const bool over = read.status == net::IoStatus::kEnd || read.status == net::IoStatus::kError;
  if (!asked_) {
    // Bytes between two questions belong to none.
    answer_.clear();
    if (over) Drop();
    return;
  }
  if (Complete()) return End(ProbeResult::kPassed);
  if (!over && answer_.size() <= kMostAnswer) return;
  // The service may just have closed a connection for being idle.
  const bool may_ask_again = std::exchange(again_, false) && over && answer_.empty();
  if (!may_ask_again) return End(ProbeResult::kNetwork);
  Drop();
  connection_ = std::make_unique<Connection>(*this);
}

bool TcpProbe::Complete() const {
  size_t from = 0;
  for (const std::string& part : spec_.receive) {
    const size_t found = answer_.find(part, from);
    if (found == std::string::npos) return false;
    from = found + part.size();
  }
  return true;
}

void TcpProbe::End(ProbeResult result) {
  asked_ = false;
  if (!reuse_ || result != ProbeResult::kPassed) Drop();
  events_.OnProbed(result);
}

}  // namespace sluice::health
