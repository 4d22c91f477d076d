"""A proxy under go-control-plane, and what one sees of both."""

import os

import resources
from support import program, proxies, traffic


class World:
    """`kind` is "sluice" or "envoy"; `api_type` as in the bootstrap: GRPC (SotW) or DELTA_GRPC."""

    def __init__(self, kind, api_type):
        self.kind, self.api_type = kind, api_type
        self.backends = {}
        self._version = 0
        binary = os.environ.get("GO_CONTROL_PLANE") or "external/go_control_plane/go_control_plane"
        self.control = program.Program("go-control-plane", [binary])
        host, _, port = self.control.wait("its address", lambda e: "address" in e)["address"].rpartition(":")
        config = proxies.bootstrap(api_type, (host, int(port)))
        self.proxy = proxies.Sluice(config) if kind == "sluice" else proxies.Envoy(config)

    def backend(self, name):
        """Its port; it answers with its name."""
        if name not in self.backends:
            self.backends[name] = traffic.Backend(name)
        return self.backends[name].port

    def serve(self, *served):
        """Replaces what the control plane serves. A point in time for answered()."""
        self._version += 1
        mark = self.control.mark()
        self.control.tell({"version": f"v{self._version}", "resources": list(served)})
        return mark

    def answered(self, mark, url, nack=False):
        """The first ACK (or NACK) of a response of that type sent after `mark`."""
        sent = self.control.wait(
            f"a response for {url}", lambda e: e.get("event") == "response" and e["type"] == url, since=mark
        )
        answer = self.control.wait(
            f"an answer to {sent}",
            lambda e: e.get("event") == "request" and e["type"] == url and e.get("nonce") == sent["nonce"],
            since=mark,
        )
        assert bool(answer.get("nack")) == nack, f"{answer}"
        return answer.get("error", "")

    def address(self, listener):
        return program.eventually(f"listener {listener}", lambda: self.proxy.listener(listener))

    def ask(self, path, listener="edge"):
        status, body, _ = traffic.ask(self.address(listener), path)
        return status, body if status == 200 else ""

    def becomes(self, path, status, body="", listener="edge"):
        """What is served there comes to be this."""
        want = (status, body)
        program.eventually(f"{path} -> {want}", lambda: self.ask(path, listener) == want)

    def stays(self, path, status, body=""):
        for _ in range(20):
            got = self.ask(path)
            assert got == (status, body), f"{path}: {got}, not {status} {body!r}"

    def closes(self, address):
        """Nobody listens there any more."""

        def refused():
            try:
                traffic.ask(address, "/")
            except ConnectionError:
                return True
            return False

        program.eventually(f"{address} is closed", refused)

    def close(self):
        code = self.proxy.stop()
        self.control.stop()
        for backend in self.backends.values():
            backend.close()
        assert self.kind != "sluice" or code == 0, f"exit code {code}\n" + self.proxy.tail()


def base(world, to="a", a="a1", clusters=("a", "b")):
    """A listener, its routes (all to cluster `to`, /b to b), clusters and their endpoints."""
    ports = {"a": world.backend(a), "b": world.backend("b1")}
    return [
        resources.listener("edge", "edge_routes"),
        resources.route_configuration("edge_routes", resources.forward("/b", "b"), resources.forward("/", to)),
        *[resources.cluster(name) for name in clusters],
        *[resources.endpoints(name, ports[name]) for name in clusters],
    ]
