"""Every kind of change from go-control-plane, with traffic checked after each: steps.py KIND API_TYPE.

Envoy and Sluice start from the same file, get the same snapshots, and must serve the same.
"""

import sys

import resources
from support import traffic
from world import World, base


def add(world):
    mark = world.serve(*base(world))
    world.becomes("/", 200, "a1")
    world.becomes("/b", 200, "b1")
    for url in resources.CLUSTER, resources.ENDPOINTS, resources.LISTENER, resources.ROUTES:
        world.answered(mark, url)


def change_under_traffic(world):
    load = traffic.Load(world.address("edge"), "/")
    load.more()
    mark = world.serve(*base(world, a="a2"))
    world.answered(mark, resources.ENDPOINTS)
    world.becomes("/", 200, "a2")
    load.more()
    mark = world.serve(*base(world, a="a2", to="b"))
    world.answered(mark, resources.ROUTES)
    world.becomes("/", 200, "b1")
    load.more()
    load.stop()
    assert load.bodies == {"a1", "a2", "b1"}, load.bodies
    print(f"{load.sent} requests around two changes, none failed")


def refuse_and_recover(world):
    good = base(world, a="a2", to="b")
    bad = {"match": {"safe_regex": {"regex": "/(unclosed"}}, "route": {"cluster": "a"}}
    broken = resources.route_configuration("edge_routes", bad, resources.forward("/", "a"))
    mark = world.serve(good[0], broken, *good[2:])
    error = world.answered(mark, resources.ROUTES, nack=True)
    print("refusal:", error)
    if world.kind == "sluice":  # Envoy tells what is wrong, not where
        assert "'edge_routes'" in error and "routes[0].match.safe_regex" in error, error
    world.stays("/", 200, "b1")
    mark = world.serve(*base(world, a="a2"))
    world.becomes("/", 200, "a2")


def add_and_remove_a_listener(world):
    more = resources.listener("more", routes=[resources.reply("/", "hello")])
    world.serve(*base(world, a="a2"), more)
    world.becomes("/", 200, "hello", listener="more")
    place = world.address("more")
    mark = world.serve(*base(world, a="a2"))
    world.answered(mark, resources.LISTENER)
    world.closes(place)
    world.stays("/", 200, "a2")


def remove_a_cluster(world):
    mark = world.serve(*base(world, a="a2", clusters=("a",)))
    world.answered(mark, resources.CLUSTER)
    world.becomes("/b", 503)
    world.stays("/", 200, "a2")
    world.serve(*base(world, a="a2"))
    world.becomes("/b", 200, "b1")


def remove_everything(world):
    place = world.address("edge")
    world.serve()
    world.closes(place)


STEPS = [add, change_under_traffic, refuse_and_recover, add_and_remove_a_listener, remove_a_cluster, remove_everything]


def main(kind, api_type):
    world = World(kind, api_type)
    try:
        for step in STEPS:
            step(world)
            print(f"ok: {step.__name__}", flush=True)
    except AssertionError:
        print(world.control.tail(), world.proxy.tail(), file=sys.stderr)
        raise
    finally:
        world.proxy.stop()
        world.control.stop()
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
