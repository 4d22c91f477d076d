// Finds the end of a head in bytes that come piece by piece, reading each byte once.
//
// A head is parsed only when it is complete, and a peer may send it one byte at a time: without
// this every piece would mean parsing from the start again. Thread: one loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http1 {

class HeadScanner final {
 public:
  // Looks at the bytes that follow those seen so far. Returns how many bytes of the whole message
  // can be judged now: the head up to and with its empty line, or up to a bare LF, where the parser
  // will find an error. 0: the end has not come yet. Not called again after a non-zero answer.
  size_t Scan(std::string_view more);

  // Bytes seen since the message began.
  size_t scanned() const { return scanned_; }
  // Size of the first line with its CRLF; 0 while it has not ended.
  size_t first_line() const { return first_line_; }
  void Reset() { *this = HeadScanner(); }

 private:
  // 32 bits: a head is refused long before (Limits), and each idle connection has a scanner.
  uint32_t scanned_ = 0;
  uint32_t first_line_ = 0;
  uint32_t line_begin_ = 0;  // offset behind the last line feed
  char last_ = '\0';         // the byte before the next one
};

}  // namespace sluice::http1
