"""Broken bootstraps: what is broken, and for each error the field path that stderr must name.

A row is (name, break, errors). `break` changes a good configuration in place, or is the text
itself. Each of `errors` is (path, words): one line of stderr must hold the path and all words.
"""

LISTENER = "static_resources.listeners[0]"
HCM = LISTENER + ".filter_chains[0].filters[0].typed_config"
HOST = HCM + ".route_config.virtual_hosts[0]"
ROUTE = HOST + ".routes[0]"
CLUSTER = "static_resources.clusters[0]"
ENDPOINT = CLUSTER + ".load_assignment.endpoints[0].lb_endpoints[0].endpoint"


def listener(config):
    return config["static_resources"]["listeners"][0]


def hcm(config):
    return listener(config)["filter_chains"][0]["filters"][0]["typed_config"]


def host(config):
    return hcm(config)["route_config"]["virtual_hosts"][0]


def route(config):
    return host(config)["routes"][0]


def cluster(config):
    return config["static_resources"]["clusters"][0]


def endpoint_socket(config):
    lb_endpoint = cluster(config)["load_assignment"]["endpoints"][0]["lb_endpoints"][0]
    return lb_endpoint["endpoint"]["address"]["socket_address"]


def _set(where, key, value):
    return lambda config: where(config).__setitem__(key, value)


def _drop(where, key):
    return lambda config: where(config).pop(key)


def _twice(kind):
    def repeat(config):
        resources = config["static_resources"]
        resources[kind].append(resources[kind][0])

    return repeat


def _second_virtual_host(name, domain):
    def add(config):
        hosts = hcm(config)["route_config"]["virtual_hosts"]
        hosts.append({**hosts[0], "name": name, "domains": [domain]})

    return add


def _all(*breaks):
    def apply(config):
        for each in breaks:
            each(config)

    return apply


def _alias_bomb():
    """Nine lists of eight aliases each: over 10^8 values in 500 bytes."""
    lines = ["a: &a [x]"]
    for before, name in zip("abcdefghi", "bcdefghij"):
        lines.append("%s: &%s [%s]" % (name, name, ", ".join(["*" + before] * 8)))
    return "\n".join([*lines, "static_resources: {listeners: [*j]}"])


def _root(config):
    return config


def _match(**match):
    return _set(route, "match", match)


ADDRESS = "address.socket_address"
UNKNOWN = "type.googleapis.com/envoy.extensions.filters.http.no_such_filter.v3.NoSuchFilter"
BAD_FILTER = [{"name": "odd", "typed_config": {"@type": UNKNOWN}}]
SEVERAL = _all(
    _set(hcm, "stat_prefix", ""),
    _match(safe_regex={"regex": "(["}),
    _set(lambda c: listener(c)["address"]["socket_address"], "port_value", 65536),
    _set(endpoint_socket, "address", "not-an-address"),
)
SEVERAL_ERRORS = [
    (HCM + ".stat_prefix", ""),
    (ROUTE + ".match.safe_regex", ""),
    (LISTENER + "." + ADDRESS + ".port_value", "65535"),
    (ENDPOINT + "." + ADDRESS + ".address", ""),
]

ROWS = [
    ("unparsable_yaml", "static_resources: [", [("", "line 1")]),
    ("tabs_as_indentation", "static_resources:\n\tlisteners: []\n", [("", "line 2")]),
    ("not_a_map", "- 1\n- 2\n", [("", "expected")]),
    ("empty_text", "", [("", "empty")]),
    ("two_documents", "{}\n---\n{}\n", [("", "more than one YAML document")]),
    ("binary", "\x00\x01\x02\xff", [("", "")]),
    ("alias_bomb", _alias_bomb(), [("", "")]),
    ("deep_nesting", "[" * 10_000 + "]" * 10_000, [("", "")]),
    ("unknown_root_field", _set(_root, "no_such_field", 1), [("no_such_field", "")]),
    ("unknown_listener_field", _set(listener, "colour", "red"), [(LISTENER, "colour")]),
    ("unknown_hcm_field", _set(hcm, "colour", "red"), [(HCM, "colour")]),
    ("unknown_route_field", _set(route, "colour", "red"), [(ROUTE, "colour")]),
    ("unknown_cluster_field", _set(cluster, "colour", "red"), [(CLUSTER, "colour")]),
    (
        "unknown_filter_type",
        _set(hcm, "http_filters", BAD_FILTER),
        [(HCM + ".http_filters[0]", "NoSuchFilter")],
    ),
    (
        "unknown_network_filter",
        _set(
            lambda c: listener(c)["filter_chains"][0]["filters"][0],
            "typed_config",
            {"@type": UNKNOWN},
        ),
        [(LISTENER + ".filter_chains[0].filters[0]", "NoSuchFilter")],
    ),
    (
        "filter_without_type",
        _set(hcm, "http_filters", [{"name": "odd", "typed_config": {}}]),
        [(HCM + ".http_filters[0]", "")],
    ),
    ("no_router", _set(hcm, "http_filters", []), [(HCM + ".http_filters", "router")]),
    ("unknown_enum_value", _set(hcm, "codec_type", "HTTP9"), [(HCM + ".codec_type", "HTTP9")]),
    (
        "text_where_a_number_is_due",
        _set(lambda c: listener(c)["address"]["socket_address"], "port_value", "http"),
        [(LISTENER + "." + ADDRESS + ".port_value", "")],
    ),
    (
        "map_where_a_list_is_due",
        _set(lambda c: c["static_resources"], "listeners", {"name": "x"}),
        [("static_resources.listeners", "")],
    ),
    (
        "port_65536",
        _set(lambda c: listener(c)["address"]["socket_address"], "port_value", 65536),
        [(LISTENER + "." + ADDRESS + ".port_value", "65535")],
    ),
    (
        "port_negative",
        _set(lambda c: listener(c)["address"]["socket_address"], "port_value", -1),
        [(LISTENER + "." + ADDRESS + ".port_value", "")],
    ),
    (
        "bad_listen_address",
        _set(lambda c: listener(c)["address"]["socket_address"], "address", "300.1.1.1"),
        [(LISTENER + "." + ADDRESS + ".address", "")],
    ),
    ("no_listener_address", _drop(listener, "address"), [(LISTENER + ".address", "")]),
    (
        "duplicate_listener_names",
        _twice("listeners"),
        [("static_resources.listeners[1].name", "web")],
    ),
    ("duplicate_cluster_names", _twice("clusters"), [("static_resources.clusters[1].name", "up")]),
    ("cluster_without_name", _set(cluster, "name", ""), [(CLUSTER + ".name", "")]),
    (
        "route_to_a_cluster_that_is_not_there",
        _set(lambda c: route(c)["route"], "cluster", "nowhere"),
        [(ROUTE + ".route.cluster", "nowhere")],
    ),
    (
        "endpoint_address_is_a_name",
        _set(endpoint_socket, "address", "not-an-address"),
        [(ENDPOINT + "." + ADDRESS + ".address", "")],
    ),
    (
        "endpoint_port_0",
        _set(endpoint_socket, "port_value", 0),
        [(ENDPOINT + "." + ADDRESS + ".port_value", "")],
    ),
    (
        "load_assignment_missing",
        _drop(cluster, "load_assignment"),
        [(CLUSTER + ".load_assignment", "")],
    ),
    (
        "assignment_for_nobody",
        _set(lambda c: cluster(c)["load_assignment"], "cluster_name", ""),
        [(CLUSTER + ".load_assignment.cluster_name", "")],
    ),
    (
        "connect_timeout_negative",
        _set(cluster, "connect_timeout", "-1s"),
        [(CLUSTER + ".connect_timeout", "")],
    ),
    (
        "connect_timeout_not_a_duration",
        _set(cluster, "connect_timeout", "soon"),
        [(CLUSTER + ".connect_timeout", "")],
    ),
    ("bad_regex", _match(safe_regex={"regex": "(["}), [(ROUTE + ".match.safe_regex", "")]),
    ("match_without_path", _match(), [(ROUTE + ".match", "prefix")]),
    ("two_of_a_oneof", _match(prefix="/", path="/x"), [(ROUTE + ".match", "p")]),
    ("route_without_action", _drop(route, "route"), [(ROUTE, "direct_response")]),
    ("match_missing", _drop(route, "match"), [(ROUTE + ".match", "")]),
    ("stat_prefix_missing", _set(hcm, "stat_prefix", ""), [(HCM + ".stat_prefix", "")]),
    ("route_config_missing", _drop(hcm, "route_config"), [(HCM, "route_config")]),
    ("virtual_host_without_name", _set(host, "name", ""), [(HOST + ".name", "")]),
    ("virtual_host_without_domains", _set(host, "domains", []), [(HOST + ".domains", "")]),
    (
        "duplicate_domain",
        _second_virtual_host("other", "*"),
        [(HCM + ".route_config.virtual_hosts[1].domains[0]", "*")],
    ),
    (
        "status_out_of_range",
        _set(host, "routes", [{"match": {"prefix": "/"}, "direct_response": {"status": 99}}]),
        [(ROUTE + ".direct_response.status", "")],
    ),
    (
        "header_name_with_space",
        _set(host, "request_headers_to_add", [{"header": {"key": "a b", "value": "1"}}]),
        [(HOST + ".request_headers_to_add[0].header.key", "")],
    ),
    (
        "header_value_with_newline",
        _set(host, "request_headers_to_add", [{"header": {"key": "a", "value": "1\r\nx: y"}}]),
        [(HOST + ".request_headers_to_add[0].header.value", "")],
    ),
    (
        "header_limit_over_its_range",
        _set(hcm, "max_request_headers_kb", 8193),
        [(HCM + ".max_request_headers_kb", "")],
    ),
    ("several_errors_at_once", SEVERAL, SEVERAL_ERRORS),
    (
        "errors_of_every_kind_at_once",
        _all(SEVERAL, _set(route, "colour", "red")),
        [*SEVERAL_ERRORS, (ROUTE, "colour")],
    ),
]
