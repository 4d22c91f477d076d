"""One run of the bench: the backend, the chosen peers, the work folder."""
import contextlib
import json
import pathlib
import shutil
import sys
import tempfile
import time

from . import peers, process, toolchain
from .errors import BenchError


class Bench:
    """What every mode works with. Use as a context manager: at the end every
    process it started is stopped and the work folder is gone."""

    def __init__(self, options):
        self.access_log = options.access_log == "on"
        self.rounds = options.rounds
        self.sluice_path = pathlib.Path(options.sluice)
        self.notes = []
        self._exits = contextlib.ExitStack()
        self._started = time.monotonic()

    def __enter__(self):
        self.file_limit = process.raise_file_limit()
        self.workdir = pathlib.Path(tempfile.mkdtemp(prefix="sluice-bench-"))
        self._exits.callback(shutil.rmtree, self.workdir, ignore_errors=True)
        try:
            self.backend_port = self._start_backend()
        except BaseException:
            self._exits.close()
            raise
        return self

    def __exit__(self, *_):
        self._exits.close()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    def _start_backend(self):
        backend = process.Process([toolchain.program("backend")], "backend", self.workdir,
                                  process.CLIENT_CPU)
        self.on_exit(backend.stop)
        return json.loads(backend.first_line())["port"]

    def on_exit(self, function):
        self._exits.callback(function)

    def find_peers(self, names, default_names):
        """The peers to measure. A peer named by the user must be there; of the
        default ones those that are absent are left out, with a note."""
        chosen = []
        for name in names or default_names:
            peer = peers.find(name, self.sluice_path)
            if peer.path is not None:
                chosen.append(peer)
            elif names:
                raise BenchError(f"{name} is not on this machine: {peer.install_hint}")
            else:
                self.notes.append(f"{name} left out: not found ({peer.install_hint})")
        # Everything is a ratio to the floor.
        if all(p.name != "floor" for p in chosen):
            chosen.insert(0, peers.find("floor", self.sluice_path))
        return sorted(chosen, key=lambda p: peers.NAMES.index(p.name))

    def bootstrap_peers(self, names):
        """Sluice and Envoy, which start from the same file; only those named, if any are."""
        chosen = []
        for name in names or ("sluice", "envoy"):
            peer = peers.find(name, self.sluice_path)
            if name in ("sluice", "envoy") and peer.path is not None:
                chosen.append(peer)
            else:
                self.notes.append(f"{name} left out: not for this mode, or not found")
        return chosen

    @staticmethod
    def path_for(routes, body_bytes=128):
        """A path of the first of `routes` routes (0: the catch-all)."""
        return f"/r00000/{body_bytes}" if routes else f"/{body_bytes}"

    def progress(self, text):
        """One line that overwrites itself on a terminal, lines elsewhere."""
        line = f"[{time.monotonic() - self._started:5.1f} s] {text}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)
