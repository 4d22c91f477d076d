// The commands, one function each; the files are named after their groups.
//
// A command has its words and flags checked for number and name already; it does its calls, prints,
// and says what the process ends with. Thread: main, one command per process.
#pragma once

#include <string>
#include <string_view>

#include "tools/sluicectl/arguments.h"
#include "tools/sluicectl/client.h"
#include "tools/sluicectl/console.h"
#include "tools/sluicectl/documents.h"

namespace sluice::ctl {

// What a command works with; all of it outlives the call.
struct Context {
  Console& console;
  const Arguments& arguments;
  Client& client;
};

// --- apply.cc: writing
ExitCode RunApply(Context& context);   // -f FILE|DIR ...
ExitCode RunDelete(Context& context);  // KIND NAME

// --- get.cc: reading objects
ExitCode RunGet(Context& context);  // KIND [NAME]

// --- revisions.cc: the history
ExitCode RunDiff(Context& context);      // REV [REV]
ExitCode RunHistory(Context& context);   // -
ExitCode RunRollback(Context& context);  // REV

// --- wait.cc
ExitCode RunWait(Context& context);  // REV | LOG/SEQ

// --- fleet.cc: what proxies hold and refuse
ExitCode RunProxies(Context& context);
ExitCode RunRefusals(Context& context);

// --- register.cc
ExitCode RunRegister(Context& context);  // SERVICE ADDRESS:PORT

// --- what several of them need: reporting.cc, wait.cc

// Says on `err` how the command line is wrong.
ExitCode Misused(Context& context, std::string_view text);
// Says all that a failed call has to say; problems with objects of `documents` at their place
// there.
ExitCode Report(Context& context, const grpc::Status& status, const Documents* documents = nullptr);
// Prints the changes of a batch and its revision.
void PrintChanges(Context& context, const sluice::v1::ApplyResponse& response, bool planned);
// --author, else $SLUICE_AUTHOR, else $USER.
std::string Author(const Context& context);
// "gateway", "Gateways" -> "Gateway"; "" if there is no such kind.
std::string KindOf(std::string_view word);
// "2026-11-24T13:55:52Z".
std::string TimeText(const google::protobuf::Timestamp& time);
// Follows a revision or position until it is served, refused or the time is over.
ExitCode WaitServed(Context& context, const sluice::v1::WaitServedRequest& request);
// "edge-1 (zone-a) refuses revision 42: Gateway edge: spec.hosts: reason"
std::string RefusalText(const sluice::v1::ProxyRefusal& refusal);

}  // namespace sluice::ctl
