"""Negative cases D 68-76, 78-80: paths and match rules.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/d_path.py [-k case]
"""

from cases import match_cases, path_cases
from harness import bootstrap
from harness.suite import Group, main


def _no(match):
    return bootstrap.reply(match, 403, "no\n")


def _regex(text):
    return {"regex": text}


def _header(name, **matcher):
    return {"name": name, **matcher}


def path_routes():
    return [
        _no({"path_separated_prefix": "/admin"}),
        _no({"path_separated_prefix": "/internal"}),
        _no({"path": "/secret"}),
        bootstrap.forward({"path_separated_prefix": "/api"}, prefix_rewrite="/v1"),
        bootstrap.forward("/"),
    ]


def match_routes():
    tier = _header("x-tier", string_match={"safe_regex": _regex("gold|silver")}, invert_match=True)
    missing = _header("x-tier", present_match=False)
    slow = _header("x-slow", string_match={"safe_regex": _regex("(a+)+")})
    user = _header("x-role", string_match={"exact": "user"})
    admin = _header("x-role", string_match={"contains": "admin"})
    return [
        _no({"prefix": "/tier", "headers": [missing]}),
        _no({"prefix": "/tier", "headers": [tier]}),
        _no({"prefix": "/slow", "headers": [slow]}),
        _no({"safe_regex": _regex("/re/(a+)+")}),
        bootstrap.forward({"prefix": "/role", "headers": [user]}),
        _no("/role"),
        _no({"prefix": "/block", "headers": [admin]}),
        bootstrap.forward("/"),
    ]


def configure(routes):
    def make(upstream, log_path):
        hosts = [bootstrap.virtual_host("all", ["*"], routes)]
        web = bootstrap.listener("web", hosts, log_path, normalize_path=True, merge_slashes=True)
        return bootstrap.text(
            bootstrap.bootstrap([web], [bootstrap.cluster("up", upstream.address)])
        )

    return make


def logged_paths_are_the_forwarded_ones(bench):
    """Rule, log and upstream must hold one identical string (stripped prefixes aside)."""
    forwarded = {target.decode("latin-1") for target in bench.upstream.order}
    logged = {
        line["path"]
        for line in bench.log_lines()
        if line["details"] == "via_upstream" and line["path"]
    }
    # A very long path is cut in the log, never changed.
    odd = sorted(
        path
        for path in logged - forwarded
        if not path.startswith(("/api", "/v1"))
        and not (len(path) >= 4096 and any(target.startswith(path) for target in forwarded))
    )
    return ["logged, but not what the upstream saw: %s" % odd[:10]] if odd else []


if __name__ == "__main__":
    main(
        Group(
            "path",
            configure(path_routes()),
            path_cases.CASES,
            at_end=logged_paths_are_the_forwarded_ones,
        ).tests(),
        Group("match", configure(match_routes()), match_cases.CASES).tests(),
    )
