#!/usr/bin/env python3
"""A "proxy" that copies bytes and checks nothing: what the harness must find fault with.

Takes sluice-proxy's -c FILE and prints its start-up lines; each listener is joined to the first
cluster's endpoint. Used by harness_test.py only.
"""

import asyncio
import json
import signal
import sys


async def _copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        pass


def _write_a_log(listener):
    """One line, since the harness waits for the log to be opened."""
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    path = manager["access_log"][0]["typed_config"]["path"]
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps({"code": 200, "details": "via_upstream"}) + "\n")


async def _serve(config):
    resources = config["static_resources"]
    endpoints = resources["clusters"][0]["load_assignment"]["endpoints"]
    target = endpoints[0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]

    async def join(reader, writer):
        upstream = await asyncio.open_connection(target["address"], target["port_value"])
        await asyncio.gather(_copy(reader, upstream[1]), _copy(upstream[0], writer))
        upstream[1].close()
        writer.close()

    for listener in resources["listeners"]:
        _write_a_log(listener)
        server = await asyncio.start_server(join, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        print(json.dumps({"listener": listener["name"], "address": "127.0.0.1:%d" % port}))
    print(json.dumps({"ready": True}), flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


if __name__ == "__main__":
    with open(sys.argv[sys.argv.index("-c") + 1], encoding="utf-8") as file:
        asyncio.run(_serve(json.load(file)))
