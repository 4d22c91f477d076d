#include "tools/sluicectl/help.h"

#include <utility>

namespace sluice::ctl {
namespace {

constexpr std::string_view kGeneral = R"(sluicectl: the command line of Sluice

Usage: sluicectl [--server ADDR] COMMAND ...

  apply -f FILE|DIR        write objects; --plan only looks, --wait follows them to the proxies
  get KIND [NAME]          read objects
  delete KIND NAME...      delete objects
  diff REV [REV]           what differs between two revisions
  history                  who changed what, when and why
  rollback REV             a new revision with the content of an old one
  wait REV|LOG/SEQ         until every connected proxy serves it
  proxies                  what each proxy serves
  refusals                 what proxies refuse, as it happens
  register SERVICE ADDR    an instance of a service whose endpoints register themselves
  version

Everywhere:
  --server ADDR   of sluice-control; else $SLUICE_SERVER, else 127.0.0.1:9801
  --timeout D     for the whole command: 30s, with waiting 60s, for refusals none
  --help          with a command: more of it

Exit codes: 0 done, 1 refused, 2 usage, 3 server unreachable, 4 timed out.
Colours are for terminals only; NO_COLOR=1 turns them off.

Examples:
  sluicectl apply -f config/ --wait --reason "new cart service"
  sluicectl get routes shop/ -o yaml
  sluicectl rollback 41 --reason "42 broke checkout"
)";

constexpr std::pair<std::string_view, std::string_view> kCommands[] = {
    {"apply", R"(Usage: sluicectl apply -f FILE|DIR [-f ...] [--plan] [--wait] [--timeout D]
                       [--author A] [--reason R] [--base REV]

Writes all objects of the files in one step: all of them or, if anything is wrong, none. What is wrong
is said at once, as file:line:column: kind name: field: why. A folder means its *.yaml, *.yml and *.json
files; "-" means standard input. Objects that are not in the files stay as they are.

  --plan       say what would change, change nothing
  --wait       follow the revision until every connected proxy serves it
  --author A   else $SLUICE_AUTHOR, else $USER; kept as unverified
  --reason R   kept in the history
  --base REV   refuse if an object of the files has changed since that revision

A document:
  kind: Route
  name: shop/cart
  labels: {team: shop}
  spec:
    api: shop/shop
    match: {prefix: /cart}
    forward: {service: shop/cart}
    timeout: 3s

Examples:
  sluicectl apply -f shop.yaml --plan
  sluicectl apply -f config/ --wait --timeout 2m --reason "ticket 4711"
  generate-config | sluicectl apply -f -
)"},
    {"get", R"(Usage: sluicectl get KIND|all [NAME|PREFIX/] [-o yaml|json|table] [--revision REV]

One object (as YAML) or a list (as a table). The YAML can be applied again. Kinds may be in lower case
and in the plural.

Examples:
  sluicectl get gateways
  sluicectl get route shop/cart
  sluicectl get all -o yaml > backup.yaml
  sluicectl get routes shop/ --revision 41
)"},
    {"delete",
     R"(Usage: sluicectl delete KIND NAME... [--plan] [--wait] [--timeout D] [--author A] [--reason R]

Deletes the objects in one step; refused if another object still needs one of them.

Example:
  sluicectl delete route shop/old-cart --reason "moved"
)"},
    {"diff", R"(Usage: sluicectl diff REV [REV]

What the second revision (else the head) has otherwise than the first, object by object.

Examples:
  sluicectl diff 41
  sluicectl diff 40 41
)"},
    {"history", R"(Usage: sluicectl history [--limit N] [--before REV]

Revisions, the newest first; 50 unless told otherwise.

Example:
  sluicectl history --limit 10
)"},
    {"rollback", R"(Usage: sluicectl rollback REV [--wait] [--timeout D] [--author A] [--reason R]

Makes a new revision with the content of an old one. History stays; endpoints, secrets and other live
data are not touched.

Example:
  sluicectl rollback 41 --wait --reason "42 broke checkout"
)"},
    {"wait", R"(Usage: sluicectl wait REV|LOG/SEQ|LOG/EPOCH:SEQ [--timeout D]

Waits until every connected proxy serves the revision (or a later one), or the live data of that place.
Exits with 1 when a proxy refuses it, with 4 when the time is over.

Examples:
  sluicectl wait 42 --timeout 10s
  sluicectl wait endpoints/3:17
)"},
    {"proxies", R"(Usage: sluicectl proxies

All known proxies: what they are, whether they are connected, which revision they serve, what they
refuse.
)"},
    {"refusals", R"(Usage: sluicectl refusals [--timeout D]

Refusals that stand, then those that come, until the command is ended. With --timeout it ends with 0
after that time.
)"},
    {"register",
     R"(Usage: sluicectl register SERVICE ADDRESS:PORT [--zone Z] [--weight W] [--instance I] [--keep]

Adds an instance to a Service with source `registered`. It stays for the service's TTL; with --keep the
command goes on sending heartbeats, and takes the instance out when it is ended (SIGINT, SIGTERM).

Examples:
  sluicectl register shop/cart 10.0.0.7:8080 --zone zone-a
  sluicectl register shop/cart [2001:db8::7]:8080 --keep
)"},
    {"version", R"(Usage: sluicectl version

The version of this program.
)"},
};

}  // namespace

std::string_view GeneralHelp() { return kGeneral; }

std::string_view HelpOf(std::string_view command) {
  for (const auto& [name, text] : kCommands) {
    if (name == command) return text;
  }
  return "";
}

}  // namespace sluice::ctl
