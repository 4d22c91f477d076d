#!/usr/bin/env python3
"""The bench against itself: its programs on loopback, and the driver's arithmetic."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))  # for a run without Bazel

from bazel import unittest_main  # noqa: E402
from tools.bench.benchlib import (  # noqa: E402
    configs, gate, quartiles, report, syscalls_mode, toolchain)


def program(name):
    """As Bazel built it, else as the driver compiles it."""
    built = ROOT / "tools" / "bench" / name
    return built if built.exists() else toolchain.program(name)


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        self.backend = self.serve("backend")
        self.floor = self.serve("floor", f"--upstream-port={self.backend}")

    def serve(self, name, *flags):
        child = subprocess.Popen([program(name), "--max-seconds=60", *flags],
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return json.loads(child.stdout.readline())["port"]

    def load(self, *flags):
        done = subprocess.run([program("load"), *flags], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_sends_exactly_the_requests_asked_for(self):
        [result] = self.load(f"--port={self.floor}", "--connections=8", "--requests=1000")
        self.assertEqual(result["completed"], 1000)
        self.assertEqual(result["errors"]["sum"], 0)

    def test_the_last_path_segment_is_the_body_size_through_the_floor(self):
        for path, count in (("/3000000", 1), ("/r%d/3000000", 7)):
            [result] = self.load(f"--port={self.floor}", "--connections=2", "--requests=20",
                                 f"--path={path}", f"--path-count={count}")
            self.assertEqual(result["completed"], 20)
            heads = result["bytes"] - 20 * 3000000
            self.assertTrue(0 < heads < 20 * 200, heads)

    def test_idle_connections_stay_open_after_one_request_each(self):
        ready, result = self.load(f"--port={self.floor}", "--connections=300", "--idle")
        self.assertEqual(ready, {"ready": True, "open": 300, "errors": 0})
        self.assertEqual(result["completed"], 300)

    def test_the_open_loop_keeps_its_rate(self):
        [result] = self.load(f"--port={self.floor}", "--connections=8", "--rate=500",
                             "--duration=0.5")
        self.assertEqual(result["completed"], 250)
        self.assertGreater(result["seconds"], 0.49)

    def test_the_open_loop_counts_latency_from_when_a_request_was_due(self):
        # One connection and bodies that take longer than the interval: a client that
        # counted from sending would report one transfer, not the growing wait.
        flags = ("--connections=1", "--path=/16000000", "--requests=40")
        [closed] = self.load(f"--port={self.backend}", *flags)
        [open_loop] = self.load(f"--port={self.backend}", *flags, "--rate=100000")
        self.assertEqual(open_loop["completed"], 40)
        self.assertGreater(open_loop["latency_us"]["max"], 10 * closed["latency_us"]["p50"])

    def test_a_refused_connection_is_an_error_and_ends_the_run(self):
        [result] = self.load("--port=1", "--connections=2", "--requests=10")
        self.assertEqual(result["errors"]["connect"], 2)
        self.assertEqual(result["completed"], 0)


class DriverTest(unittest.TestCase):
    def test_ratios_are_taken_round_by_round(self):
        row = quartiles.row("nginx", [20, 60, 40], [10, 30, 20])
        self.assertEqual(row["ratio"], {"median": 2, "q1": 2, "q3": 2, "min": 2})
        self.assertEqual(row["value"]["median"], 40)

    def test_strace_tables_are_read_with_and_without_errors(self):
        table = ("% time     seconds  usecs/call     calls    errors syscall\n"
                 " 60.00    0.1    2    2500    12 recvfrom\n"
                 " 40.00    0.1    2    1300       epoll_wait\n"
                 "100.00    0.2    2    3800    12 total\n")
        self.assertEqual(syscalls_mode.parse(table), {"recvfrom": 2500, "epoll_wait": 1300})

    def test_no_mark_is_left_in_a_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            for routes in (0, 3):
                s = configs.Settings(1, 2, 3, pathlib.Path(folder), routes=routes)
                for text in (configs.nginx(s), configs.haproxy(s), configs.envoy(s)):
                    self.assertNotRegex(text, r"@[A-Z_]+@")
                self.assertEqual(configs.envoy(s).count("match: {prefix:"), routes or 1)

    def test_the_table_leaves_out_columns_without_content(self):
        result = {"metric": "m", "rows": [quartiles.row("floor", [1.0], [1.0])]}
        self.assertEqual(report.table(result).split(), ["peer", "m", "ratio", "to", "floor",
                                                        "floor", "1.00", "1.00"])


class GateTest(unittest.TestCase):
    def verdict(self, mode, **medians):
        floor = [10.0, 10.0, 10.0]
        rows = [quartiles.row(peer, [m * 0.9, m, m * 1.1], floor) for peer, m in medians.items()]
        return all(passed for passed, _ in gate.judge(mode, {"rows": rows}))

    def test_passes_when_every_target_is_met(self):
        self.assertTrue(self.verdict("h1", floor=10, sluice=12, haproxy=13, nginx=14, envoy=40))

    def test_misses_above_a_quarter_over_the_floor(self):
        self.assertFalse(self.verdict("h1", floor=10, sluice=13, haproxy=20, nginx=20, envoy=60))

    def test_misses_above_the_upper_quartile_of_a_peer(self):
        self.assertTrue(self.verdict("h1", floor=10, sluice=12, haproxy=11.6, nginx=14, envoy=40))
        self.assertFalse(self.verdict("h1", floor=10, sluice=12, haproxy=11, nginx=14, envoy=40))

    def test_misses_above_a_third_of_envoy(self):
        self.assertFalse(self.verdict("h1", floor=10, sluice=12, haproxy=13, nginx=14, envoy=35))

    def test_misses_when_a_peer_was_not_measured(self):
        self.assertFalse(self.verdict("h1", floor=10, sluice=12, haproxy=13, nginx=14))
        self.assertFalse(self.verdict("idle", floor=128, nginx=600))

    def test_limits_bytes_of_an_idle_connection(self):
        self.assertTrue(self.verdict("idle", floor=128, sluice=500))
        self.assertFalse(self.verdict("idle", floor=128, sluice=520))


if __name__ == "__main__":
    unittest_main.main()
