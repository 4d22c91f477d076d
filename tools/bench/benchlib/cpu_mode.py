"""CPU microseconds per request, in interleaved rounds, as ratio to the floor.

All peers are started once and stay up; a round loads each of them in turn, so
what the machine does besides (a neighbour, the clock rate) falls on all alike
and cancels in the ratio of one round. Requests per second are shown but prove
nothing here: client and backend share the other core.
"""
import statistics

from . import loadgen, quartiles

DEFAULT_PEERS = ("floor", "sluice", "haproxy", "nginx", "envoy")
CONNECTIONS = 32
ROUND_SECONDS = 1.3


def run(bench, options):
    """The modes h1, h1-64k and open."""
    kind = _KINDS[options.mode]
    chosen = bench.find_peers(options.peers, DEFAULT_PEERS)
    running = [peer.start(bench) for peer in chosen]
    load = {"connections": CONNECTIONS, "duration": options.seconds or ROUND_SECONDS,
            "path": bench.path_for(0, kind["body"])}
    if options.mode == "open":
        load["rate"] = options.rate
    samples = measure(bench, running, bench.rounds or 9, load, options.mode)
    for peer in running:
        peer.stop()
    return {
        "title": kind["title"].format(rate=options.rate), "metric": "CPU us/request",
        "rows": rows(samples), "load": load,
    }


_KINDS = {
    "h1": {"body": 128, "title": "HTTP/1.1, 128 B bodies, 32 keep-alive clients, closed loop"},
    "h1-64k": {"body": 65536, "title": "HTTP/1.1, 64 KiB bodies, 32 keep-alive clients"},
    "open": {"body": 128, "title": "HTTP/1.1, 128 B bodies, open loop at {rate:g} requests/s"},
}


def measure(bench, running, rounds, load, label):
    """Samples per peer name, `rounds` each. One more round goes first and is
    thrown away: cold pools and page faults."""
    samples = {r.peer.name: [] for r in running}
    for number in range(rounds + 1):
        # Each round starts with another peer: none always follows the same one.
        shift = number % len(running)
        for peer in running[shift:] + running[:shift]:
            which = f"round {number}/{rounds}" if number else "warm-up round"
            bench.progress(f"{label}: {which}, {peer.peer.name}")
            sample = one_round(bench, peer, load)
            if number:
                samples[peer.peer.name].append(sample)
    return samples


def one_round(bench, running, load):
    before = running.process.cpu_ns()
    result = loadgen.run(bench, running.port, **load)
    cpu_us = (running.process.cpu_ns() - before) / 1000
    return {
        "us": cpu_us / result["completed"],
        "rps": result["completed"] / result["seconds"],
        "busy_percent": cpu_us / 1e4 / result["seconds"],
        "p50_us": result["latency_us"]["p50"],
        "p99_us": result["latency_us"]["p99"],
    }


def rows(samples, group=""):
    floor = [s["us"] for s in samples["floor"]]

    def median(peer, key, form):
        return form.format(statistics.median(s[key] for s in samples[peer]))

    return [quartiles.row(
        peer, [s["us"] for s in taken], floor, group,
        {"req/s": median(peer, "rps", "{:.0f}"), "core busy": median(peer, "busy_percent", "{:.0f} %"),
         "p50 us": median(peer, "p50_us", "{:.0f}"), "p99 us": median(peer, "p99_us", "{:.0f}")})
        for peer, taken in samples.items()]
