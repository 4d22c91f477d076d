"""One measured process: pinned, bounded, its CPU time and memory readable."""
import ctypes
import glob
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import time

from .errors import BenchError

PROXY_CPU = 0
CLIENT_CPU = 1
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def raise_file_limit():
    """Opens the limit of files as far as we may; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65536, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
            return wanted
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    """A port of 127.0.0.1 that is free now, for peers that cannot take port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A child that dies with us. Output goes to files in the work folder."""

    def __init__(self, argv, name, workdir, cpu, stdout=None, stdin=None):
        self.name = name
        self.stdout_path = pathlib.Path(stdout or workdir / f"{name}.out")
        self.stderr_path = workdir / f"{name}.err"
        cores = os.sched_getaffinity(0)

        def before_exec():
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            os.sched_setaffinity(0, {cpu} & cores or cores)

        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            try:
                self.popen = subprocess.Popen(
                    [str(a) for a in argv], cwd=workdir, stdout=out, stderr=err,
                    stdin=stdin or subprocess.DEVNULL, preexec_fn=before_exec)
            except OSError as error:
                raise BenchError(f"cannot start {name}: {error}") from error
        self.pid = self.popen.pid

    def check_alive(self):
        if self.popen.poll() is not None:
            tail = (self.stderr_path.read_bytes() + self.stdout_path.read_bytes())[-2000:]
            raise BenchError(f"{self.name} ended with code {self.popen.returncode}:\n"
                             f"{tail.decode(errors='replace')}")

    def cpu_ns(self):
        """CPU time of all threads, user and system, in nanoseconds. Exact while
        the process is idle; a thread that ended takes its time with it."""
        self.check_alive()
        total = 0
        for path in glob.glob(f"/proc/{self.pid}/task/*/schedstat"):
            try:
                total += int(pathlib.Path(path).read_text().split()[0])
            except FileNotFoundError:
                pass  # a thread that ended between the listing and the read
        return total

    def memory_bytes(self):
        """Resident bytes: all, and the anonymous part (no program text)."""
        self.check_alive()
        values = {}
        for line in pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if rest.endswith("kB"):
                values[name] = int(rest.split()[0]) * 1024
        return {"rss": values["Rss"], "anonymous": values["Anonymous"]}

    def first_line(self, timeout_s=5):
        """The first line of stdout, which our own programs print when ready."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            text = self.stdout_path.read_text()
            if "\n" in text:
                return text.split("\n", 1)[0]
            self.check_alive()
            time.sleep(0.01)
        raise BenchError(f"{self.name} printed nothing for {timeout_s} s")

    def stop(self, timeout_s=3, first_signal=signal.SIGTERM):
        """Ends the process and returns its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(first_signal)
            try:
                self.popen.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        return self.popen.returncode


def wait_listening(process, port, timeout_s):
    """Returns once the port takes connections."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        process.check_alive()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise BenchError(f"{process.name} did not listen within {timeout_s} s")


def get_status(port, path, timeout_s):
    """Status code of one GET on a new connection, or None when none came."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as sock:
            sock.sendall(f"GET {path} HTTP/1.1\r\nhost: bench.example\r\n"
                         "connection: close\r\n\r\n".encode())
            head = sock.recv(4096)
    except OSError:
        return None
    parts = head.split(b" ", 2)
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else None


def wait_serving(process, port, path, timeout_s):
    """Returns once a GET of `path` was answered with 200."""
    deadline = time.monotonic() + timeout_s
    status = None
    while time.monotonic() < deadline:
        process.check_alive()
        status = get_status(port, path, timeout_s)
        if status == 200:
            return
        time.sleep(0.05)
    raise BenchError(f"{process.name} did not serve {path} within {timeout_s} s "
                     f"(last status: {status}); see {process.stderr_path}")


def get_body(port, path):
    """The body of one GET."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nhost: bench.example\r\n"
                     "connection: close\r\n\r\n".encode())
        answer = b""
        while True:
            part = sock.recv(65536)
            answer += part
            head, _, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.I)
            if not part or (length and len(body) >= int(length.group(1))):
                return body.decode(errors="replace")
