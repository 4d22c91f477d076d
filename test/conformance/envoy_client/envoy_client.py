"""Envoy and sluice-proxy under one sluice-control, serving the demo: envoy_client.py API_TYPE.

Both must answer alike; a route that moves from service to service, each old one deleted, must not
cost Envoy a request (make before break, R60); and the fleet's view must say what Envoy accepted.
"""

import sys

import control
from support import program, proxies, traffic

MOVES = 6
PATHS = [
    "/shop/v1/orders/42",
    "/shop/v2/orders/42",
    "/shop/orders/42",
    "/shop/v1/orders/42?page=2",
    "/shop/status",
    "/shop/v1/orders",
    "/shop/nowhere",
    "/elsewhere",
]


def echo(name):
    return lambda handler: f"{name} {handler.path} {handler.headers['host']}"


class World:
    def __init__(self, api_type):
        self.api_type = api_type
        self.started, self.backends = [], []
        self.control = self._start(control.Control())
        xds = self.control.address("xds")
        self.peers = {}
        for peer, kind, api in ("envoy", proxies.Envoy, api_type), ("sluice", proxies.Sluice, "DELTA_GRPC"):
            config = proxies.bootstrap(api, xds, node=f"{peer}-1")
            config["node"]["metadata"] = {"labels": {"peer": peer}}
            self.peers[peer] = self._start(kind(config))
        self.ports = dict(zip(self.peers, control.free_ports(len(self.peers))))

    def _start(self, made):
        self.started.append(made)
        return made

    def backend(self, name):
        self.backends.append(traffic.Backend(name, echo(name)))
        return self.backends[-1].port

    def ask(self, peer, path):
        """(status, body, x-api-version). The body of an error is each proxy's own."""
        status, body, fields = traffic.ask(("127.0.0.1", self.ports[peer]), path)
        return status, body if status == 200 else "", fields.get("x-api-version")

    def close(self):
        for one in reversed(self.started):
            one.stop()
        for backend in self.backends:
            backend.close()


def serves_the_demo(world):
    world.control.apply_demo(world.ports)
    world.control.register("shop/orders", world.backend("one"))
    for peer in world.peers:
        want = (200, "one /orders/42 conformance.test", None)
        program.eventually(f"{peer} serves", lambda peer=peer: world.ask(peer, PATHS[0]) == want)
    answers = {path: world.ask("envoy", path) for path in PATHS}
    for path, answer in answers.items():
        print(path, answer)
        assert world.ask("sluice", path) == answer, f"{path}: Envoy {answer}, Sluice {world.ask('sluice', path)}"
    assert answers["/shop/v2/orders/42"] == (200, "one /orders/42 conformance.test", "v2")
    assert answers["/shop/status"] == (200, "open for business\n", None)
    assert answers["/shop/nowhere"][0] == 404


def follows_its_instances(world):
    """A second instance shares the traffic; Envoy got the assignment beside any revision."""
    world.control.register("shop/orders", world.backend("two"))
    seen = set()

    def both():
        seen.add(world.ask("envoy", PATHS[0])[1].split()[0])
        return seen == {"one", "two"}

    program.eventually("both instances", both)


def move(world, number):
    """The documents that take orders to a service of its own."""
    return f"""
kind: Service
name: shop/orders-{number}
spec: {{static: {{endpoints: [{{address: 127.0.0.1, port: {world.backend(str(number))}}}]}}}}
---
kind: Route
name: shop/orders
spec:
  api: shop/store
  versions: [v1]
  match: {{methods: [GET, POST], template: "/orders/{{id}}"}}
  forward: {{service: shop/orders-{number}}}
  rewrite: {{strip: BASE_PATH_AND_VERSION}}
  response_headers: {{set: {{x-move: "{number}"}}}}
"""


def moves_without_a_failure(world):
    loads = {peer: traffic.Load(("127.0.0.1", port), PATHS[0]) for peer, port in world.ports.items()}
    for number in range(1, MOVES + 1):
        world.control.apply(move(world, number))
        for peer in world.peers:
            want = f"{number} /orders/42 conformance.test"
            program.eventually(f"{peer}: move {number}", lambda peer=peer: world.ask(peer, PATHS[0])[1] == want)
            loads[peer].more(30)
        if number > 1:
            world.control.ctl("delete", "Service", f"shop/orders-{number - 1}", "--wait", "--timeout", "20s")
    for peer, load in loads.items():
        load.stop()
        print(f"{peer}: {load.sent} requests around {MOVES} moves, none failed")


def is_listed(world):
    rows, head = world.control.proxies()
    print(world.control.ctl("proxies"))
    envoy, sluice = rows["envoy-1"], rows["sluice-1"]
    assert envoy["CLIENT"] == {"GRPC": "xds", "DELTA_GRPC": "xds-delta"}[world.api_type], envoy
    assert sluice["CLIENT"] == "sluice", sluice
    for row in envoy, sluice:
        assert row["STATE"] == "current" and row["SERVED"] == str(head), row


def main(api_type):
    world = World(api_type)
    try:
        for step in serves_the_demo, follows_its_instances, moves_without_a_failure, is_listed:
            step(world)
            print(f"ok: {step.__name__}", flush=True)
    except AssertionError:
        for one in world.started:
            print(f"--- {one.name}\n{one.tail()}", file=sys.stderr)
        raise
    finally:
        world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
