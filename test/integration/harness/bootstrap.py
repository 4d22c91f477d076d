"""Writes Envoy-style bootstraps: static listeners, routes and clusters, as Python dicts.

The text is JSON, which every YAML reader takes.
"""

import json

_TYPE = "type.googleapis.com/envoy.extensions."
HCM = _TYPE + "filters.network.http_connection_manager.v3.HttpConnectionManager"
ROUTER = _TYPE + "filters.http.router.v3.Router"
FILE_LOG = _TYPE + "access_loggers.file.v3.FileAccessLog"

LOG_FORMAT = {
    "code": "%RESPONSE_CODE%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "method": "%REQ(:METHOD)%",
    "path": "%REQ(:PATH)%",
    "host": "%REQ(:AUTHORITY)%",
    "flags": "%RESPONSE_FLAGS%",
}


def socket_address(host, port):
    return {"socket_address": {"address": host, "port_value": port}}


def forward(match, cluster="up", **action):
    """A route to a cluster; `match` is a RouteMatch or a plain prefix."""
    return {"match": _match(match), "route": {"cluster": cluster, **action}}


def reply(match, status, body):
    return {
        "match": _match(match),
        "direct_response": {"status": status, "body": {"inline_string": body}},
    }


def _match(match):
    return {"prefix": match} if isinstance(match, str) else match


def virtual_host(name, domains, routes, **fields):
    return {"name": name, "domains": domains, "routes": routes, **fields}


def listener(name, virtual_hosts, log_path=None, port=0, **hcm):
    """An HTTP/1 listener; `hcm` are further fields of the HttpConnectionManager."""
    manager = {
        "@type": HCM,
        "stat_prefix": name,
        "codec_type": "HTTP1",
        "route_config": {"name": name + "_routes", "virtual_hosts": virtual_hosts},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {"@type": ROUTER}}],
        **hcm,
    }
    if log_path:
        log_format = {"json_format": LOG_FORMAT}
        log = {"@type": FILE_LOG, "path": log_path, "log_format": log_format}
        manager["access_log"] = [{"name": "envoy.access_loggers.file", "typed_config": log}]
    network = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
    return {
        "name": name,
        "address": socket_address("127.0.0.1", port),
        "filter_chains": [{"filters": [network]}],
    }


def cluster(name, address, requests_per_connection=None):
    endpoint = {"endpoint": {"address": socket_address(*address)}}
    made = {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [endpoint]}],
        },
    }
    if requests_per_connection:
        made["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": _TYPE + "upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {
                    "max_requests_per_connection": requests_per_connection
                },
                "explicit_http_config": {"http_protocol_options": {}},
            }
        }
    return made


def bootstrap(listeners, clusters):
    return {
        "node": {"id": "integration", "cluster": "test"},
        "admin": {"address": socket_address("127.0.0.1", 0)},
        "static_resources": {"listeners": listeners, "clusters": clusters},
    }


def text(config):
    return json.dumps(config, indent=1)
