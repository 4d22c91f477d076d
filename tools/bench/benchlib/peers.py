"""The proxies that are compared: where they are, how they start."""
import dataclasses
import itertools
import os
import re
import shutil
import subprocess

from . import configs, process, toolchain

_serial = itertools.count()


@dataclasses.dataclass
class Running:
    """A peer that serves. `settings` says how it was started."""
    peer: "Peer"
    process: process.Process
    settings: configs.Settings

    @property
    def port(self):
        return self.settings.port

    def stop(self):
        self.process.stop()
        # Ten rounds of access log are tens of megabytes.
        self.settings.access_log_path.unlink(missing_ok=True)


class Peer:
    """A proxy: `name`, `path` (None when absent) and how to install it."""
    name = ""
    install_hint = "tools/bench/run --install"

    def __init__(self, path):
        self.path = path

    def version(self):
        return ""

    def config_text(self, settings):
        """The configuration as text, for --show-config; None when it has none."""
        return None

    def argv(self, settings):
        """Writes the configuration and returns the command line."""
        raise NotImplementedError

    def start(self, bench, routes=0, wrap=(), ready_timeout_s=20):
        """Starts the peer on the proxy's core and waits until it serves.
        `wrap` is put before the command line (valgrind)."""
        workdir = bench.workdir / f"{self.name}-{next(_serial)}"
        workdir.mkdir()
        settings = configs.Settings(
            port=process.free_port(), admin_port=process.free_port(),
            backend_port=bench.backend_port, workdir=workdir, routes=routes,
            access_log=bench.access_log, files=bench.file_limit)
        stdout = settings.access_log_path if self.name == "haproxy" and bench.access_log else None
        child = process.Process([*wrap, *self.argv(settings)], self.name, workdir,
                                process.PROXY_CPU, stdout=stdout)
        running = Running(self, child, settings)
        bench.on_exit(running.stop)
        process.wait_serving(child, settings.port, bench.path_for(routes, 0), ready_timeout_s)
        return running


class Floor(Peer):
    name = "floor"

    def argv(self, settings):
        return [self.path, f"--port={settings.port}", f"--upstream-port={settings.backend_port}"]


class Nginx(Peer):
    name = "nginx"

    def version(self):
        return _version([self.path, "-v"], r"nginx/(\S+)")

    def config_text(self, settings):
        return configs.nginx(settings)

    def argv(self, settings):
        path = settings.workdir / "nginx.conf"
        path.write_text(configs.nginx(settings))
        return [self.path, "-p", settings.workdir, "-e", "error.log", "-c", path]


class Haproxy(Peer):
    name = "haproxy"

    def version(self):
        return _version([self.path, "-v"], r"version (\S+)")

    def config_text(self, settings):
        return configs.haproxy(settings)

    def argv(self, settings):
        path = settings.workdir / "haproxy.cfg"
        path.write_text(configs.haproxy(settings))
        configs.haproxy_map_path(settings).write_text(configs.haproxy_map(settings))
        return [self.path, "-db", "-f", path]


class Envoy(Peer):
    name = "envoy"
    arguments = ("--disable-hot-restart", "-l", "warning")

    def version(self):
        return _version([self.path, "--version"], r"/(\d[\d.]*)/\w+/RELEASE")

    def config_text(self, settings):
        return configs.envoy(settings)

    def argv(self, settings):
        path = settings.workdir / "bootstrap.yaml"
        path.write_text(configs.envoy(settings))
        return [self.path, "-c", path, "--concurrency", "1", *self.arguments]


class Sluice(Envoy):
    name = "sluice"
    install_hint = "tools/build, or --sluice PATH"
    arguments = ("-l", "warn")

    def version(self):
        return _version([self.path, "--version"], r"(?:sluice-proxy )?(\S.*)")


# In the order of the tables and plots.
NAMES = ("floor", "sluice", "haproxy", "nginx", "envoy")


def find(name, sluice_path):
    """The peer of that name; its `path` is None when it is not on this machine."""
    if name == "floor":
        return Floor(toolchain.program("floor"))
    if name == "sluice":
        return Sluice(sluice_path if os.access(sluice_path, os.X_OK) else None)
    if name == "haproxy":
        return Haproxy(_which("haproxy"))
    if name == "nginx":
        return Nginx(_which("nginx"))
    return Envoy(toolchain.envoy_path())


def _which(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _version(argv, pattern):
    try:
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(pattern, done.stdout + done.stderr)
    return found.group(1) if found else "unknown"
