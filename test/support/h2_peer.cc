#include "test/support/h2_peer.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>

namespace sluice::test {
namespace {

std::vector<nghttp2_nv> ToList(const H2Fields& fields) {
  std::vector<nghttp2_nv> list;
  for (const auto& [name, value] : fields) {
    list.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                    reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                    value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return list;
}

}  // namespace

// What the session says.
struct H2PeerCallbacks {
  static H2Peer& Peer(void* peer) { return *static_cast<H2Peer*>(peer); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* peer) {
    H2Peer::Request& request = Peer(peer).requests[frame->hd.stream_id];
    const bool trailers = frame->headers.cat != NGHTTP2_HCAT_REQUEST;
    (trailers ? request.trailers : request.fields)
        .emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                      std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size,
                    void* peer) {
    Peer(peer).requests[stream].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* peer) {
    const bool ack = (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
          Peer(peer).requests[frame->hd.stream_id].ended = true;
        }
        break;
      case NGHTTP2_RST_STREAM:
        Peer(peer).requests[frame->hd.stream_id].reset = frame->rst_stream.error_code;
        break;
      case NGHTTP2_PING: ++(ack ? Peer(peer).acks : Peer(peer).pings); break;
      case NGHTTP2_SETTINGS:
        if (ack) ++Peer(peer).acks;
        for (size_t i = 0; i < frame->settings.niv; ++i) {
          Peer(peer).settings[static_cast<uint32_t>(frame->settings.iv[i].settings_id)] =
              frame->settings.iv[i].value;
        }
        break;
      case NGHTTP2_WINDOW_UPDATE:
        if (frame->hd.stream_id == 0) {
          Peer(peer).connection_window_added +=
              static_cast<uint32_t>(frame->window_update.window_size_increment);
        }
        break;
      case NGHTTP2_GOAWAY: Peer(peer).client_goaway = frame->goaway.error_code; break;
      default: break;
    }
    return 0;
  }

  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* peer) {
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
      Peer(peer).connection_error = true;
    }
    return 0;
  }

  static ssize_t ReadBody(nghttp2_session* session, int32_t stream, uint8_t* out, size_t max_bytes,
                          uint32_t* flags, nghttp2_data_source*, void* peer) {
    H2Peer::Sending& sending = Peer(peer).sending_[stream];
    const size_t size = std::min(max_bytes, sending.body.size());
    if (size == 0 && !sending.end) {
      sending.deferred = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    std::memcpy(out, sending.body.data(), size);
    sending.body.erase(0, size);
    if (!sending.end || !sending.body.empty()) return static_cast<ssize_t>(size);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!sending.trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const std::vector<nghttp2_nv> list = ToList(sending.trailers);
      nghttp2_submit_trailer(session, stream, list.data(), list.size());
    }
    return static_cast<ssize_t>(size);
  }
};

std::string H2Peer::Request::Get(std::string_view name) const {
  std::string found;
  int count = 0;
  for (const auto& [field, value] : fields) {
    if (field != name) continue;
    found = value;
    ++count;
  }
  return count > 1 ? "(many)" : found;
}

H2Peer::H2Peer(const Options& options) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, H2PeerCallbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, H2PeerCallbacks::OnData);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, H2PeerCallbacks::OnFrame);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, H2PeerCallbacks::OnSent);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, options.refill_windows ? 0 : 1);
  nghttp2_session_server_new2(&session_, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window},
  };
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
}

H2Peer::~H2Peer() { nghttp2_session_del(session_); }

void H2Peer::Receive(std::string_view bytes) {
  const ssize_t read = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (read < 0) connection_error = true;
}

std::string H2Peer::TakeOutput() {
  std::string out;
  for (;;) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) return out;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  }
}

void H2Peer::SendHead(int32_t stream, const H2Fields& fields, bool end) {
  const std::vector<nghttp2_nv> list = ToList(fields);
  nghttp2_submit_headers(session_, end ? NGHTTP2_FLAG_END_STREAM : NGHTTP2_FLAG_NONE, stream,
                         nullptr, list.data(), list.size(), nullptr);
}

void H2Peer::SendBody(int32_t stream, std::string_view bytes, bool end) {
  Sending& sending = sending_[stream];
  sending.body += bytes;
  sending.end = end;
  Wake(stream);
}

void H2Peer::SendTrailers(int32_t stream, const H2Fields& trailers) {
  sending_[stream].trailers = trailers;
  SendBody(stream, {}, true);
}

void H2Peer::Wake(int32_t stream) {
  Sending& sending = sending_[stream];
  if (!sending.started) {
    sending.started = true;
    const nghttp2_data_provider body{{.fd = 0}, H2PeerCallbacks::ReadBody};
    nghttp2_submit_data(session_, NGHTTP2_FLAG_END_STREAM, stream, &body);
  } else if (std::exchange(sending.deferred, false)) {
    nghttp2_session_resume_data(session_, stream);
  }
}

void H2Peer::Respond(int32_t stream, std::string_view status, std::string_view body,
                     const H2Fields& fields) {
  H2Fields all = {{":status", std::string(status)}};
  all.insert(all.end(), fields.begin(), fields.end());
  SendHead(stream, all, body.empty());
  if (!body.empty()) SendBody(stream, body, true);
}

void H2Peer::Reset(int32_t stream, uint32_t code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, code);
}

void H2Peer::GoAway(int32_t last_stream, uint32_t code) {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_stream, code, nullptr, 0);
}

void H2Peer::Ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

void H2Peer::SetMaxStreams(uint32_t max_streams) {
  const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &entry, 1);
}

void H2Peer::Consume(int32_t stream, size_t bytes) {
  nghttp2_session_consume(session_, stream, bytes);
}

size_t H2Peer::held_back(int32_t stream) const {
  const auto found = sending_.find(stream);
  return found == sending_.end() ? 0 : found->second.body.size();
}

}  // namespace sluice::test
