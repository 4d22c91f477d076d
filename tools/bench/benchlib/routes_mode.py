"""What a request costs as the route table grows.

Requests stride over all routes. Each peer has its fast form: nginx a tree of
prefix locations, HAProxy a prefix map, Envoy and Sluice a list of prefix routes.
"""
from . import cpu_mode, instructions_mode, quartiles

DEFAULT_PEERS = cpu_mode.DEFAULT_PEERS
COUNTS = (1, 100, 1000, 10000)
ROUND_SECONDS = 0.6
# Reading 10,000 routes may take a peer this long (under callgrind much more).
READY_SECONDS = 60


def run(bench, options):
    chosen = bench.find_peers(options.peers, DEFAULT_PEERS)
    counts = options.routes or COUNTS
    rows = []
    for count in counts:
        group = f"{count} route{'s' if count > 1 else ''}"
        bench.progress(f"routes: starting the peers with {group}")
        running = [peer.start(bench, count, ready_timeout_s=READY_SECONDS) for peer in chosen]
        load = {"connections": cpu_mode.CONNECTIONS, "duration": options.seconds or ROUND_SECONDS,
                "path": "/r%d/128", "path_count": count}
        samples = cpu_mode.measure(bench, running, bench.rounds or 5, load, group)
        rows += cpu_mode.rows(samples, group)
        for peer in running:
            peer.stop()
    if options.instructions:
        _add_instructions(bench, chosen, counts, rows)
    return {"title": "CPU per request over the size of the route table", "log_scale": True,
            "metric": "CPU us/request", "rows": rows, "load": {"routes": list(counts)}}


def _add_instructions(bench, chosen, counts, rows):
    counted = [p for p in chosen if p.name in instructions_mode.DEFAULT_PEERS]
    for index, count in enumerate(counts):
        for peer in counted:
            bench.progress(f"routes: instructions of {peer.name} with {count} routes")
            value = instructions_mode.per_request(bench, peer, routes=count)
            at = index * len(chosen) + chosen.index(peer)
            rows[at]["columns"]["instr/req"] = f"{value:.0f}"
            rows[at]["instructions"] = quartiles.summary([value])
