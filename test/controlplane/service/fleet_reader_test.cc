#include "controlplane/service/fleet_reader.h"

#include <gtest/gtest.h>

#include "test/controlplane/service/service_fixture.h"

namespace sluice::service {
namespace {

using std::chrono::milliseconds;

class FleetReaderTest : public ServiceTest {};

TEST_F(FleetReaderTest, ReadsWhatTheStrandHas) {
  Connect("a");
  EXPECT_EQ(reader_.Read<size_t>([](const fleet::Fleet& fleet) { return fleet.List().size(); }), 1u);
}

TEST_F(FleetReaderTest, AWatchHearsOfEachChangeOnce) {
  FleetReader::Watch watch(reader_);
  EXPECT_FALSE(watch.Wait(milliseconds(1)));
  Connect("a");
  EXPECT_TRUE(watch.Wait(std::chrono::minutes(1)));
  EXPECT_FALSE(watch.Wait(milliseconds(1)));
}

TEST_F(FleetReaderTest, AWatchMayEndBeforeTheStrandHasBegunIt) {
  for (int i = 0; i < 100; ++i) FleetReader::Watch watch(reader_);
  Connect("a");
}

}  // namespace
}  // namespace sluice::service
