"""The exit criteria of the project, applied to one result.

Medians are compared. "Not above a peer" means not above its upper quartile:
within the spread of the peer's own rounds nobody is ahead.
"""

MAX_FLOOR_RATIO = {"h1": 1.25, "open": 1.15}
MAX_ENVOY_SHARE = 1 / 3
MAX_IDLE_BYTES = 512
MAX_INSTRUCTIONS = 6000
MAX_DATA_SYSCALLS = 4.1
MAX_AMPLIFICATION = 1.2
MAX_CONNECTIONS = 100
MAX_SECONDS_TO_SERVE = 2
# CPU with the most routes over CPU with the fewest, both as ratio to the floor.
MAX_ROUTE_GROWTH = 1.15


def judge(mode, result):
    """(passed, text) per criterion; empty when the mode has none. A criterion
    whose peer was not measured is missed: a gate must not pass unseen."""
    rows = {(r["group"], r["peer"]): r for r in result["rows"]}
    return list(_RULES[mode](rows))


def _cpu(mode):
    def rules(rows):
        sluice = rows.get(("", "sluice"))
        if sluice is None:
            yield False, "sluice was not measured"
            return
        own = sluice["ratio"]["median"]
        if mode in MAX_FLOOR_RATIO:
            yield _at_most("sluice / floor", own, MAX_FLOOR_RATIO[mode])
        for name in ("haproxy", "nginx"):
            peer = rows.get(("", name))
            yield (_at_most(f"sluice against {name}'s upper quartile", own, peer["ratio"]["q3"])
                   if peer else (False, f"{name} was not measured"))
        envoy = rows.get(("", "envoy"))
        yield (_at_most("sluice / envoy", own / envoy["ratio"]["median"], MAX_ENVOY_SHARE)
               if envoy else (False, "envoy was not measured"))
    return rules


def _limit(label, limit):
    def rules(rows):
        found = [(group, r) for (group, peer), r in rows.items() if peer == "sluice"]
        if not found:
            yield False, "sluice was not measured"
        for group, row in found:
            yield _at_most(f"{label} {group}".strip(), row["value"]["median"], limit)
    return rules


def _routes(rows):
    own = [r["ratio"]["median"] for (_, peer), r in rows.items() if peer == "sluice"]
    if len(own) < 2:
        yield False, "sluice was not measured with two sizes of the table"
        return
    yield _at_most("most routes / fewest routes", own[-1] / own[0], MAX_ROUTE_GROWTH)


def _at_most(label, value, limit):
    return value <= limit, f"{label}: {value:.2f}, allowed {limit:.2f}"


_RULES = {
    "h1": _cpu("h1"),
    "h1-64k": _cpu("h1-64k"),
    "open": _cpu("open"),
    "idle": _limit("bytes per idle connection", MAX_IDLE_BYTES),
    "instructions": _limit("instructions per request", MAX_INSTRUCTIONS),
    "syscalls": _limit("data syscalls per request,", MAX_DATA_SYSCALLS),
    "routes": _routes,
    "breaker": _limit("most connections at once,", MAX_CONNECTIONS),
    "clusters": _limit("seconds to serve", MAX_SECONDS_TO_SERVE),
    "retry-storm": _limit("upstream load over client load", MAX_AMPLIFICATION),
}
