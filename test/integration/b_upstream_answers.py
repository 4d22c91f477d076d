"""Negative cases B 41-52: upgrades without leave, CONNECT, and hostile upstream answers.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/b_upstream_answers.py [-k case]
"""

from cases import answer_cases, upgrade_cases
from harness import bootstrap
from harness.suite import Group, main


def configure(upstream, log_path):
    hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.forward("/")])]
    return bootstrap.text(
        bootstrap.bootstrap(
            [bootstrap.listener("web", hosts, log_path)],
            [bootstrap.cluster("up", upstream.address)],
        )
    )


if __name__ == "__main__":
    main(
        Group("upgrades", configure, upgrade_cases.CASES, upgrade_cases.SCRIPTS).tests(),
        Group("answers", configure, answer_cases.CASES, answer_cases.SCRIPTS).tests(),
    )
