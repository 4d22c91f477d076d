"""User memory of an idle keep-alive connection after one request.

A fresh process per repetition: memory once taken is rarely given back. What a
peer takes before the first connection (nginx allocates its connection table at
start) is in the column "at start", not in the figure.
"""
import json
import statistics
import time

from . import loadgen, quartiles
from .errors import BenchError

WARM_CONNECTIONS, WARM_REQUESTS = 256, 16384
DEFAULT_PEERS = ("floor", "sluice", "haproxy", "nginx", "envoy")


def run(bench, options):
    chosen = bench.find_peers(options.peers, DEFAULT_PEERS)
    count = options.connections or 4000
    needed = 2 * count + 200
    if bench.file_limit < needed:
        raise BenchError(f"{count} connections need {needed} open files, the limit is "
                         f"{bench.file_limit}: raise it (ulimit -n) or use --connections")
    samples = {peer.name: [] for peer in chosen}
    rounds = bench.rounds or 3
    for number in range(rounds):
        for peer in chosen:
            bench.progress(f"idle: round {number + 1}/{rounds}, {peer.name}")
            samples[peer.name].append(_one(bench, peer, count))
    floor = [s["per_connection"] for s in samples["floor"]]
    return {"title": f"user memory per idle keep-alive connection ({count}, one request each)",
            "metric": "RSS bytes/connection", "load": {"connections": count},
            "rows": [_row(name, taken, floor) for name, taken in samples.items()]}


def _one(bench, peer, count):
    running = peer.start(bench)
    # What a process has once is there before the count begins: code pages, upstream connections,
    # the memory of as many requests at a time as the clients will make, the log's ring.
    loadgen.run(bench, running.port, connections=WARM_CONNECTIONS, requests=WARM_REQUESTS)
    before = running.process.memory_bytes()
    client = loadgen.start(bench, running.port, connections=count, idle=True, hold=60)
    ready = json.loads(client.first_line(timeout_s=30))
    if ready["open"] != count:
        raise BenchError(f"{peer.name}: {ready['open']} of {count} connections stayed open")
    time.sleep(0.3)
    after = running.process.memory_bytes()
    loadgen.close(client)
    running.stop()
    return {
        "per_connection": (after["rss"] - before["rss"]) / count,
        "anonymous": (after["anonymous"] - before["anonymous"]) / count,
        "start": before["rss"],
    }


def _row(peer, taken, floor):
    start = statistics.median(s["start"] for s in taken)
    anonymous = statistics.median(s["anonymous"] for s in taken)
    return quartiles.row(peer, [s["per_connection"] for s in taken], floor, columns={
        "anonymous only": f"{anonymous:.0f}", "at start": f"{start / 2**20:.1f} MiB"})
