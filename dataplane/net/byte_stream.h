// A connected, bidirectional stream of bytes: the seam under which TLS will slide in.
//
// Implementations: `SocketStream` (plain TCP) and, in test/support, `HoldingStream`, which keeps
// decrypted bytes back and whose writes wait for a read, as TLS does. Owners rely only on this
// contract, never on edges of a socket:
//  * OnReadable is called when Read may make progress, and once more on a later turn after each
//    Read that returned kOk (bytes may be left in the kernel or inside the stream, and no edge will
//    tell of them). An owner that does not want bytes just does not call Read, and calls it by
//    itself when it wants them again: nothing is lost, and nobody calls it in a circle meanwhile.
//  * kBlocked may also mean that the stream had its share of this turn (64 KiB); the callback
//    follows all the same.
//  * The end and errors come alone: kEnd and kError have bytes == 0, so everything the peer sent
//    before its FIN or reset is delivered first. Both are sticky.
//  * After Write returned kBlocked, OnWritable is called when it may make progress, whatever that
//    waited for (a TLS write may wait for a read).
//  * No callback after Close or from inside Read or Write. A callback may Close the stream, but
//    destroying it from inside one is for loop.DestroyLater (through the owner).
// Thread: the loop it was made on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/buffer/buffer.h"
#include "dataplane/net/address.h"

namespace sluice::net {

enum class IoStatus : uint8_t {
  kOk,       // all that was asked was done; call again for more
  kBlocked,  // wait for the callback
  kEnd,      // Read only: the peer sent its end (FIN or close_notify); Write may still work
  kError,    // the stream is dead; Close it
};

struct [[nodiscard]] IoResult {
  size_t bytes = 0;
  IoStatus status = IoStatus::kOk;
};

class StreamEvents {
 public:
  // There may be bytes, the end or an error to Read. On an idle pooled connection any of these
  // means that it must not be used again.
  virtual void OnReadable() = 0;
  virtual void OnWritable() = 0;
  // Once, for a stream that was made to connect: it can be written to (TLS: handshake done), or it
  // failed and must be closed. A stream made from an accepted connection never calls it (TLS: when
  // the handshake is done).
  virtual void OnConnected(bool ok) = 0;

 protected:
  ~StreamEvents() = default;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Who is called back; nullptr for nobody. Set before the first turn.
  virtual void SetEvents(StreamEvents* events) = 0;
  // Appends up to `max` > 0 bytes to `into`. kOk means more may be there; a short read that drained
  // the stream returns kBlocked with bytes > 0.
  virtual IoResult Read(buffer::Buffer& into, size_t max) = 0;
  // Writes from the front of `from` and drains what was taken. kBlocked if bytes are left.
  virtual IoResult Write(buffer::Buffer& from) = 0;
  // Sends our end after what was written (FIN, close_notify); reading goes on.
  virtual void ShutdownWrite() = 0;
  // Releases the descriptor at once. Idempotent.
  virtual void Close() = 0;
  // Like Close, but the peer sees a reset instead of an end.
  virtual void Abort() = 0;
  virtual bool closed() const = 0;
  virtual const Address& peer() const = 0;
  virtual const Address& local() const = 0;
  // The bare descriptor when bytes on the socket are the stream's bytes (idle sharing, splice);
  // -1 otherwise.
  virtual int plain_fd() const = 0;
};

}  // namespace sluice::net
