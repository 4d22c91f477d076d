#include "dataplane/http1/head_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http1 {
namespace {

// Where the scanner stops when `text` comes in pieces of `step`.
size_t End(std::string_view text, size_t step) {
  HeadScanner scanner;
  for (size_t at = 0; at < text.size(); at += step) {
    if (const size_t end = scanner.Scan(text.substr(at, step)); end != 0) return end;
  }
  return 0;
}

TEST(HeadScannerTest, StopsBehindTheEmptyLineHoweverThePiecesAreCut) {
  for (size_t filler = 0; filler < 40; ++filler) {
    const std::string head = "GET / HTTP/1.1\r\nA: " + std::string(filler, 'b') + "\r\n\r\n";
    for (size_t step = 1; step <= head.size() + 4; ++step) {
      EXPECT_EQ(End(head + "body", step), head.size()) << filler << " " << step;
      EXPECT_EQ(End(head.substr(0, head.size() - 1), step), 0u);
    }
  }
}

TEST(HeadScannerTest, StopsAtABareLineFeed) {
  for (size_t step = 1; step < 20; ++step) {
    EXPECT_EQ(End("A: b\r\nC: d\nE: f\r\n\r\n", step), 11u);
    EXPECT_EQ(End("\n", step), 1u);
    EXPECT_EQ(End("A\r\n\n", step), 4u);
  }
}

TEST(HeadScannerTest, AnEmptyFirstLineIsAnEnd) {
  for (size_t step = 1; step < 5; ++step) EXPECT_EQ(End("\r\nA", step), 2u);
}

TEST(HeadScannerTest, LooseReturnsAreNoLineEnd) {
  for (size_t step = 1; step < 20; ++step) {
    EXPECT_EQ(End("A\r\r\r\r", step), 0u);
    EXPECT_EQ(End("A\r\n\r\r\n", step), 0u) << "the parser will find the bare CR";
    EXPECT_EQ(End("A\r\n\r\r\n\r\n", step), 8u);
  }
}

TEST(HeadScannerTest, CountsWhatItSaw) {
  HeadScanner scanner;
  EXPECT_EQ(scanner.Scan("GET / HTTP/1.1"), 0u);
  EXPECT_EQ(scanner.scanned(), 14u);
  EXPECT_EQ(scanner.first_line(), 0u);
  EXPECT_EQ(scanner.Scan("\r\nA"), 0u);
  EXPECT_EQ(scanner.first_line(), 16u);
  scanner.Reset();
  EXPECT_EQ(scanner.scanned(), 0u);
}

}  // namespace
}  // namespace sluice::http1
