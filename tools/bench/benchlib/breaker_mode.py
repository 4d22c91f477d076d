"""A limit of 100 upstream connections, 1,000 clients that never pause, 1 and 2 workers.

The service says how many connections it had at once, which must be the limit and not one more; the
proxy says how many calls waited over 2 ms while a connection idled on another worker.
"""
import json
import re

from . import configs, loadgen, process, toolchain
from .errors import BenchError

LIMIT = 100
CLIENTS = 1000
WORKERS = (1, 2)


def run(bench, options):
    seconds = options.seconds or 5
    rows = []
    for peer in bench.bootstrap_peers(options.peers):
        for workers in WORKERS:
            bench.progress(f"breaker: {peer.name}, {workers} workers, {seconds:.0f} s")
            rows.append(_measure(bench, peer, workers, seconds))
    return {"title": f"max_connections {LIMIT}, {CLIENTS} keep-alive clients, closed loop",
            "metric": "most connections at once", "load": {"connections": CLIENTS},
            "rows": rows}


def _measure(bench, peer, workers, seconds):
    service = process.Process([toolchain.program("backend")], "backend", bench.workdir,
                              process.CLIENT_CPU)
    workdir = bench.workdir / f"breaker-{peer.name}-{workers}"
    workdir.mkdir()
    port, admin = process.free_port(), process.free_port()
    path = workdir / "bootstrap.yaml"
    gateway = None
    try:
        service_port = json.loads(service.first_line())["port"]
        path.write_text(configs.fill("breaker.yaml", PORT=port, ADMIN_PORT=admin,
                                     BACKEND_PORT=service_port))
        gateway = process.Process(
            [peer.path, "-c", path, "--concurrency", str(workers), *peer.arguments], peer.name,
            workdir, process.PROXY_CPU)
        process.wait_listening(gateway, port, 20)
        client = loadgen.start(bench, port, connections=CLIENTS, duration=seconds)
        load = loadgen.finish(client)
        peak = int(process.get_body(service_port, "/peak"))
        stats = process.get_body(admin, "/stats")
    finally:
        for child in filter(None, (gateway, service)):
            child.stop()
    if load["errors"]["sum"]:
        raise BenchError(f"{peer.name}: the load client saw errors: {json.dumps(load['errors'])}")
    single = {"median": peak, "q1": peak, "q3": peak}
    return {"peer": peer.name, "group": f"{workers} workers", "value": single, "ratio": None,
            "columns": {"requests": f"{load['completed']:,}",
                        "waited beside an idle one": _stat(stats, "sluice_rq_waited_beside_idle"),
                        "handed over": _stat(stats, "sluice_cx_handed"),
                        "p99 ms": f"{load['latency_us']['p99'] / 1000:.1f}"}}


def _stat(stats, name):
    found = re.search(rf"^cluster\.backend\.{name}: (\d+)$", stats, re.M)
    return found.group(1) if found else ""
