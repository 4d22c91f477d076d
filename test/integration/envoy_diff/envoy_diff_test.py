"""The compiled router against real Envoy: same configurations, same requests, same routes.

Usage: envoy_diff_test.py ROUTE_PROBE. Fails, and says so, if Envoy cannot be installed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import backend
import envoy
import random_actions
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


def host(name, domain, *routes):
    return {"name": name, "domains": [domain], "routes": list(routes)}


def one_host(*routes):
    return {"name": "r", "virtual_hosts": [host("h", "*", *routes)]}


def rewriting(field, pattern, substitution):
    rewrite = {"pattern": {"regex": pattern}, "substitution": substitution}
    action = {"cluster": "backend", field: rewrite}
    return one_host({"name": "rewriting", "match": {"prefix": "/"}, "route": action})


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
        status, body, location = connection.ask(*request)
        answers.append(body if status == 200 else f"{status} {location}".strip())
    connection.close()
    return answers


def show(config, request, theirs, ours):
    hosts = config["virtual_hosts"]
    routes = {r["name"]: r["match"] for h in hosts for r in h["routes"]}
    print(request, file=sys.stderr)
    print("  Envoy:", theirs, routes.get(theirs), file=sys.stderr)
    print("  Sluice:", ours, routes.get(ours), file=sys.stderr)
    print("  hosts:", [(h["name"], h["domains"]) for h in hosts], file=sys.stderr)


class EnvoyDiff(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def answers(self, configs, requests):
        """Yields (config, request, Envoy's answer, ours); requests[i] go to configs[i]."""
        upstream = backend.Backend()
        self.addCleanup(upstream.close)
        server = envoy.Envoy(configs, self.folder, upstream.port)
        try:
            for config, port, list_ in zip(configs, server.ports, requests):
                for request, theirs, ours in zip(
                    list_, ask_envoy(port, list_), ask_sluice(config, list_, self.folder)
                ):
                    yield config, request, theirs, ours
        finally:
            server.close()

    def compare(self, makers):
        """Asks both, and returns how many requests found a route."""
        configs = [maker.config() for maker in makers]
        requests = [[maker.request() for _ in range(REQUESTS)] for maker in makers]
        matched, differences = 0, []
        for answer in self.answers(configs, requests):
            matched += answer[2] not in ("404", "400")
            if answer[2] != answer[3]:
                differences.append(answer)
        for difference in differences[:5]:
            show(*difference)
        self.assertEqual(len(differences), 0)
        return matched

    def test_random_tables_route_alike(self):
        matched = self.compare([random_routes.Maker(seed) for seed in range(TABLES)])
        self.assertGreater(matched, TABLES * REQUESTS // 3)

    def test_random_redirects_and_rewrites_come_out_alike(self):
        matched = self.compare([random_actions.Maker(seed) for seed in range(TABLES // 2)])
        self.assertGreater(matched, TABLES * REQUESTS // 6)

    # Where we mean to differ, each with both answers, so that neither side changes unseen.
    def test_known_differences_stay_as_they_are(self):
        root = one_host(direct("root", {"path": "/"}), direct("other", {"prefix": "/"}))
        lower = {"name": ":authority", "string_match": {"exact": "shop.com"}}
        shop = one_host(direct("lower", {"prefix": "/", "headers": [lower]}))
        plain = host("plain", "a.com", direct("plain", {"prefix": "/"}))
        with_port = host("port", "b.com:80", direct("port", {"prefix": "/"}))
        ports = {"name": "r", "virtual_hosts": [plain, with_port]}
        no_slash = rewriting("regex_rewrite", "^/", "")
        no_host = rewriting("host_rewrite_path_regex", "^/.*$", "/")
        original = "x-envoy-original-path=/x"
        cases = [
            # (configuration, authority, target, Envoy, Sluice)
            # A default port says nothing (RFC 9110 4.2.3), so it is not needed and does not hinder.
            (ports, "a.com:80", "/", "404", "plain"),
            (ports, "b.com", "/", "404", "port"),
            # Merging slashes leaves two of them in Envoy if there is nothing else.
            (root, "a.com", "//", "other", "root"),
            # Host names have no case (RFC 9110 4.2.3); conditions see them in lower case.
            (shop, "Shop.COM", "/", "404", "lower"),
            # A backslash is a slash to some servers and data to others: refused.
            (root, "a.com", "/b\\..", "root", "400"),
            # A rewrite never makes a target without '/' or a host that is none.
            (no_slash, "a.com", "/x", f"a.com x {original}", f"a.com /x {original}"),
            (no_host, "a.com", "/x", "/ /x", "a.com /x"),
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
