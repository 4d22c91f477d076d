"""sluice-proxy and Envoy, started with the same bootstrap file."""

import json
import os
import urllib.request

import envoy as installed_envoy

from support.program import Program, eventually, scratch_dir

_HTTP2 = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def bootstrap(api_type, control, node="edge-1"):
    """Everything comes from the ADS server at `control`, a (host, port)."""
    own = {"resource_api_version": "V3", "ads": {}}
    address = {"socket_address": {"address": control[0], "port_value": control[1]}}
    return {
        "node": {"id": node, "cluster": "edge"},
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
        "dynamic_resources": {
            "ads_config": {
                "api_type": api_type,
                "transport_api_version": "V3",
                "grpc_services": [{"envoy_grpc": {"cluster_name": "control"}}],
            },
            "cds_config": own,
            "lds_config": own,
        },
        "static_resources": {
            "clusters": [
                {
                    "name": "control",
                    "type": "STATIC",
                    "connect_timeout": "1s",
                    "typed_extension_protocol_options": {
                        _HTTP2: {
                            "@type": "type.googleapis.com/" + _HTTP2,
                            "explicit_http_config": {"http2_protocol_options": {}},
                        }
                    },
                    "load_assignment": {
                        "cluster_name": "control",
                        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
                    },
                }
            ]
        },
    }


def _written(config):
    folder = scratch_dir()
    path = folder / "bootstrap.json"
    path.write_text(json.dumps(config))
    return folder, path


class Sluice(Program):
    """The binary beside the test in Bazel's runfiles, or SLUICE_PROXY."""

    def __init__(self, config, *flags):
        folder, path = _written(config)
        binary = os.environ.get("SLUICE_PROXY") or "dataplane/main/sluice-proxy"
        super().__init__("sluice-proxy", [binary, "-c", path, "--concurrency", 1, "-l", "warn", *flags], folder)

    def listener(self, name):
        """(host, port) where it serves, or served last; None if it never did."""
        host = None
        for line in self.since(0):
            if line.get("listener") == name:
                host, _, port = line["address"].rpartition(":")
        return (host, int(port)) if host else None


class Envoy(Program):
    """Raises RuntimeError if it cannot be installed."""

    def __init__(self, config):
        folder, path = _written(config)
        self._admin = folder / "admin"
        flags = ["--concurrency", 1, "-l", "error", "--disable-hot-restart", "--admin-address-path", self._admin]
        super().__init__("envoy", [installed_envoy.binary(), "-c", path, *flags], folder)

    def admin(self, page):
        address = eventually("Envoy's admin address", lambda: self._admin.exists() and self._admin.read_text())
        with urllib.request.urlopen(f"http://{address.strip()}/{page}", timeout=10) as answer:
            return answer.read().decode()

    def listener(self, name):
        for status in json.loads(self.admin("listeners?format=json")).get("listener_statuses", []):
            if status["name"] == name:
                place = status["local_address"]["socket_address"]
                return place["address"], place["port_value"]
        return None
