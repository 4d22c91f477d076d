"""xDS resources as JSON for the control plane of this folder: (name, resource) pairs."""

_TYPE = "type.googleapis.com/envoy."
CLUSTER = _TYPE + "config.cluster.v3.Cluster"
ENDPOINTS = _TYPE + "config.endpoint.v3.ClusterLoadAssignment"
LISTENER = _TYPE + "config.listener.v3.Listener"
ROUTES = _TYPE + "config.route.v3.RouteConfiguration"
_HCM = _TYPE + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = {
    "name": "router",
    "typed_config": {"@type": _TYPE + "extensions.filters.http.router.v3.Router"},
}
_ADS = {"resource_api_version": "V3", "ads": {}}


def _named(name, url, fields):
    return {"name": name, "any": {"@type": url, **fields}}


def cluster(name, **fields):
    own = {"name": name, "type": "EDS", "eds_cluster_config": {"eds_config": _ADS}}
    return _named(name, CLUSTER, {**own, "connect_timeout": "1s", **fields})


def endpoints(name, *ports):
    lb_endpoints = [
        {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}}
        for port in ports
    ]
    return _named(name, ENDPOINTS, {"cluster_name": name, "endpoints": [{"lb_endpoints": lb_endpoints}]})


def listener(name, route_name=None, routes=None, filters=()):
    """Its routes by name over ADS, or inline."""
    manager = {"@type": _HCM, "stat_prefix": name, "http_filters": [*filters, _ROUTER]}
    if route_name:
        manager["rds"] = {"route_config_name": route_name, "config_source": _ADS}
    else:
        manager["route_config"] = _hosts(name + "_inline", routes)
    return _named(
        name,
        LISTENER,
        {
            "name": name,
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
            "filter_chains": [{"filters": [{"name": "hcm", "typed_config": manager}]}],
        },
    )


def _hosts(name, routes):
    return {"name": name, "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]}


def route_configuration(name, *routes):
    return _named(name, ROUTES, _hosts(name, list(routes)))


def forward(prefix, cluster_name):
    return {"match": {"prefix": prefix}, "route": {"cluster": cluster_name}}


def reply(prefix, text):
    body = {"inline_string": text}
    return {"match": {"prefix": prefix}, "direct_response": {"status": 200, "body": body}}
