// proxies and refusals.

#include <fmt/format.h>

#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/table.h"

namespace sluice::ctl {
namespace {

std::string StateOf(const sluice::v1::Proxy& proxy, uint64_t head) {
  const std::string since =
      Age(absl::ToUnixSeconds(absl::Now()) - static_cast<long>(proxy.since().seconds()));
  if (!proxy.connected()) return "gone for " + since;
  if (proxy.refusals_size() > 0) return "refuses";
  return proxy.served() == head ? "current" : "behind";
}

std::string_view ClientOf(const sluice::v1::Proxy& proxy) {
  switch (proxy.client()) {
    case sluice::v1::Proxy::COMMITTING:
      return "sluice";
    case sluice::v1::Proxy::STANDARD_DELTA:
      return "xds-delta";
    case sluice::v1::Proxy::STANDARD_SOTW:
      return "xds";
    default:
      return "-";
  }
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

ExitCode RunProxies(Context& context) {
  sluice::v1::ListProxiesResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = context.client.insight().ListProxies(call.get(), {}, &response);
  if (!status.ok()) return Report(context, status);
  std::vector<std::vector<std::string>> rows = {
      {"PROXY", "ZONE", "GROUP", "CLIENT", "STATE", "PREPARED", "SERVED", "WORKERS", "VERSION"}};
  for (const sluice::v1::Proxy& proxy : response.proxies()) {
    rows.push_back({proxy.id(), OrDash(proxy.zone()), OrDash(proxy.group()),
                    std::string(ClientOf(proxy)), StateOf(proxy, response.head()),
                    std::to_string(proxy.prepared()), std::to_string(proxy.served()),
                    std::to_string(proxy.workers()), OrDash(proxy.version())});
  }
  context.console.out << Table(rows);
  for (const sluice::v1::Proxy& proxy : response.proxies()) {
    for (const sluice::v1::ProxyRefusal& refusal : proxy.refusals()) {
      context.console.out << Coloured(context.console, Colour::kRed, RefusalText(refusal)) << "\n";
    }
  }
  context.console.out << fmt::format("head: revision {}\n", response.head());
  return ExitCode::kDone;
}

ExitCode RunRefusals(Context& context) {
  const auto call = context.client.Context();
  const auto stream = context.client.insight().WatchRefusals(call.get(), {});
  for (sluice::v1::ProxyRefusal refusal; stream->Read(&refusal); refusal.Clear()) {
    context.console.out << TimeText(refusal.time()) << "  " << RefusalText(refusal) << std::endl;
  }
  const grpc::Status status = stream->Finish();
  std::string text;
  // Watching for a given time is what was asked for.
  const bool over = context.arguments.Has("timeout") &&
                    context.client.Explain(status, text) == ExitCode::kTimedOut;
  return status.ok() || over ? ExitCode::kDone : Report(context, status);
}

}  // namespace sluice::ctl
