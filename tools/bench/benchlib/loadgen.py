"""The load client as a Python call."""
import json
import subprocess

from . import process, toolchain
from .errors import BenchError


def run(bench, port, **flags):
    """Runs `load` on the client's core to its end; its JSON. Names as in load.cc
    (path_count for --path-count); raises when a request failed."""
    result = finish(start(bench, port, **flags))
    errors = result["errors"]
    if errors["sum"] or not result["completed"]:
        raise BenchError(f"the load client saw errors: {json.dumps(errors)}, "
                         f"{result['completed']} answers")
    return result


def start(bench, port, **flags):
    """Starts `load` and leaves it running (idle mode)."""
    argv = [toolchain.program("load"), f"--port={port}"]
    for name, value in flags.items():
        option = name.replace("_", "-")
        argv.append(f"--{option}" if value is True else f"--{option}={value}")
    child = process.Process(argv, "load", bench.workdir, process.CLIENT_CPU,
                            stdin=subprocess.PIPE)
    bench.on_exit(child.stop)
    return child


def close(child):
    """Lets an idle client go; its JSON."""
    child.popen.stdin.close()
    return finish(child)


def finish(child):
    """Waits for a client that ends by itself; its JSON, failed requests and all."""
    # The client bounds itself; this is only for a bug in it.
    code = child.popen.wait(700)
    lines = child.stdout_path.read_text().splitlines()
    if code != 0 or not lines:
        raise BenchError(f"load ended with code {code}: {child.stderr_path.read_text()}")
    return json.loads(lines[-1])
