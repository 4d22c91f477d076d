"""Starts, watches and stops one sluice-proxy process."""

import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time

START_DEADLINE_S = 20
STOP_DEADLINE_S = 20
_SANITIZER = re.compile(
    rb"AddressSanitizer|LeakSanitizer|ThreadSanitizer|MemorySanitizer|runtime error:|"
    rb"CHECK failed|Check failed|terminate called|assertion"
)
_SANITIZED = (b"__asan_init", b"__tsan_init", b"__msan_init")


def binary():
    """SLUICE_PROXY, or the binary beside the test in Bazel's runfiles."""
    path = os.environ.get("SLUICE_PROXY") or "dataplane/main/sluice-proxy"
    if not os.access(path, os.X_OK):
        raise SystemExit("no proxy at %r: set SLUICE_PROXY" % path)
    return os.path.abspath(path)


def is_sanitized():
    """Sanitized builds keep freed memory, so their RSS says nothing."""
    with open(binary(), "rb") as file:
        text = file.read()
    return any(mark in text for mark in _SANITIZED)


def scratch_dir():
    return tempfile.mkdtemp(prefix="sluice", dir=os.environ.get("TEST_TMPDIR"))


class Proxy:
    """`addresses` maps a listener's name to (host, port) once the constructor returns."""

    def __init__(self, config_text, *flags):
        directory = scratch_dir()
        config = os.path.join(directory, "bootstrap.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_text)
        self._stderr_path = os.path.join(directory, "stderr")
        command = [binary(), "-c", config, "--concurrency", "1", "-l", "warn", *flags]
        with open(self._stderr_path, "wb") as stderr:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr
            )
        self.addresses = {}
        self.exit_code = None
        self._read_addresses()

    def alive(self):
        return self._process.poll() is None

    def stderr(self):
        with open(self._stderr_path, "rb") as file:
            return file.read()

    def sanitizer_reports(self):
        return [line for line in self.stderr().splitlines() if _SANITIZER.search(line)]

    def stop(self):
        """SIGTERM, then the exit code: 0 after a clean drain. None when it had to be killed."""
        if self.alive():
            self._process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = self._process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        return self.exit_code

    def rss_kib(self):
        return self._status("VmRSS")

    def peak_kib(self):
        """Highest RSS since reset_peak()."""
        return self._status("VmHWM")

    def reset_peak(self):
        with open("/proc/%d/clear_refs" % self._process.pid, "w", encoding="ascii") as file:
            file.write("5")

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self._process.pid))

    def _status(self, key):
        with open("/proc/%d/status" % self._process.pid, encoding="ascii") as file:
            match = re.search(key + r":\s+(\d+) kB", file.read())
        return int(match[1]) if match else 0

    def _read_addresses(self):
        deadline, text, out = time.monotonic() + START_DEADLINE_S, b"", self._process.stdout
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                self._give_up("no readiness line within %d s" % START_DEADLINE_S)
            data = os.read(out.fileno(), 65536)
            if not data:
                self._give_up("exit %s before it was ready" % self._process.wait())
            *lines, text = (text + data).split(b"\n")
            for line in map(json.loads, lines):
                if line.get("ready"):
                    return
                host, _, port = line["address"].rpartition(":")
                self.addresses[line["listener"]] = (host, int(port))

    def _give_up(self, reason):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        error = self.stderr().decode(errors="replace")[-3000:]
        raise RuntimeError("%s; stderr: %s" % (reason, error))
