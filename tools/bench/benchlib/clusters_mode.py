"""10,000 clusters with 100,000 endpoints from a file: from exec to serving, and what it takes."""
import json
import statistics
import time

from . import process, quartiles
from .errors import BenchError

CLUSTERS = 10_000
ENDPOINTS_EACH = 10


def run(bench, options):
    rounds = bench.rounds or 3
    rows = []
    for peer in bench.bootstrap_peers(options.peers):
        samples = []
        for number in range(rounds):
            bench.progress(f"clusters: round {number + 1}/{rounds}, {peer.name}")
            samples.append(_one(bench, peer, number))
        rows.append(_row(peer.name, samples))
    return {"title": f"{CLUSTERS:,} clusters, {CLUSTERS * ENDPOINTS_EACH:,} endpoints in one file",
            "metric": "seconds to serve", "load": {}, "rows": rows}


def _one(bench, peer, number):
    workdir = bench.workdir / f"clusters-{peer.name}-{number}"
    workdir.mkdir()
    port = process.free_port()
    path = workdir / "bootstrap.json"
    path.write_text(json.dumps(_bootstrap(port, bench.backend_port)))
    started = time.monotonic()
    child = process.Process([peer.path, "-c", path, "--concurrency", "1", *peer.arguments],
                            peer.name, workdir, process.PROXY_CPU)
    try:
        process.wait_serving(child, port, "/c00000/0", 120)
        seconds = time.monotonic() - started
        memory = child.memory_bytes()
        if process.get_status(port, f"/c{CLUSTERS - 1:05d}/0", 5) != 200:
            raise BenchError(f"{peer.name} does not serve the last cluster")
    finally:
        child.stop()
    return seconds, memory["rss"] / 2**20, memory["anonymous"] / 2**20


def _row(name, samples):
    seconds = [s[0] for s in samples]
    return quartiles.row(name, seconds, columns={
        "RSS": f"{statistics.median(s[1] for s in samples):.0f} MiB",
        "anonymous": f"{statistics.median(s[2] for s in samples):.0f} MiB"})


def _bootstrap(port, backend_port):
    """One endpoint of each cluster is the service; the others are never asked, being behind it."""
    clusters, routes = [], []
    for i in range(CLUSTERS):
        name = f"cluster-{i:05d}"
        first = _endpoint("127.0.0.1", backend_port)
        behind = [_endpoint(f"127.{1 + i // 250}.{i % 250}.{e}", backend_port)
                  for e in range(1, ENDPOINTS_EACH)]
        clusters.append({"name": name, "type": "STATIC", "connect_timeout": "1s",
                         "load_assignment": {"cluster_name": name,
                                             "endpoints": [{"lb_endpoints": [first]},
                                                           {"priority": 1,
                                                            "lb_endpoints": behind}]}})
        routes.append({"match": {"prefix": f"/c{i:05d}/"}, "route": {"cluster": name}})
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
                 ".HttpConnectionManager",
        "stat_prefix": "web", "codec_type": "HTTP1",
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
        "route_config": {"name": "web", "virtual_hosts": [
            {"name": "web", "domains": ["*"], "routes": routes}]}}
    return {"static_resources": {
        "listeners": [{"name": "web", "address": {"socket_address": {
            "address": "127.0.0.1", "port_value": port}},
            "filter_chains": [{"filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": manager}]}]}],
        "clusters": clusters}}


def _endpoint(address, port):
    return {"endpoint": {"address": {"socket_address": {"address": address, "port_value": port}}}}
