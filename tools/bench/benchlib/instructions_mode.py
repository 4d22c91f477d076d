"""User instructions per request, counted by callgrind.

Two runs that differ only in the number of requests: their difference has no
start and no end in it. Stable to about 1 %, whatever else the machine does, so
it is the figure to gate small changes on. It does not see the kernel.
"""
import re

from . import loadgen, quartiles
from .errors import BenchError

DEFAULT_PEERS = ("floor", "sluice", "haproxy", "nginx")
FEW, MANY = 500, 2500
CONNECTIONS = 8


def run(bench, options):
    chosen = bench.find_peers(options.peers, DEFAULT_PEERS)
    values = {}
    for peer in chosen:
        bench.progress(f"instructions: {peer.name}")
        values[peer.name] = [per_request(bench, peer)]
    return {"title": "user instructions per request (HTTP/1.1, 128 B, 8 keep-alive clients)",
            "metric": "instructions/request", "load": {"requests": [FEW, MANY]},
            "rows": [quartiles.row(name, value, values["floor"])
                     for name, value in values.items()]}


def per_request(bench, peer, routes=0):
    few, many = (_total(bench, peer, routes, requests) for requests in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def _total(bench, peer, routes, requests):
    out = bench.workdir / f"callgrind-{peer.name}-{requests}.out"
    wrap = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}")
    running = peer.start(bench, routes, wrap=wrap, ready_timeout_s=100)
    path = {"path": "/r%d/128", "path_count": routes} if routes else {"path": "/128"}
    loadgen.run(bench, running.port, connections=CONNECTIONS, requests=requests, **path)
    # Callgrind writes its totals when the program ends by itself.
    running.process.stop(timeout_s=30)
    running.stop()
    found = re.search(r"^(?:summary|totals): (\d+)", out.read_text() if out.exists() else "", re.M)
    if not found:
        raise BenchError(f"callgrind left no total for {peer.name}")
    out.unlink()
    return int(found.group(1))
