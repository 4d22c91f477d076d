"""Random redirects, rewrites and field changes on top of random routes."""

import random_routes

REGEX_REWRITES = [
    ("^/(a+)", "/x\\1"),
    ("/v1", "/v2"),
    ("^/([^/]+)/(.*)$", "/\\2/\\1"),
    ("b", ""),
    ("a+", "-"),
    ("[0-9]", "\\0\\0"),
    ("$", "/end"),
]
PREFIXES = ["/p", "/p/", "/", "/longer/than/before"]
HOSTS = ["b.example", "b.example:81", "10.0.0.1"]
ACTIONS = [
    "APPEND_IF_EXISTS_OR_ADD",
    "ADD_IF_ABSENT",
    "OVERWRITE_IF_EXISTS_OR_ADD",
    "OVERWRITE_IF_EXISTS",
]
FIELDS = ["x-change-1", "x-change-2", "x-change-3"]


class Maker(random_routes.Maker):
    def regex_rewrite(self):
        pattern, substitution = self.pick(REGEX_REWRITES)
        return {"pattern": {"regex": pattern}, "substitution": substitution}

    def redirect(self):
        action = {}
        action.update(
            self.pick(
                [
                    {},
                    {"https_redirect": True},
                    {"scheme_redirect": "https"},
                    {"scheme_redirect": "other"},
                ]
            )
        )
        action.update(
            self.pick([{}, {"host_redirect": "new.example"}, {"host_redirect": "new.example:82"}])
        )
        action.update(self.pick([{}, {}, {"port_redirect": 8443}]))
        action.update(
            self.pick(
                [
                    {},
                    {"path_redirect": "/new"},
                    {"path_redirect": "/new?own=1"},
                    {"prefix_rewrite": self.pick(PREFIXES)},
                    {"regex_rewrite": self.regex_rewrite()},
                ]
            )
        )
        action.update(self.pick([{}, {"strip_query": True}]))
        action.update(
            self.pick([{}, {"response_code": "FOUND"}, {"response_code": "PERMANENT_REDIRECT"}])
        )
        return action

    def forward(self):
        action = {"cluster": "backend"}
        action.update(
            self.pick(
                [
                    {},
                    {"prefix_rewrite": self.pick(PREFIXES)},
                    {"regex_rewrite": self.regex_rewrite()},
                ]
            )
        )
        action.update(
            self.pick(
                [
                    {},
                    {},
                    {"host_rewrite_literal": self.pick(HOSTS)},
                    {"host_rewrite_header": "x-host"},
                    {
                        "host_rewrite_path_regex": {
                            "pattern": {"regex": "^/([a-z]*).*$"},
                            "substitution": "h\\1.example",
                        }
                    },
                ]
            )
        )
        action.update(self.pick([{}, {"append_x_forwarded_host": True}]))
        return action

    def weighted(self):
        share = {"name": "backend", "weight": 1}
        share.update(self.pick([{}, {"host_rewrite_literal": "share.example"}]))
        share.update(self.changes())
        return {
            "weighted_clusters": {"clusters": [share]},
            **self.pick([{}, {"prefix_rewrite": "/w"}]),
        }

    def addition(self, name):
        value = self.pick(["one", "two", "", "5%%"])
        return {
            "header": {"key": name, "value": value},
            "append_action": self.pick(ACTIONS),
            "keep_empty_value": self.chance(0.5),
        }

    def changes(self):
        """A name at most once in a list: Envoy looks whether it exists before the list's first change."""
        lists = {}
        if self.chance(0.5):
            names = self.dice.sample(FIELDS, self.pick([1, 2]))
            lists["request_headers_to_add"] = [self.addition(name) for name in names]
        if self.chance(0.2):
            lists["request_headers_to_remove"] = [self.pick(FIELDS)]
        return lists

    def route(self, name):
        route = {"name": name, "match": self.match()}
        route["match"].pop("grpc", None)
        if self.chance(0.4):
            route["redirect"] = self.redirect()
        else:
            route["route"] = self.weighted() if self.chance(0.2) else self.forward()
        route.update(self.changes())
        return route

    def config(self):
        config = super().config()
        config.pop(
            "ignore_path_parameters_in_path_matching", None
        )  # what "the matched bytes" are then is anyone's guess
        for host in config["virtual_hosts"]:
            host.update(self.changes())
        config.update(self.changes())
        if self.chance(0.3):
            config["most_specific_header_mutations_wins"] = True
        return config

    def request(self):
        method, authority, target, fields = super().request()
        fields = [f for f in fields if f[0] != "content-type"]
        fields += [
            (self.pick(FIELDS), self.pick(["in", "out"])) for _ in range(self.pick([0, 1, 2]))
        ]
        if self.chance(0.4):
            fields.append(("x-host", self.pick(HOSTS)))
        # We send host names in lower case.
        return method, authority.lower(), target.replace(";x=1", ""), fields
