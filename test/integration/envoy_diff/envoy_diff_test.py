"""The compiled router against real Envoy: same configurations, same requests, same routes.

Usage: envoy_diff_test.py ROUTE_PROBE. Fails, and says so, if Envoy cannot be installed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import envoy
import random_routes

TABLES = 60
REQUESTS = 400
PROBE = ""


def direct(name, match):
    return {
        "name": name,
        "match": match,
        "direct_response": {"status": 200, "body": {"inline_string": name}},
    }


def one_host(*routes, **options):
    return {
        "name": "r",
        "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": list(routes)}],
        **options,
    }


def ask_sluice(config, requests, folder):
    file = pathlib.Path(folder) / "routes.json"
    file.write_text(json.dumps(config))
    lines = [
        "\t".join([method, authority, target] + [f"{n}: {v.strip()}" for n, v in fields])
        for method, authority, target, fields in requests
    ]
    done = subprocess.run(
        [PROBE, file], input="\n".join(lines) + "\n", capture_output=True, text=True
    )
    if done.returncode != 0:
        raise AssertionError(f"Sluice refuses what Envoy takes:\n{done.stderr}{json.dumps(config)}")
    return done.stdout.splitlines()


def ask_envoy(port, requests):
    connection = envoy.Connection(port)
    answers = []
    for request in requests:
        status, body = connection.ask(*request)
        answers.append(body if status == 200 else str(status))
    connection.close()
    return answers


class EnvoyDiff(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def answers(self, configs, requests):
        """Yields (config, request, Envoy's answer, ours); requests[i] go to configs[i]."""
        server = envoy.Envoy(configs, self.folder)
        try:
            for config, port, list_ in zip(configs, server.ports, requests):
                for request, theirs, ours in zip(
                    list_, ask_envoy(port, list_), ask_sluice(config, list_, self.folder)
                ):
                    yield config, request, theirs, ours
        finally:
            server.close()

    def test_random_tables_route_alike(self):
        makers = [random_routes.Maker(seed) for seed in range(TABLES)]
        configs = [maker.config() for maker in makers]
        requests = [[maker.request() for _ in range(REQUESTS)] for maker in makers]
        matched, differences = 0, []
        for config, request, theirs, ours in self.answers(configs, requests):
            matched += theirs.startswith("h")
            if theirs != ours:
                differences.append((config, request, theirs, ours))
        for config, request, theirs, ours in differences[:5]:
            routes = {r["name"]: r["match"] for h in config["virtual_hosts"] for r in h["routes"]}
            print(
                f"{request}\n  Envoy: {theirs} {routes.get(theirs)}\n  Sluice: {ours} {routes.get(ours)}"
                f"\n  {[(h['name'], h['domains']) for h in config['virtual_hosts']]}",
                file=sys.stderr,
            )
        self.assertEqual(len(differences), 0)
        self.assertGreater(matched, TABLES * REQUESTS // 3)

    # Where we mean to differ, each with both answers, so that neither side changes unseen.
    def test_known_differences_stay_as_they_are(self):
        segments = one_host(direct("h-a", {"path": "/a"}), direct("h-all", {"prefix": "/"}))
        ports = {
            "name": "r",
            "virtual_hosts": [
                {"name": "n", "domains": ["a.com"], "routes": [direct("h-plain", {"prefix": "/"})]},
                {
                    "name": "p",
                    "domains": ["b.com:80"],
                    "routes": [direct("h-port", {"prefix": "/"})],
                },
            ],
        }
        shop = one_host(
            direct(
                "h-lower",
                {
                    "prefix": "/",
                    "headers": [{"name": ":authority", "string_match": {"exact": "shop.com"}}],
                },
            )
        )
        cases = [
            # (configuration, authority, target, Envoy, Sluice)
            # A default port says nothing (RFC 9110 4.2.3), so it is not needed and does not hinder.
            (ports, "a.com:80", "/", "404", "h-plain"),
            (ports, "b.com", "/", "404", "h-port"),
            # Merging slashes leaves two of them in Envoy if there is nothing else.
            (one_host(direct("h-root", {"path": "/"})), "a.com", "//", "404", "h-root"),
            # Host names have no case (RFC 9110 4.2.3); conditions see them in lower case.
            (shop, "Shop.COM", "/", "404", "h-lower"),
            # A backslash is a slash to some servers and data to others: refused.
            (segments, "a.com", "/b\\..\\a", "h-a", "400"),
        ]
        configs = [case[0] for case in cases]
        requests = [[("GET", case[1], case[2], [])] for case in cases]
        for case, (_, _, theirs, ours) in zip(cases, self.answers(configs, requests)):
            self.assertEqual((theirs, ours), case[3:], case[1:3])


if __name__ == "__main__":
    PROBE = sys.argv.pop(1)
    try:
        envoy.binary()
    except RuntimeError as error:
        sys.exit(str(error))
    unittest.main()
