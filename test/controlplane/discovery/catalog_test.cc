#include "controlplane/discovery/catalog.h"

#include <gtest/gtest.h>

#include <thread>

#include "test/controlplane/discovery/endpoints.h"

namespace sluice::discovery {
namespace {

// Writes down what it is told: "3 shop/cart 10.0.0.1:80".
struct Observed {
  std::vector<std::string> lines;
  Catalog::Observer observer() {
    return [this](const ServiceEndpoints& change) {
      lines.push_back(std::to_string(change.changed.seq) + " " + change.service + " " +
                      (change.removed ? "removed" : Text(change.endpoints)));
    };
  }
};

TEST(CatalogTest, NumbersEveryChangeInItsEpoch) {
  Catalog catalog(7);
  EXPECT_EQ(catalog.position(), (Position{7, 0}));
  EXPECT_EQ(catalog.Replace("static", "a/x", Ports(80, 1)), (Position{7, 1}));
  EXPECT_EQ(catalog.Replace("static", "a/y", Ports(90, 1)), (Position{7, 2}));
  EXPECT_EQ(catalog.Get("a/x")->changed, (Position{7, 1}));
  EXPECT_EQ(Text(catalog, "a/y"), "10.0.0.1:90");
  EXPECT_EQ(Text(catalog, "a/z"), "none");
}

TEST(CatalogTest, WhatChangesNothingHasNoNumber) {
  Catalog catalog(1);
  Observed observed;
  catalog.Observe(observed.observer());
  catalog.Replace("static", "a/x", {At("10.0.0.2", 80), At("10.0.0.1", 80)});
  catalog.Replace("static", "a/x", {At("10.0.0.1", 80, "", 1), At("10.0.0.2", 80)});
  catalog.Remove("static", "a/none");
  catalog.Remove("file", "a/x");
  EXPECT_EQ(catalog.position().seq, 1u);
  EXPECT_EQ(observed.lines.size(), 1u);
}

TEST(CatalogTest, UnitesSourcesAndTheFirstNameWins) {
  Catalog catalog(1);
  catalog.Replace("static", "a/x", {At("10.0.0.1", 80, "static"), At("10.0.0.3", 80)});
  catalog.Replace("file", "a/x", {At("10.0.0.1", 80, "file"), At("10.0.0.2", 80)});
  EXPECT_EQ(Text(catalog, "a/x"), "10.0.0.1:80@file 10.0.0.2:80 10.0.0.3:80");
  catalog.Remove("file", "a/x");
  EXPECT_EQ(Text(catalog, "a/x"), "10.0.0.1:80@static 10.0.0.3:80");
}

TEST(CatalogTest, AServiceIsThereUntilItsLastSourceIsGone) {
  Catalog catalog(1);
  Observed observed;
  catalog.Observe(observed.observer());
  catalog.Replace("static", "a/x", {});
  catalog.Replace("file", "a/x", Ports(80, 1));
  catalog.Remove("file", "a/x");
  EXPECT_EQ(Text(catalog, "a/x"), "");
  catalog.Remove("static", "a/x");
  EXPECT_EQ(Text(catalog, "a/x"), "none");
  EXPECT_EQ(observed.lines,
            (std::vector<std::string>{"1 a/x ", "2 a/x 10.0.0.1:80", "3 a/x ", "4 a/x removed"}));
}

TEST(CatalogTest, ReplacingASourceTellsOnlyWhatDiffers) {
  Catalog catalog(1);
  catalog.ReplaceSource("static", {{"a/x", Ports(80, 1)}, {"a/y", Ports(90, 1)}});
  catalog.Replace("file", "a/z", Ports(70, 1));
  Observed observed;
  catalog.Observe(observed.observer());
  EXPECT_EQ(observed.lines.size(), 3u) << "first all that is there";
  observed.lines.clear();
  catalog.ReplaceSource("static", {{"a/x", Ports(80, 1)}, {"a/w", Ports(60, 1)}});
  EXPECT_EQ(observed.lines, (std::vector<std::string>{"4 a/y removed", "5 a/w 10.0.0.1:60"}));
}

TEST(CatalogTest, TellsWhatChangedSinceAPlace) {
  Catalog catalog(1);
  catalog.ReplaceSource("static", {{"a/x", Ports(80, 1)}, {"a/y", Ports(90, 1)}});
  EXPECT_EQ(catalog.ChangedSince(0).size(), 2u);
  const uint64_t before = catalog.position().seq;
  EXPECT_TRUE(catalog.ChangedSince(before).empty());
  catalog.Replace("static", "a/x", Ports(80, 2));
  ASSERT_EQ(catalog.ChangedSince(before).size(), 1u);
  EXPECT_EQ(catalog.ChangedSince(before)[0].service, "a/x");
}

TEST(CatalogTest, ObserversSeeOneOrderWhateverTheThreads) {
  Catalog catalog(1);
  std::vector<uint64_t> seqs;
  catalog.Observe([&](const ServiceEndpoints& change) { seqs.push_back(change.changed.seq); });
  const auto write = [&](const std::string& service) {
    for (uint32_t i = 1; i <= 200; ++i) catalog.Replace("static", service, Ports(i, 1));
  };
  std::thread other(write, "a/x");
  write("a/y");
  other.join();
  ASSERT_EQ(seqs.size(), 400u);
  for (size_t i = 0; i < seqs.size(); ++i) EXPECT_EQ(seqs[i], i + 1);
}

}  // namespace
}  // namespace sluice::discovery
