// From an access log record to its line. Thread: the log writer.
//
// Values come from strangers, so a line stays one line and one JSON object whatever is in them:
// config/access_log_escape.h (negative case 121). The writer's thread shares the machine with the
// workers and sees every request, so a line costs about a thousand instructions: memory is kept
// from line to line, text without anything to escape is copied at once, and a second's worth of
// time stamps is made once.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/buffer/copy_bytes.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/proxy/log_record.h"

namespace sluice::proxy {

// Text under construction. Keeps its memory when it is cleared.
class LineText final {
 public:
  // Room for `n` more bytes at the returned place; `Advance` makes the first of them text.
  char* Room(size_t n) {
    if (capacity_ - size_ < n) [[unlikely]] Grow(n);
    return bytes_.get() + size_;
  }
  void Advance(size_t n) { size_ += n; }
  void Put(std::string_view text) {
    buffer::CopyBytes(Room(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  void Put(char c) {
    *Room(1) = c;
    ++size_;
  }
  void PutDecimal(uint64_t number);
  void Clear() { size_ = 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  void Grow(size_t n);
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

class LogFormatter final {
 public:
  // The line of `record` (what WriteRecord wrote), '\n' included for JSON; in text form the format
  // says where lines end. Valid until the next call. `wall_offset` added to a MonoTime gives time
  // since the Unix epoch.
  std::string_view Format(std::string_view record, base::Duration wall_offset);

 private:
  // A value that the worker copied. Both point into the record; data() is nullptr where absent.
  struct Copied {
    std::string_view text;
    std::string_view address;
  };
  void WritePiece(const config::LogPiece& piece);
  void WriteName(std::string_view name);
  void WriteJsonValue(uint32_t op);
  void WriteEscaped(std::string_view text);
  // Values as text; data() is nullptr where absent. Valid until the next call.
  std::string_view ValueText(uint32_t op);
  std::string_view ClientOrAddress(uint32_t op, config::LogValue value);
  std::string_view FixedText(const config::LogOperator& op);
  std::string_view StartTime(const config::LogOperator& op);
  std::string_view Number(uint64_t number);
  std::string_view Elapsed(base::MonoTime from, base::MonoTime to);
  std::string_view Keep(std::string text);

  RecordHead head_{};
  base::Duration wall_offset_{};
  LineText line_;
  LineText number_;
  std::string text_;
  // START_TIME in its default form, whole seconds since the epoch, and its text.
  int64_t time_second_ = -1;
  std::string time_text_;
  std::array<Copied, config::AccessLogSpec::kMaxOperators> copied_;
};

}  // namespace sluice::proxy
