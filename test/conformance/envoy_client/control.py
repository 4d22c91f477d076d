"""sluice-control and sluicectl, with the demo's objects."""

import os
import socket
import subprocess

from support import program

CONTROL = os.environ.get("SLUICE_CONTROL") or "controlplane/main/sluice-control"
PROXY = os.environ.get("SLUICE_PROXY") or "dataplane/main/sluice-proxy"
CTL = os.environ.get("SLUICECTL") or "tools/sluicectl/sluicectl"
DEMO = ["tools/demo/gateway.yaml", "tools/demo/shop.yaml"]


def free_ports(count):
    """Ports that were free a moment ago: a Gateway must name its port."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Control(program.Program):
    def __init__(self):
        flags = ["--insecure-loopback", "--api", "127.0.0.1:0", "--xds", "127.0.0.1:0", "--proxy-binary", PROXY]
        super().__init__("sluice-control", [CONTROL, *flags])
        self.wait("readiness", lambda line: line.get("ready"))
        self._registrations = []

    def address(self, listener):
        """(host, port)"""
        line = self.wait(listener, lambda line: line.get("listener") == listener)
        host, _, port = line["address"].rpartition(":")
        return host, int(port)

    def command(self, *arguments):
        return [CTL, "--server", "%s:%d" % self.address("api"), *arguments]

    def ctl(self, *arguments):
        """What it printed. Raises AssertionError with it if it failed."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"sluicectl {arguments}: exit {done.returncode}\n{said}"
        return said

    def apply(self, text):
        """Applies documents and returns when every proxy serves them."""
        path = self.folder / "objects.yaml"
        path.write_text(text)
        return self.ctl("apply", "-f", str(path), "--wait", "--timeout", "20s")

    def apply_demo(self, ports):
        """The demo, its Gateway once for each label {peer: NAME} of `ports`, on 127.0.0.1 and that port."""
        gateway, shop = (open(path, encoding="utf-8").read() for path in DEMO)
        folder = self.folder / "demo"
        folder.mkdir()
        for peer, port in ports.items():
            own = gateway.replace("name: web", f"name: web-{peer}")
            own = own.replace("port: 8080", f"port: {port}\n    address: 127.0.0.1")
            (folder / f"{peer}.yaml").write_text(own + f"  proxy_selector: {{peer: {peer}}}\n")
        names = ", ".join(f"web-{peer}" for peer in ports)
        (folder / "shop.yaml").write_text(shop.replace("gateways: [web]", f"gateways: [{names}]"))
        return self.ctl("apply", "-f", str(folder), "--reason", "the demo")

    def register(self, service, port):
        """An instance that stays until stop()."""
        command = self.command("register", service, f"127.0.0.1:{port}", "--keep")
        self._registrations.append(program.Program(f"register-{port}", command, self.folder))

    def proxies(self):
        """Lines of `sluicectl proxies`: column -> value, by proxy, and the head revision."""
        lines = self.ctl("proxies").splitlines()
        columns = lines[0].split()
        rows = [dict(zip(columns, line.split())) for line in lines[1:] if len(line.split()) >= len(columns)]
        return {row["PROXY"]: row for row in rows}, int(lines[-1].split()[-1])

    def stop(self):
        for registration in self._registrations:
            registration.stop()
        return super().stop()
