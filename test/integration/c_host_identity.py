"""Negative cases C 53-58, 63-67: host, forwarded identity, loops.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/c_host_identity.py [-k case]
"""

import socket

from cases import host_cases, identity_cases
from harness import bootstrap
from harness.suite import Group, main


def _marked(name, domain):
    mark = [
        {"header": {"key": "x-vhost", "value": name}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
    ]
    user = {
        "header": {"key": "x-auth-user", "value": "gateway"},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }
    routes = [
        bootstrap.forward("/loop", "self"),
        {**bootstrap.forward("/auth/"), "request_headers_to_add": [user]},
        bootstrap.forward("/"),
    ]
    return bootstrap.virtual_host(name, [domain], routes, request_headers_to_add=mark)


def _free_port():
    """The route to ourselves needs a port that is known before the start."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def configure(upstream, log_path):
    hosts = [
        _marked("a", "a.test"),
        _marked("b", "b.test"),
        _marked("punycode", "xn--bcher-kva.test"),
    ]
    hosts.append(bootstrap.virtual_host("innocent", ["innocent.test"], [bootstrap.forward("/")]))
    port = _free_port()
    web = bootstrap.listener("web", hosts, log_path, port, use_remote_address=True)
    clusters = [
        bootstrap.cluster("up", upstream.address),
        bootstrap.cluster("self", ("127.0.0.1", port), requests_per_connection=1),
    ]
    return bootstrap.text(bootstrap.bootstrap([web], clusters))


def logged_hosts_are_the_decided_ones(bench):
    """Case 55: the log names the host that routed, never the Host field that lost."""
    wrong = {
        line["host"]
        for line in bench.log_lines()
        if line["path"] == "/y" and line["host"] != "b.test"
    }
    return ["the log has host %s for requests to b.test" % sorted(wrong)] if wrong else []


if __name__ == "__main__":
    main(
        Group(
            "host", configure, host_cases.CASES, at_end=logged_hosts_are_the_decided_ones
        ).tests(),
        Group("identity", configure, identity_cases.CASES).tests(),
    )
