"""Snapshots that nobody can serve, from a server that does not give up: bad_input.py API_TYPE.

go-control-plane sends a SotW response again as soon as it is refused (a delta one never). After each
bad snapshot the old configuration keeps serving for five seconds (one), and the refusals, the memory
and the processor time of the proxy stay small meanwhile; then a good snapshot is taken.
"""

import base64
import sys
import time

import resources
from support import traffic
from world import World, base

WATCH_S = {"GRPC": 5.0, "DELTA_GRPC": 1.0}
# At 0, 0.2, 0.6, 1.4, 3.0 s after the first (R20), and one for a late clock.
MOST_REFUSALS = 6
MOST_CPU_S = 1.0  # a loop without pauses takes all of a core
MOST_GROWTH_MIB = 8

_NOISE = base64.b64encode(b"\xff\xff\xff not a message").decode()
_UNKNOWN = {
    "name": "unheard-of",
    "typed_config": {
        "@type": "type.googleapis.com/xds.type.v3.TypedStruct",
        "type_url": "type.googleapis.com/example.unheard.of.Filter",
    },
}


def changed(good, name, url, **fields):
    """`good`, with `fields` in the resource of that name and type."""
    return [
        {**r, **fields} if (r["name"], r["any"]["@type"]) == (name, url) else r for r in good
    ]


def cases(world):
    """Yields (what, type that is refused, what the refusal says, snapshot)."""
    good = base(world)
    cluster, listener, routes = resources.CLUSTER, resources.LISTENER, resources.ROUTES
    unknown = resources.listener("edge", "edge_routes", filters=[_UNKNOWN])["any"]
    other = resources.cluster("a", connect_timeout="2s")["any"]
    yield "another type's URL", cluster, "is of type", changed(good, "a", cluster, any=other, claim=listener)
    yield "no message", cluster, "cannot be parsed", changed(good, "a", cluster, noise=_NOISE)
    yield "no message of routes", routes, "cannot be parsed", changed(good, "edge_routes", routes, noise=_NOISE)
    yield "a filter that nobody knows", listener, "'edge'", changed(good, "edge", listener, any=unknown)
    if world.api_type == "GRPC":  # by delta, the cache sends one of them
        twin = {"name": "a-again", "any": other}
        yield "one name twice", cluster, "'a': is more than once", [*good, twin]


def is_old(status, body):
    return (status, body) == (200, "a1")


def watch(world, what, url, says, snapshot):
    mark = world.serve(*snapshot)
    error = world.answered(mark, url, nack=True)
    print(f"{what}: {error}")
    assert says in error, error
    memory, cpu, end = world.proxy.rss_mib(), world.proxy.cpu_seconds(), time.monotonic() + WATCH_S[world.api_type]
    load = traffic.Load(world.address("edge"), "/", is_old, pause=0.02)
    while time.monotonic() < end and not load.failures:
        time.sleep(0.05)
    load.stop()
    growth, cpu = world.proxy.rss_mib() - memory, world.proxy.cpu_seconds() - cpu
    told = [e for e in world.control.since(mark) if e["type"] == url]
    refusals = sum(1 for e in told if e.get("nack"))
    sent = sum(1 for e in told if e["event"] == "response")
    print(f"  {sent} responses, {refusals} refusals, {growth:.1f} MiB, {cpu:.2f} s CPU, {load.sent} requests")
    if world.api_type == "GRPC":
        assert sent >= 3, "the server did not send it again, so this shows nothing"
    assert sent <= MOST_REFUSALS + 1 and refusals <= MOST_REFUSALS
    assert growth <= MOST_GROWTH_MIB and cpu <= MOST_CPU_S


def recover(world, url):
    mark = world.serve(*base(world))
    world.control.wait(
        "an ACK",
        lambda e: e.get("event") == "request" and e["type"] == url and e.get("nonce") and not e.get("nack"),
        since=mark,
    )
    world.becomes("/", 200, "a1")


def missing_cluster(world):
    """No error of the configuration: a route may come before its cluster (R59)."""
    to_ghost, to_a = resources.forward("/ghost", "ghost"), resources.forward("/", "a")
    ghost = resources.route_configuration("edge_routes", to_ghost, to_a)["any"]
    mark = world.serve(*changed(base(world), "edge_routes", resources.ROUTES, any=ghost))
    world.answered(mark, resources.ROUTES)
    world.becomes("/ghost", 503)
    world.stays("/", 200, "a1")


def main(api_type):
    world = World("sluice", api_type)
    try:
        world.serve(*base(world))
        world.becomes("/", 200, "a1")
        for what, url, says, snapshot in cases(world):
            watch(world, what, url, says, snapshot)
            recover(world, url)
        missing_cluster(world)
    except AssertionError:
        print(world.control.tail(), world.proxy.tail(), file=sys.stderr)
        raise
    finally:
        world.proxy.stop()
        world.control.stop()
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
