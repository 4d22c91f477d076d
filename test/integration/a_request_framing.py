"""Negative cases A 1-40: HTTP/1.1 request framing.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/a_request_framing.py [-k case]
"""

from cases import chunk_cases, framing_cases, head_cases
from harness import bootstrap
from harness.suite import Group, main


def configure(upstream, log_path):
    routes = [bootstrap.reply("/local", 403, "no\n"), bootstrap.forward("/")]
    routes.insert(0, bootstrap.reply("/nowhere", 404, "nowhere\n"))
    hosts = [bootstrap.virtual_host("all", ["*"], routes)]
    hasty = {"stream_idle_timeout": "0.3s", "request_headers_timeout": "0.3s"}
    return bootstrap.text(
        bootstrap.bootstrap(
            [
                bootstrap.listener("web", hosts, log_path),
                bootstrap.listener("hasty", hosts, log_path, **hasty),
            ],
            [bootstrap.cluster("up", upstream.address)],
        )
    )


if __name__ == "__main__":
    main(
        Group("framing", configure, framing_cases.CASES).tests(),
        Group("head", configure, head_cases.CASES).tests(),
        Group("chunked", configure, chunk_cases.CASES).tests(),
    )
