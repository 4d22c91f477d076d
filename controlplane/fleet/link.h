// The seam between an xDS stream and what decides about it.
//
// A `Link` is one connected stream (two implementations in xds: of a client that commits and of a
// standard one); a `Driver` decides what a link holds (two implementations: the roll-out of the
// fleet, and the judge). Everything happens on the control plane's strand; no call blocks.
// State: a link lives from OnReady or OnTooOld to OnGone, and the driver keeps no pointer beyond that. A peer
// that is silent is the driver's business (its deadlines); one that does not read is the link's,
// which sends nothing new before the last response of a type was answered.
#pragma once

#include <cstdint>

#include "controlplane/fleet/node.h"
#include "controlplane/snapshot/group_snapshot.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::fleet {

class Link {
 public:
  virtual const Node& node() const = 0;
  // Committing: what changed against what the link was sent, then the Commit; answered by
  // OnPrepared. If an answer is still due, the newest of the snapshots given meanwhile follows it.
  // Standard: nothing happens.
  virtual void Prepare(snapshot::GroupSnapshotRef snapshot) = 0;
  // Committing: SERVE for a revision that was prepared; answered by OnServed. Standard: the client
  // is brought to `snapshot` in make-before-break order; answered by OnServed when it took all.
  virtual void Serve(snapshot::GroupSnapshotRef snapshot) = 0;

 protected:
  ~Link() = default;
};

class Driver {
 public:
  using Report = ::sluice::xds::v1::CommitReport;

  // The stream has said what it can do and asked for something.
  virtual void OnReady(Link& link) = 0;
  // A client that commits does not ask for all that a revision is made of: it cannot be given one.
  // `report.refused` says what is missing. Comes instead of OnReady, which may follow yet.
  virtual void OnTooOld(Link& link, const Report& report) = 0;
  // `report.refused` is empty when it can serve.
  virtual void OnPrepared(Link& link, const Report& report) = 0;
  // The client holds other resources than it was sent, as `report.refused` says. They are being sent
  // again; OnPrepared comes when that has helped, or has not.
  virtual void OnMismatch(Link& link, const Report& report) = 0;
  // A standard client that refused something says so in `report.refused`.
  virtual void OnServed(Link& link, const Report& report) = 0;
  // All endpoint changes up to `seq` reached it, or do not concern it.
  virtual void OnEndpointsSettled(Link& link, uint64_t seq) = 0;
  virtual void OnGone(Link& link) = 0;

 protected:
  ~Driver() = default;
};

}  // namespace sluice::fleet
