// Counts calls of operator new in the whole test program, to prove that warm paths make none.
// Linking this library replaces the global operators.
#pragma once

#include <cstdint>

namespace sluice::test {

// Of all threads, since the program started.
uint64_t AllocationCount();

}  // namespace sluice::test
