"""Flags, the order of a run, exit codes."""
import argparse
import pathlib
import sys
import time

from . import (breaker_mode, clusters_mode, configs, cpu_mode, gate, host, idle_mode, instructions_mode, peers, report,
               routes_mode, storm_mode, syscalls_mode, toolchain)
from .errors import BenchError
from .session import Bench

MODES = {
    "h1": cpu_mode, "h1-64k": cpu_mode, "open": cpu_mode, "idle": idle_mode,
    "routes": routes_mode, "instructions": instructions_mode, "syscalls": syscalls_mode,
    "retry-storm": storm_mode, "breaker": breaker_mode, "clusters": clusters_mode,
}

DESCRIPTION = """Compares Sluice with HAProxy, nginx and Envoy on this machine, side by side.

modes (each under two minutes with its default rounds):
  h1            CPU per request, 128 B bodies, saturated            [default]
  h1-64k        the same with 64 KiB bodies
  open          CPU per request and latency at a fixed rate (--rate)
  idle          user memory per idle keep-alive connection
  routes        CPU per request with 1, 100, 1,000 and 10,000 routes
  instructions  user instructions per request (callgrind)
  syscalls      system calls per request (strace)
  retry-storm   how much more a failing service is asked through two tiers
                that retry (4 minutes)
  breaker       whether a limit of 100 connections is one, by 1 and 2 workers
  clusters      start with 10,000 clusters and 100,000 endpoints: time, memory"""

EXAMPLES = """examples:
  tools/bench/run --install                 packages and the private environment
  tools/bench/run                           all peers, mode h1
  tools/bench/run h1 --gate                 exit 1 when Sluice misses its targets
  tools/bench/run h1 --peers sluice,nginx --rounds 15
  tools/bench/run open --rate 8000
  tools/bench/run routes --routes 1,10000 --instructions
  tools/bench/run instructions --peers sluice
  tools/bench/run retry-storm --gate        exit 1 above 1.2 times the load
  tools/bench/run --show-config nginx

The proxy has core 0 for itself, client and backend share core 1. The figure to
trust is the ratio to the floor, a bare byte forwarder measured in the same
round. Results: a table here, JSON and a picture in out/bench.
Exit codes: 0 done, 1 gate missed, 2 something is wrong with flags or machine."""


def _numbers(text):
    values = tuple(int(part) for part in text.split(","))
    if not all(1 <= v <= 100_000 for v in values):
        raise argparse.ArgumentTypeError("from 1 to 100000")
    return values


def _names(text):
    names = tuple(text.split(","))
    unknown = [n for n in names if n not in peers.NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown peer {', '.join(unknown)}; "
                                         f"peers: {', '.join(peers.NAMES)}")
    return names


def _within(kind, low, high):
    def convert(text):
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"from {low} to {high}")
        return value
    convert.__name__ = kind.__name__
    return convert


def parser():
    p = argparse.ArgumentParser(
        prog="tools/bench/run", description=DESCRIPTION, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("mode", nargs="?", default="h1", choices=list(MODES), metavar="MODE")
    p.add_argument("--peers", type=_names, metavar="A,B",
                   help="only these (the floor is always added): " + ", ".join(peers.NAMES))
    p.add_argument("--rounds", type=_within(int, 1, 100), metavar="N",
                   help="rounds kept (CPU modes 9, routes 5, idle 3)")
    p.add_argument("--seconds", type=_within(float, 0.1, 120), metavar="S",
                   help="length of one round (1.3; routes 0.6; retry-storm 60)")
    p.add_argument("--rate", type=_within(float, 1, 1e6), default=4000, metavar="R",
                   help="open: requests per second (4000)")
    p.add_argument("--connections", type=_within(int, 1, 30000), metavar="N",
                   help="idle: connections (4000)")
    p.add_argument("--routes", type=_numbers, metavar="N,N", help="routes: sizes of the table")
    p.add_argument("--instructions", action="store_true",
                   help="routes: also user instructions per request (some minutes)")
    p.add_argument("--access-log", choices=("on", "off"), default="on",
                   help="JSON access log of every peer (on)")
    p.add_argument("--sluice", default=str(toolchain.REPO / "bin" / "sluice-proxy"),
                   metavar="PATH", help="the proxy under test (bin/sluice-proxy)")
    p.add_argument("--out", default=str(toolchain.REPO / "out" / "bench"), metavar="DIR")
    p.add_argument("--gate", action="store_true", help="exit 1 when a target is missed")
    p.add_argument("--show-config", choices=[n for n in peers.NAMES if n != "floor"],
                   metavar="PEER", help="print a peer's configuration and end")
    p.add_argument("--install", action="store_true", help="install what is needed and end")
    return p


def main(argv):
    options = parser().parse_args(argv)
    try:
        if options.install:
            toolchain.install()
            return 0
        if options.show_config:
            print(_shown_config(options))
            return 0
        return _run(options)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return 2


def _shown_config(options):
    settings = configs.Settings(
        port=8080, admin_port=9901, backend_port=9000, workdir=pathlib.Path("/tmp/bench"),
        access_log=options.access_log == "on", routes=options.routes[0] if options.routes else 0)
    return peers.find(options.show_config, pathlib.Path(options.sluice)).config_text(settings)


def _run(options):
    described, ticks = host.describe(), host.busy_ticks()
    if described["load_average"] > 1:
        print(f"bench: the machine is busy (load average {described['load_average']}): "
              "read ratios only, and their quartiles", file=sys.stderr)
    with Bench(options) as bench:
        result = MODES[options.mode].run(bench, options)
        measured = dict.fromkeys(r["peer"].split(",")[0] for r in result["rows"])
        result |= {
            "mode": options.mode, "time": time.strftime("%Y-%m-%d %H:%M:%S"),
            "host": described | {"steal_percent": host.steal_percent(ticks, host.busy_ticks())},
            "versions": {n: peers.find(n, bench.sluice_path).version() for n in measured},
            "access_log": options.access_log, "notes": bench.notes,
        }
    print(report.heading(result), "", report.table(result), sep="\n")
    for note in result["notes"]:
        print("note:", note)
    for path in report.write(result, options.out):
        print("written:", path)
    return _gate(options.mode, result) if options.gate else 0


def _gate(mode, result):
    verdicts = gate.judge(mode, result)
    for passed, text in verdicts:
        print("gate:", "ok    " if passed else "MISSED", text)
    return 0 if all(passed for passed, _ in verdicts) else 1
