// Random operations on buffers against strings: contents, sizes, and every block comes home.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "dataplane/base/random.h"
#include "dataplane/buffer/buffer.h"

namespace sluice::buffer {
namespace {

constexpr int kBuffers = 3;

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {}

  void Step() {
    const size_t i = random_.Below(kBuffers);
    const size_t j = (i + 1 + random_.Below(kBuffers - 1)) % kBuffers;
    switch (random_.Below(13)) {
      case 0: case 1: Append(i, Text()); break;
      case 2: case 3: AppendCopy(i, Text()); break;
      case 4: case 5: WriteReserved(i, Text()); break;
      case 6: AppendAll(i, j); break;
      case 7: case 8: MoveSome(i, j); break;
      case 9: Drain(i); break;
      case 10: Flatten(i); break;
      case 11: Keep(i); break;
      case 12: Cut(i); break;
    }
    Verify();
  }

  void Finish() {
    for (Buffer& buffer : buffers_) buffer.Clear();
    kept_.clear();
    ASSERT_EQ(pool_.bytes_in_use(), 0u);
  }

 private:
  std::string Text() {
    static constexpr std::array<size_t, 5> kSizes = {1, 20, 600, 5000, 70'000};
    const size_t limit = kSizes[random_.Below(kSizes.size())];
    std::string text(random_.Below(limit + 1), ' ');
    for (char& c : text) c = next_++;
    return text;
  }
  size_t Part(size_t of) { return random_.Below(of + 1); }

  void Append(size_t i, const std::string& text) {
    buffers_[i].Append(Slice::Copy(pool_, text));
    texts_[i] += text;
  }
  void AppendCopy(size_t i, const std::string& text) {
    buffers_[i].AppendCopy(pool_, text);
    texts_[i] += text;
  }
  void WriteReserved(size_t i, const std::string& text) {
    const std::span<char> room = buffers_[i].Reserve(pool_, text.size());
    std::memcpy(room.data(), text.data(), text.size());
    const size_t n = Part(text.size());
    buffers_[i].Commit(n);
    texts_[i] += text.substr(0, n);
    if (random_.Below(4) == 0) buffers_[i].ReleaseReserve();
  }
  void AppendAll(size_t i, size_t j) {
    buffers_[i].Append(buffers_[j]);
    texts_[i] += std::exchange(texts_[j], "");
  }
  void MoveSome(size_t i, size_t j) {
    const size_t n = Part(texts_[j].size());
    buffers_[i].MoveFrom(buffers_[j], n);
    texts_[i] += texts_[j].substr(0, n);
    texts_[j].erase(0, n);
  }
  void Drain(size_t i) {
    const size_t n = Part(texts_[i].size());
    buffers_[i].Drain(n);
    texts_[i].erase(0, n);
  }
  void Flatten(size_t i) {
    const size_t n = Part(texts_[i].size());
    ASSERT_EQ(buffers_[i].Flatten(pool_, n), texts_[i].substr(0, n));
  }
  // Somebody else keeps a view for a while: its bytes must never change.
  void Keep(size_t i) {
    if (texts_[i].empty()) return;
    Slice front = buffers_[i].PopFront();
    kept_.push_back({front.Share(), std::string(front.view())});
    texts_[i].erase(0, front.size());
    buffers_[i].Append(std::move(front));
    texts_[i] += kept_.back().text;
    if (kept_.size() > 5) kept_.erase(kept_.begin());
  }
  // The last slice loses its end, as when a codec gives bytes back.
  void Cut(size_t i) {
    if (texts_[i].empty()) return;
    Slice front = buffers_[i].PopFront();
    texts_[i].erase(0, front.size());
    front.RemoveSuffix(Part(front.size()));
    texts_[i] += front.view();
    buffers_[i].Append(std::move(front));
  }

  void Verify() {
    for (int i = 0; i < kBuffers; ++i) {
      ASSERT_EQ(buffers_[i].size(), texts_[i].size());
      ASSERT_EQ(buffers_[i].empty(), texts_[i].empty());
      ASSERT_TRUE(buffers_[i].ToString() == texts_[i]);
      if (texts_[i].size() > 400'000) Drain(i);
    }
    for (const Kept& kept : kept_) ASSERT_TRUE(kept.slice.view() == kept.text);
  }

  struct Kept {
    Slice slice;
    std::string text;
  };
  base::Random random_;
  BlockPool pool_;
  std::array<Buffer, kBuffers> buffers_;
  std::array<std::string, kBuffers> texts_;
  std::vector<Kept> kept_;
  char next_ = 0;
};

TEST(BufferModelTest, BehavesLikeStringsAndEveryBlockComesHome) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    for (int step = 0; step < 400; ++step) {
      model.Step();
      if (HasFatalFailure()) return;
    }
    model.Finish();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace sluice::buffer
