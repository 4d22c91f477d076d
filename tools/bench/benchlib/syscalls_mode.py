"""System calls per request, by name, counted by strace.

Tracing slows the process and so changes how events are batched: read the calls
on data (the figure) and the names, not the number of epoll_wait.
"""
import pathlib
import signal
import time

from . import loadgen, process, quartiles
from .errors import BenchError

DEFAULT_PEERS = ("floor", "sluice", "haproxy", "nginx", "envoy")
FEW, MANY = 500, 2500
# Calls that move bytes of a request or an answer, and the log's own writes.
DATA = {"read", "readv", "recv", "recvfrom", "recvmsg", "write", "writev", "send", "sendto",
        "sendmsg", "sendfile", "splice"}
WAITS = {"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "futex"}


def run(bench, options):
    chosen = bench.find_peers(options.peers, DEFAULT_PEERS)
    rows = []
    for connections in (1, 32):
        group = f"{connections} client{'s' if connections > 1 else ''}"
        counted = {}
        for peer in chosen:
            bench.progress(f"syscalls: {peer.name}, {group}")
            counted[peer.name] = _per_request(bench, peer, connections)
        floor = [_data(counted["floor"])]
        for name, calls in counted.items():
            rows.append(quartiles.row(name, [_data(calls)], floor, group, {
                "waits": f"{sum(n for c, n in calls.items() if c in WAITS):.2f}",
                "others": f"{sum(n for c, n in calls.items() if c not in DATA | WAITS):.2f}",
                "calls per request": describe(calls)}))
    return {"title": "system calls on data per request (HTTP/1.1, 128 B)",
            "metric": "data syscalls/request", "rows": rows, "load": {"requests": [FEW, MANY]}}


def _data(calls):
    return sum(n for name, n in calls.items() if name in DATA)


def describe(calls):
    """The calls that happen at least once in fifty requests, most frequent first."""
    often = sorted(((n, c) for c, n in calls.items() if n >= 0.02), reverse=True)
    return " ".join(f"{name} {count:.2f}" for count, name in often)


def _per_request(bench, peer, connections):
    running = peer.start(bench)
    loadgen.run(bench, running.port, connections=connections, requests=200)
    few, many = (_count(bench, running, connections, n) for n in (FEW, MANY))
    running.stop()
    return {name: (many.get(name, 0) - few.get(name, 0)) / (MANY - FEW)
            for name in many.keys() | few.keys()}


def _count(bench, running, connections, requests):
    out = bench.workdir / f"strace-{running.peer.name}.out"
    tracer = process.Process(["strace", "-c", "-f", "-q", "-o", out, "-p", running.process.pid],
                             "strace", bench.workdir, process.PROXY_CPU)
    bench.on_exit(tracer.stop)
    _wait_traced(running.process.pid, tracer)
    loadgen.run(bench, running.port, connections=connections, requests=requests)
    tracer.stop(first_signal=signal.SIGINT)
    return parse(out.read_text())


def _wait_traced(pid, tracer):
    """Until every thread has a tracer."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        tracer.check_alive()
        states = [p.read_text() for p in pathlib.Path(f"/proc/{pid}/task").glob("*/status")]
        if all("TracerPid:\t0\n" not in s for s in states):
            return
        time.sleep(0.02)
    raise BenchError("strace could not attach (ptrace not allowed?)")


def parse(text):
    """Calls by name from the table of strace -c."""
    calls = {}
    for line in text.splitlines():
        fields = line.split()
        # % time, seconds, usecs/call, calls, [errors,] syscall
        if len(fields) in (5, 6) and fields[3].isdigit() and fields[-1] != "total":
            calls[fields[-1]] = int(fields[3])
    return calls
