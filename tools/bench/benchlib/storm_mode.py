"""Two tiers of gateways that both retry, before a service that fails half of its requests.

What counts is how much more the service is asked than the clients asked: without budgets each tier
multiplies what the other one does. Every variant gets a service and two gateways of its own.
"""
import json

from . import configs, loadgen, peers, process, toolchain
from .errors import BenchError

FAIL_PERCENT = 50
RATE = 500
CONNECTIONS = 64
RESERVE = 10  # retries that a tier of Sluice starts with
NO_RATE_BUDGET = """    metadata:
      typed_filter_metadata:
        sluice.retry_budget:
          "@type": type.googleapis.com/sluice.xds.v1.RetryBudget
          rate_percent: 1000
          reserve: 1000000
          most_saved: 1000000"""
CONCURRENCY_BUDGET = """        retry_budget:
          budget_percent: {value: 20}
          min_retry_concurrency: 3"""
NO_CONCURRENCY_BUDGET = "        max_retries: 100000"

VARIANTS = (
    ("sluice", "sluice", "", CONCURRENCY_BUDGET),
    ("sluice, no budget", "sluice", NO_RATE_BUDGET, NO_CONCURRENCY_BUDGET),
    ("envoy", "envoy", "", CONCURRENCY_BUDGET),
    ("envoy, no budget", "envoy", "", NO_CONCURRENCY_BUDGET),
)


def run(bench, options):
    seconds = options.seconds or 60
    rows = []
    for name, program, metadata, budget in VARIANTS:
        if options.peers and program not in options.peers:
            continue
        peer = peers.find(program, bench.sluice_path)
        if peer.path is None:
            bench.notes.append(f"{name} left out: not found ({peer.install_hint})")
            continue
        bench.progress(f"retry-storm: {name}, {seconds:.0f} s")
        rows.append(_measure(bench, name, peer, metadata, budget, seconds))
    return {"title": f"two tiers, {FAIL_PERCENT} % of the service's answers are 503, {RATE} requests "
                     f"per second for {seconds:.0f} s; two retries per tier",
            "metric": "upstream per client request", "load": {"rate": RATE, "seconds": seconds},
            "rows": rows}


def _measure(bench, name, peer, metadata, budget, seconds):
    service = process.Process([toolchain.program("backend"), f"--fail-percent={FAIL_PERCENT}"],
                              "backend", bench.workdir, process.CLIENT_CPU)
    tiers = []
    try:
        port = service_port = json.loads(service.first_line())["port"]
        for tier in ("inner", "outer"):
            gateway, port = _tier(bench, peer, tier, port, metadata, budget)
            tiers.append(gateway)
        before = int(process.get_body(service_port, "/requests"))
        client = loadgen.start(bench, port, connections=CONNECTIONS, rate=RATE, duration=seconds)
        load = loadgen.finish(client)
        asked = int(process.get_body(service_port, "/requests")) - before
    finally:
        for child in (*tiers, service):
            child.stop()
    sent = load["completed"] + load["errors"]["sum"]
    if sent < RATE * seconds * 0.9:
        raise BenchError(f"{name}: only {sent} requests were answered")
    # The stated reserve of both tiers is not the rate's.
    ratio = max(asked - 2 * RESERVE, 0) / sent
    single = {"median": ratio, "q1": ratio, "q3": ratio}
    return {"peer": name, "group": "", "value": single, "ratio": None,
            "columns": {"client requests": f"{sent:,}", "upstream": f"{asked:,}",
                        "failed": f"{100 * load['errors']['sum'] / sent:.1f} %"}}


def _tier(bench, peer, tier, upstream_port, metadata, budget):
    workdir = bench.workdir / f"storm-{peer.name}-{tier}-{upstream_port}"
    workdir.mkdir()
    port = process.free_port()
    path = workdir / "bootstrap.yaml"
    path.write_text(configs.fill("storm.yaml", PORT=port, ADMIN_PORT=process.free_port(),
                                 BACKEND_PORT=upstream_port, METADATA=metadata, BUDGET=budget))
    child = process.Process([peer.path, "-c", path, "--concurrency", "1", *peer.arguments],
                            f"{peer.name}-{tier}", workdir, process.PROXY_CPU)
    bench.on_exit(child.stop)
    process.wait_listening(child, port, 20)
    return child, port
