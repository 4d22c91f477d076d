"""Backends that die, flap and come back behind a real proxy: how many requests fail, how long it takes.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/backend_health.py [-k case]
"""

import http.client
import json
import os
import threading
import time

from harness import bootstrap
from harness.backend import Backend
from harness.proxy import Proxy, scratch_dir
from harness.suite import main, table_tests

WITHIN_S = 15.0
CLIENTS = 4
THRESHOLD = 3

OUTLIERS = {
    "consecutive_5xx": THRESHOLD,
    "interval": "0.25s",
    "base_ejection_time": "0.5s",
    "max_ejection_time": "2s",
    "max_ejection_percent": 50,
    "enforcing_success_rate": 0,
}
CHECKS = {
    "timeout": "0.5s",
    "interval": "0.1s",
    "no_traffic_interval": "0.1s",
    "unhealthy_threshold": 2,
    "healthy_threshold": 2,
    "http_health_check": {"path": "/health"},
}


class World:
    """Three backends, a proxy in front of them, and clients that never pause."""

    def __init__(self, event_log=None, **cluster_fields):
        self.backends = [Backend("b%d" % i) for i in range(3)]
        cluster = bootstrap.cluster("up", self.backends[0].address)
        cluster.update(cluster_fields)
        cluster["load_assignment"]["endpoints"][0]["lb_endpoints"] = [
            {"endpoint": {"address": bootstrap.socket_address(*b.address)}} for b in self.backends
        ]
        hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.forward("/")])]
        config = bootstrap.bootstrap([bootstrap.listener("web", hosts)], [cluster])
        if event_log:
            config["cluster_manager"] = {"outlier_detection": {"event_log_path": event_log}}
        self.proxy = Proxy(bootstrap.text(config))
        self.results = []  # (time, status, backend's name)
        self._running = True
        self._clients = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]

    def run(self):
        for client in self._clients:
            client.start()

    def _ask(self):
        connection = http.client.HTTPConnection(*self.proxy.addresses["web"], timeout=WITHIN_S)
        while self._running:
            try:
                connection.request("GET", "/")
                response = connection.getresponse()
                self.results.append((time.monotonic(), response.status, response.read()))
            except (OSError, http.client.HTTPException):
                self.results.append((time.monotonic(), 0, b""))
                connection.close()
            time.sleep(0.001)
        connection.close()

    def admin(self, path):
        connection = http.client.HTTPConnection(*self.proxy.addresses["admin"], timeout=WITHIN_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def flags(self, backend):
        mark = "up::%s:%d::health_flags::" % backend.address
        for line in self.admin("/clusters")[1].splitlines():
            if line.startswith(mark):
                return line[len(mark) :]
        return None

    def failures(self, since):
        return [when for when, status, _ in list(self.results) if when >= since and status != 200]

    def served_again(self, backend, since):
        """Seconds from `since` to the first answer of `backend` after it; None: too long."""
        name = backend.name.encode()
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            for when, status, body in list(self.results):
                if when >= since and status == 200 and body == name:
                    return when - since
            time.sleep(0.01)
        return None

    def stop(self, complaints):
        ready = self.admin("/ready")
        if ready != (200, "LIVE\n"):
            complaints.append("/ready says %r" % (ready,))
        self._running = False
        for client in self._clients:
            if client.is_alive():
                client.join()
        if self.proxy.stop() != 0:
            complaints.append("exit code %s" % self.proxy.exit_code)
        complaints += ["sanitizer: %r" % line for line in self.proxy.sanitizer_reports()]
        for backend in self.backends:
            backend.kill()
        return complaints


def until(condition):
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def a_dead_backend_costs_few_requests():
    log = os.path.join(scratch_dir(), "outliers")
    world, complaints = World(event_log=log, outlier_detection=OUTLIERS), []
    world.run()
    until(lambda: all(b.served > 50 for b in world.backends))
    victim = world.backends[0]
    begin = time.monotonic()
    victim.kill()
    if not until(lambda: world.flags(victim) == "/failed_outlier_check"):
        complaints.append("it is not ejected: %r" % world.flags(victim))
    detected = world.failures(begin)
    time.sleep(0.4)  # the first ejection lasts longer
    # Each client may have had one request on its way when the threshold was reached.
    most = THRESHOLD + CLIENTS
    failed = world.failures(begin)
    if not detected or len(failed) > most:
        complaints.append("%d requests failed, at most %d may" % (len(failed), most))
    back = time.monotonic()
    victim.start()
    recovered = world.served_again(victim, back)
    if recovered is None:
        complaints.append("it never served again")
    else:
        took = 1000 * (max(failed) - begin)
        print("killed: %d failed, last one %.0f ms after; restarted: served after %.0f ms"
              % (len(failed), took, 1000 * recovered))
    until(lambda: os.path.exists(log) and "UNEJECT" in open(log).read())
    actions = [json.loads(line)["action"] for line in open(log)]
    if actions[:1] != ["EJECT"] or "UNEJECT" not in actions:
        complaints.append("the event log says %r" % actions)
    return world.stop(complaints)


def a_backend_that_says_no_is_left_alone_without_a_failure():
    world, complaints = World(health_checks=[CHECKS]), []
    if not until(lambda: all(world.flags(b) == "healthy" for b in world.backends)):
        complaints.append("not healthy at the start")
    world.run()
    until(lambda: all(b.served > 50 for b in world.backends))
    victim = world.backends[1]
    begin = time.monotonic()
    victim.health_status = 503
    if not until(lambda: world.flags(victim) == "/failed_active_hc"):
        complaints.append("the check does not take it out")
    out = time.monotonic() - begin
    time.sleep(0.05)
    served = victim.served
    time.sleep(0.3)
    if victim.served != served:
        complaints.append("it got %d requests while it was out" % (victim.served - served))
    detail = world.admin("/ready?detail")
    if detail != (200, "LIVE\ncluster up: 2 of 3 endpoints usable; 1 failed_active_hc\n"):
        complaints.append("/ready?detail says %r" % (detail,))
    back = time.monotonic()
    victim.health_status = 200
    recovered = world.served_again(victim, back)
    if recovered is None:
        complaints.append("it never served again")
    else:
        print("check refused: out after %.0f ms, back after %.0f ms" % (1000 * out, 1000 * recovered))
    if world.failures(begin):
        complaints.append("%d requests failed" % len(world.failures(begin)))
    return world.stop(complaints)


def a_flapping_backend_does_not_take_the_service_along():
    world, complaints = World(outlier_detection=OUTLIERS, health_checks=[CHECKS]), []
    until(lambda: all(world.flags(b) == "healthy" for b in world.backends))
    world.run()
    until(lambda: all(b.served > 50 for b in world.backends))
    begin = time.monotonic()
    flaps = 5
    for _ in range(flaps):
        world.backends[2].kill()
        time.sleep(0.3)
        world.backends[2].start()
        time.sleep(0.3)
    failed, asked = len(world.failures(begin)), len(world.results)
    print("flapping: %d of %d requests failed in %d deaths" % (failed, asked, flaps))
    if failed > flaps * (THRESHOLD + CLIENTS):
        complaints.append("%d requests failed" % failed)
    return world.stop(complaints)


def when_all_look_dead_requests_are_tried_anyway():
    world, complaints = World(health_checks=[CHECKS]), []
    for backend in world.backends:
        backend.health_status = 503
    if not until(lambda: all(world.flags(b) == "/failed_active_hc" for b in world.backends)):
        complaints.append("the checks do not see it")
    begin = time.monotonic()
    world.run()
    until(lambda: all(b.served > 50 for b in world.backends))
    if world.failures(begin) or any(b.served <= 50 for b in world.backends):
        complaints.append("%d requests failed" % len(world.failures(begin)))
    return world.stop(complaints)


if __name__ == "__main__":
    main(table_tests("BackendHealth", {
        "a_dead_backend_costs_few_requests": a_dead_backend_costs_few_requests,
        "a_backend_that_says_no_is_left_alone": a_backend_that_says_no_is_left_alone_without_a_failure,
        "a_flapping_backend": a_flapping_backend_does_not_take_the_service_along,
        "all_dead_is_panic_and_no_outage": when_all_look_dead_requests_are_tried_anyway,
    }))
