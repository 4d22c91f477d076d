// The three loops that configuration passes through.
//
// A message to one of them may capture the object that posts it only if that object outlives the
// loop's last turn: main/server.h ends all three before it destroys what ran on them, and messages
// that were never run are dropped.
#pragma once

#include "dataplane/event/loop.h"

namespace sluice::main {

struct Threads {
  event::Loop& main;    // signals, listen sockets, admin
  event::Loop& config;  // xDS, DNS, endpoints; no turn over 5 ms
  event::Loop& build;   // low priority: compiles, writes files, frees what is large
};

}  // namespace sluice::main
