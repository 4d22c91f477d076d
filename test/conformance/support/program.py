"""A program under test: what it prints is read as it comes, and every wait has a bound."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

STOP_S = 15


def scratch_dir():
    return pathlib.Path(tempfile.mkdtemp(prefix="conformance", dir=os.environ.get("TEST_TMPDIR")))


def eventually(what, holds, seconds=15):
    """Polls until `holds()` is true, and returns what it returned. Raises AssertionError if it never is.

    A refused connection is "not yet".
    """
    deadline, last = time.monotonic() + seconds, None
    while True:
        try:
            last = holds()
        except OSError as error:
            last = None if time.monotonic() < deadline else error
        if last and not isinstance(last, OSError):
            return last
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what} ({last!r})")
        time.sleep(0.01)


class Program:
    """`lines` holds every JSON line of stdout so far. Other output is in a file, for the report."""

    def __init__(self, name, command, folder=None):
        self.name = name
        self.folder = folder or scratch_dir()
        self.log = self.folder / f"{name}.log"
        self.lines = []
        self._news = threading.Condition()
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def tell(self, command):
        """One JSON line on stdin."""
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()

    def wait(self, what, matches, seconds=15, since=0):
        """The first line from number `since` on that `matches`. Raises AssertionError if none comes."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for line in self.lines[since:]:
                    if matches(line):
                        return line
                left = deadline - time.monotonic()
                if left <= 0 or not self.alive():
                    raise AssertionError(f"{self.name}: not within {seconds} s: {what}\n" + self.tail())
                self._news.wait(min(left, 0.5))

    def mark(self):
        """A point in time for `since`."""
        with self._news:
            return len(self.lines)

    def since(self, mark):
        with self._news:
            return self.lines[mark:]

    def alive(self):
        return self._process.poll() is None

    def tail(self):
        with self._news:
            last = self.lines[-12:]
        return "\n".join(map(json.dumps, last)) + "\n" + self.log.read_text(errors="replace")[-3000:]

    def rss_mib(self):
        for line in pathlib.Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """SIGTERM, and SIGKILL for who does not go. The exit code."""
        if self.alive():
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(STOP_S)
        self._process.stdin.close()
        self._process.stdout.close()
        return code

    def _read(self):
        for text in self._process.stdout:
            try:
                line = json.loads(text)
            except ValueError:
                line = {"text": text.decode(errors="replace")}
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
