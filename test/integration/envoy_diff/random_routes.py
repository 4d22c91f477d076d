"""Random route configurations and requests, made of few parts so that rules nest, tie and match."""

import posixpath
import random
import urllib.parse

METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
PARTS = ["/a", "/b", "/ab", "/abc", "/c", "/API", "/api", "/v1", "/x.y", "/", "c", "/a%20b", "/-"]
REQUEST_PARTS = PARTS + ["/./", "/../", "/%61", "/%2e%2e/", "//", "/a;x=1", "/%2D", "/b%2e"]
REGEX_TAILS = [
    ".*",
    "[^/]+",
    "/\\d+",
    "(a|b)c?",
    "(?:/v1)?/.+",
    "x?",
    "a{1,2}",
    "(?i)api",
    "",
    ".*c",
    "\\.y",
]
FIELDS = ["x-team", "x-number", "cookie", "x-empty", "accept", "x-forwarded-prefix"]
VALUES = ["red", "Red", "blue", "redblue", "7", "-3", "12", " 8 ", "a,b", "", "x=1; y=2"]
QUERIES = [
    "",
    "?",
    "?q",
    "?q=1",
    "?q=2&q=1",
    "?a=b&q=1",
    "?Q=1",
    "?q=%31",
    "?q=1&&r",
    "?r=red&q=",
    "?x?q=1",
    "?=1",
]
QUERY_NAMES = ["q", "r", "Q", "a"]
LABELS = ["a", "b", "shop", "a-b"]
ZONES = [".com", ".b.com", ".example.org"]
PORTS = ["", "", "", ":8080", ":443"]


class Maker:
    def __init__(self, seed):
        self.dice = random.Random(seed)

    def pick(self, choices):
        return self.dice.choice(choices)

    def chance(self, share):
        return self.dice.random() < share

    def path(self, parts):
        text = "".join(self.pick(parts) for _ in range(self.dice.randrange(4)))
        return text if text.startswith("/") else "/" + text

    def string_matcher(self):
        kind = self.pick(["exact", "prefix", "suffix", "contains", "safe_regex"])
        if kind == "safe_regex":
            return {
                "safe_regex": {
                    "regex": self.pick(["re.*", "[0-9]+", ".*b", "red|blue", "", ".*"]) or "a?"
                }
            }
        value = self.pick(VALUES).strip()
        if not value and kind != "exact":
            value = "e"
        matcher = {kind: value}
        if self.chance(0.3):
            matcher["ignore_case"] = True
        return matcher

    def header_matcher(self):
        name = self.pick(FIELDS + [":method", ":path", ":authority", "host", "X-Team"])
        matcher = {"name": name}
        kind = self.pick(["string", "string", "string", "present", "range", "none", "old"])
        if name == ":method":
            matcher["string_match"] = {"exact": self.pick(METHODS)}
        elif name == ":path" and self.chance(0.8):
            matcher["string_match"] = self.pick(
                [{"contains": "?q=1"}, {"prefix": "/a"}, {"suffix": "c"}, {"exact": "/a?q=1"}]
            )
        elif name in (":authority", "host"):
            # We see host names in lower case only.
            matcher["string_match"] = {
                "suffix": self.pick([".com", ":8080", "org"]),
                "ignore_case": True,
            }
        elif kind == "string":
            matcher["string_match"] = self.string_matcher()
        elif kind == "present":
            matcher["present_match"] = self.chance(0.6)
        elif kind == "range":
            matcher["range_match"] = {"start": self.pick([-5, 0, 7]), "end": self.pick([0, 8, 13])}
        elif kind == "old":
            old = self.pick(["exact_match", "prefix_match", "suffix_match", "contains_match"])
            matcher[old] = self.pick(["red", "7", "b"])
        if self.chance(0.25):
            matcher["invert_match"] = True
        if self.chance(0.25):
            matcher["treat_missing_header_as_empty"] = True
        return matcher

    def query_matcher(self):
        matcher = {"name": self.pick(QUERY_NAMES)}
        kind = self.pick(["present", "string", "none"])
        if kind == "present":
            matcher["present_match"] = self.chance(0.7)
        elif kind == "string":
            matcher["string_match"] = self.pick(
                [
                    {"exact": "1"},
                    {"exact": ""},
                    {"prefix": "r"},
                    {"safe_regex": {"regex": "[0-9]+"}},
                ]
            )
        return matcher

    def match(self):
        kind = self.pick(["prefix", "path", "path_separated_prefix", "safe_regex", "prefix"])
        text = self.path(PARTS)
        match = {}
        if kind == "safe_regex":
            match["safe_regex"] = {"regex": text + self.pick(REGEX_TAILS)}
        elif kind == "path_separated_prefix":
            match[kind] = text.rstrip("/") or "/a"
        else:
            match[kind] = "" if kind == "prefix" and self.chance(0.05) else text
        if kind != "safe_regex" and self.chance(0.2):
            match["case_sensitive"] = False
        headers = [self.header_matcher() for _ in range(self.pick([0, 0, 0, 1, 1, 2]))]
        if headers:
            match["headers"] = headers
        if self.chance(0.15):
            match["query_parameters"] = [self.query_matcher()]
        if self.chance(0.05):
            match["grpc"] = {}
        if self.chance(0.05):
            match["runtime_fraction"] = {"default_value": {"numerator": self.pick([0, 100])}}
        return match

    def route(self, name):
        return {
            "name": name,
            "match": self.match(),
            "direct_response": {"status": 200, "body": {"inline_string": name}},
        }

    def domain(self):
        name = self.pick(LABELS) + self.pick(ZONES)
        return self.pick(
            [
                name,
                name,
                name + ":8080",
                "*" + self.pick(ZONES),
                "*-b" + self.pick(ZONES),
                self.pick(LABELS) + "*",
                self.pick(LABELS) + ".*",
                name.upper(),
                "[::1]:8080",
                "*:8080",
            ]
        )

    def config(self):
        hosts, taken = [], set()
        for h in range(self.dice.randrange(1, 7)):
            domains = {self.domain() for _ in range(self.dice.randrange(1, 4))}
            domains = sorted(d for d in domains if d.lower() not in taken)
            domains = list({d.lower(): d for d in domains}.values())
            if h == 0 and self.chance(0.7):
                domains.append("*")
            if not domains:
                continue
            taken.update(d.lower() for d in domains)
            count = self.pick([3, 10, 40, 80])
            hosts.append(
                {
                    "name": f"h{h}",
                    "domains": domains,
                    "routes": [self.route(f"h{h}r{r}") for r in range(count)],
                }
            )
        config = {"name": "r", "virtual_hosts": hosts}
        if self.chance(0.3):
            config["ignore_port_in_host_matching"] = True
        if self.chance(0.2):
            config["ignore_path_parameters_in_path_matching"] = True
        return config

    def authority(self):
        name = self.pick(LABELS) + self.pick(ZONES)
        return self.pick(
            [name, name, "x." + name, "Shop.COM", "z-b.com", "[::1]", "elsewhere", name + "."]
        ) + self.pick(PORTS)

    def request_path(self):
        """Never one that comes to nothing but slashes: Envoy leaves "//" as it is, we make it "/"."""
        while True:
            path = self.path(REQUEST_PARTS)
            if "//" not in path or set(posixpath.normpath(urllib.parse.unquote(path))) != {"/"}:
                return path

    def request(self):
        """(method, authority, target, [(name, value), ...])"""
        fields = [
            (self.pick(FIELDS + ["X-TEAM"]), self.pick(VALUES))
            for _ in range(self.pick([0, 0, 1, 2, 3]))
        ]
        if self.chance(0.1):
            fields.append(
                (
                    "content-type",
                    self.pick(
                        [
                            "application/grpc",
                            "application/grpc+proto",
                            "application/grpc-web",
                            "application/grpc;a=b",
                        ]
                    ),
                )
            )
        return (
            self.pick(METHODS),
            self.authority(),
            self.request_path() + self.pick(QUERIES),
            fields,
        )
