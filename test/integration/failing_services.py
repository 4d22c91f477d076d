"""What stands between a failing service and everybody else, with real proxies and real sockets.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/failing_services.py [-k case]
"""

import http.client
import random
import socket
import threading
import time

from harness import bootstrap
from harness.backend import Backend
from harness.proxy import Proxy
from harness.suite import main, table_tests

TIMEOUT_S = 15.0
RETRY = {"retry_on": "5xx", "num_retries": 2}
RESERVE = 10  # retries that a tier starts with
MANY_AT_ONCE = {"thresholds": [{"max_retries": 1000}]}  # the rate alone is to decide
OUTLIERS = {
    "consecutive_local_origin_failure": 3,
    "split_external_local_origin_errors": True,
    "interval": "0.25s",
    "base_ejection_time": "30s",
    "max_ejection_percent": 50,
    "enforcing_success_rate": 0,
    "enforcing_local_origin_success_rate": 0,
    "enforcing_consecutive_local_origin_failure": 100,
}


class FlakyBackend(Backend):
    """Answers half of its requests with 503, in an order that is the same in every run."""

    def __init__(self, name):
        self._random = random.Random(5)
        super().__init__(name)

    @property
    def status(self):
        return 503 if self._random.random() < 0.5 else 200

    @status.setter
    def status(self, _):
        pass


def addresses(cluster, *targets):
    cluster["load_assignment"]["endpoints"][0]["lb_endpoints"] = [
        {"endpoint": {"address": bootstrap.socket_address(*t)}} for t in targets
    ]
    return cluster


def proxy_to(*targets, retry=None, **cluster_fields):
    cluster = addresses(bootstrap.cluster("up", targets[0]), *targets)
    cluster.update(cluster_fields)
    action = {"retry_policy": retry} if retry else {}
    hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.forward("/", **action)])]
    return Proxy(bootstrap.text(bootstrap.bootstrap([bootstrap.listener("web", hosts)], [cluster])))


class Clients:
    """Keep-alive clients, closed loop; (when, seconds, status, marked) of each request."""

    def __init__(self, proxy, clients, requests_each):
        self.results = []
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._ask, args=(proxy.addresses["web"], requests_each))
            for _ in range(clients)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, address, requests):
        connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
        for _ in range(requests):
            begin = time.monotonic()
            try:
                connection.request("GET", "/")
                response = connection.getresponse()
                response.read()
                one = (begin, time.monotonic() - begin, response.status,
                       response.getheader("x-sluice-retried"))
            except (OSError, http.client.HTTPException):
                one = (begin, time.monotonic() - begin, 0, None)
                connection.close()
            with self._lock:
                self.results.append(one)
        connection.close()

    def finish(self):
        for thread in self._threads:
            thread.join()
        return self.results


def admin(proxy, path):
    connection = http.client.HTTPConnection(*proxy.addresses["admin"], timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def stat(proxy, name):
    for line in admin(proxy, "/stats").splitlines():
        if line.startswith(name + ": "):
            return int(line[len(name) + 2 :])
    return 0


def stop(complaints, *processes):
    for process in processes:
        if process.stop() != 0:
            complaints.append("exit code %s" % process.exit_code)
        complaints += ["sanitizer: %r" % line for line in process.sanitizer_reports()]
    return complaints


def two_tiers_do_not_multiply_retries():
    service, complaints = FlakyBackend("flaky"), []
    inner = proxy_to(service.address, retry=RETRY, circuit_breakers=MANY_AT_ONCE)
    outer = proxy_to(inner.addresses["web"], retry=RETRY, circuit_breakers=MANY_AT_ONCE)
    results = Clients(outer, 8, 250).finish()
    asked, allowed = service.served, 1.2 * len(results) + 2 * RESERVE
    failed = [r for r in results if r[2] != 200]
    print("two tiers, half of the answers 503: %d requests became %d, at most %d may; %.0f %% failed"
          % (len(results), asked, allowed, 100 * len(failed) / len(results)))
    if asked > allowed:
        complaints.append("the service was asked %d times, at most %d are allowed" % (asked, allowed))
    if asked < 1.1 * len(results):
        complaints.append("the service was asked %d times: nobody retried" % asked)
    if any(r[3] != "1" for r in failed):
        complaints.append("a failure is not marked as retried")
    service.kill()
    return stop(complaints, outer, inner)


class BlackHole:
    """A listening socket whose queue is full: connecting to it hangs."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.address = self._listener.getsockname()
        self._fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.address)
            self._fillers.append(filler)

    def close(self):
        for one in (self._listener, *self._fillers):
            one.close()


def a_black_hole_costs_time_and_no_request():
    good, hole, complaints = Backend("good"), BlackHole(), []
    proxy = proxy_to(good.address, hole.address, connect_timeout="0.25s",
                     retry={"retry_on": "connect-failure", "num_retries": 2,
                            "retry_host_predicate": [{
                                "name": "envoy.retry_host_predicates.previous_hosts",
                                "typed_config": {"@type": "type.googleapis.com/envoy.extensions.retry"
                                                          ".host.previous_hosts.v3"
                                                          ".PreviousHostsPredicate"}}],
                            "host_selection_retry_max_attempts": 4},
                     outlier_detection=OUTLIERS, circuit_breakers=MANY_AT_ONCE)
    begin = time.monotonic()
    results = Clients(proxy, 4, 200).finish()
    failed = [r for r in results if r[2] != 200]
    timeouts = stat(proxy, "cluster.up.upstream_cx_connect_timeout")
    slowest = max(r[0] + r[1] for r in results if r[1] == max(t[1] for t in results))
    print("black hole: %d of %d failed, %d connect timeouts, the slowest answer after %.0f ms"
          % (len(failed), len(results), timeouts, 1000 * (slowest - begin)))
    if failed:
        complaints.append("%d requests failed" % len(failed))
    # Three timeouts eject it; each client may have had one more on its way.
    if not 1 <= timeouts <= 3 + 4:
        complaints.append("%d connect timeouts" % timeouts)
    hole.close()
    good.kill()
    return stop(complaints, proxy)


def all_down_is_said_at_once():
    gone = [Backend("gone-%d" % i) for i in range(3)]
    proxy, complaints = proxy_to(*[b.address for b in gone]), []
    for backend in gone:
        backend.kill()
    results = Clients(proxy, 4, 250).finish()
    times = sorted(r[1] for r in results)
    p99 = times[len(times) * 99 // 100]
    print("all backends down: %d answers of 503, p50 %.1f ms, p99 %.1f ms"
          % (sum(r[2] == 503 for r in results), 1000 * times[len(times) // 2], 1000 * p99))
    if any(r[2] != 503 for r in results):
        complaints.append("statuses %r" % sorted({r[2] for r in results}))
    return stop(complaints, proxy)


def a_service_that_hangs_does_not_hold_the_others():
    class Hanging(Backend):
        def __init__(self, name):
            self.release = threading.Event()
            super().__init__(name)

        @property
        def status(self):
            self.release.wait(TIMEOUT_S)
            return 200

        @status.setter
        def status(self, _):
            pass

    slow, good, complaints = Hanging("slow"), Backend("good"), []
    clusters = [bootstrap.cluster("slow", slow.address), bootstrap.cluster("good", good.address)]
    clusters[0]["circuit_breakers"] = {"thresholds": [{"max_connections": 2,
                                                       "max_pending_requests": 2}]}
    hosts = [bootstrap.virtual_host("all", ["*"], [
        bootstrap.forward("/slow", "slow", timeout="1s"), bootstrap.forward("/", "good")])]
    proxy = Proxy(bootstrap.text(bootstrap.bootstrap([bootstrap.listener("web", hosts)], clusters)))
    statuses = []

    def ask():
        connection = http.client.HTTPConnection(*proxy.addresses["web"], timeout=TIMEOUT_S)
        connection.request("GET", "/slow")
        statuses.append(connection.getresponse().status)
        connection.close()

    asking = [threading.Thread(target=ask) for _ in range(12)]
    for thread in asking:
        thread.start()
    results = Clients(proxy, 2, 200).finish()
    for thread in asking:
        thread.join()
    times = sorted(r[1] for r in results)
    print("beside a service that hangs: p99 %.1f ms; its own answers: %s"
          % (1000 * times[len(times) * 99 // 100], sorted(statuses)))
    if any(r[2] != 200 for r in results):
        complaints.append("the other service failed")
    if sorted(set(statuses)) != [503, 504] or statuses.count(504) != 4:
        complaints.append("2 on connections and 2 that wait time out, the rest is refused: %r" % statuses)
    if stat(proxy, "cluster.slow.circuit_breakers.default.near_cx") != 1:
        complaints.append("nobody was warned that the limit is near")
    slow.release.set()
    slow.kill()
    good.kill()
    return stop(complaints, proxy)


if __name__ == "__main__":
    main(table_tests("FailingServices", {
        "two_tiers_do_not_multiply_retries": two_tiers_do_not_multiply_retries,
        "a_black_hole_costs_time_and_no_request": a_black_hole_costs_time_and_no_request,
        "all_down_is_said_at_once": all_down_is_said_at_once,
        "a_service_that_hangs_does_not_hold_the_others": a_service_that_hangs_does_not_hold_the_others,
    }))
