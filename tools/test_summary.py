"""Runs `bazel test` and counts test cases instead of targets; called by tools/test.

What is counted comes from Bazel's build events, not from the folder of logs, which may hold results
of earlier runs. A test program's cases are those in its test.xml. A program that dies, hangs, leaks
after its last case or does not even build has no failed case there: it counts as one failed.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Below these, TSan runs: the data plane, alone and as a process. gRPC is not instrumented.
TSAN_FOLDERS = ["test/smoke", "test/dataplane", "test/integration"]

NOISE = re.compile(
    r"^There were tests whose specified size is too big|^INFO: Invocation ID|^Loading: |^\s*$"
    r"|^INFO: Build options .* have changed")

EXAMPLES = """
examples:
  tools/test                                      everything
  tools/test //test/dataplane/...                 one part
  tools/test --asan //test/dataplane/http1:all    with address and undefined-behaviour sanitizer
  tools/test --tsan                               the data plane with the thread sanitizer
  tools/test --layering                           builds with Clang, which checks the includes
  tools/test //test/dataplane/http1:parser_test --test_filter='ParserTest.*' --runs_per_test=20

Options not listed here go to `bazel test`. Tests tagged no-asan or no-tsan are left out of that run.
"""


def parse_arguments(argv):
  parser = argparse.ArgumentParser(
      prog="tools/test", description="Runs Sluice's tests. The last line is 'N passed, N failed'.",
      epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
  mode = parser.add_mutually_exclusive_group()
  mode.add_argument("--asan", dest="mode", action="store_const", const="asan")
  mode.add_argument("--tsan", dest="mode", action="store_const", const="tsan")
  mode.add_argument("--layering", dest="mode", action="store_const", const="layering",
                    help="build only: counts one passed or one failed")
  parser.add_argument("--output_base", metavar="DIR", help="Bazel's folder, to run beside another")
  parser.add_argument("targets", nargs="*", help="Bazel targets; default: //...")
  arguments, bazel_options = parser.parse_known_args(argv)
  unknown = [o for o in bazel_options if not o.startswith("--")]
  if unknown:
    parser.error("unknown: " + " ".join(unknown))
  return arguments, bazel_options


def default_targets(mode):
  if mode != "tsan":
    return ["//..."]
  return [f"//{f}/..." for f in TSAN_FOLDERS if next((ROOT / f).rglob("BUILD.bazel"), None)]


def bazel_command(arguments, bazel_options, events_file):
  command = ["bazel"]
  if arguments.output_base:
    command.append("--output_base=" + arguments.output_base)
  command.append("build" if arguments.mode == "layering" else "test")
  command += ["--keep_going", "--color=no", "--curses=no", "--show_progress_rate_limit=5",
              "--noshow_loading_progress", f"--build_event_json_file={events_file}"]
  if arguments.mode:
    command.append("--config=" + arguments.mode)
  if arguments.mode in ("asan", "tsan"):
    # What no test uses need not be built again: generated stubs take most of the time.
    command += [f"--test_tag_filters=-no-{arguments.mode}", "--build_tests_only"]
  return command + bazel_options + ["--"] + (arguments.targets or default_targets(arguments.mode))


def run(command):
  """Runs Bazel, passing its output on as it comes; returns its exit code."""
  process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, errors="replace")
  try:
    for line in process.stdout:
      if not NOISE.search(line):
        print(line, end="", flush=True)
    return process.wait()
  except KeyboardInterrupt:
    process.terminate()
    process.wait()
    return 8  # Bazel's own code for "interrupted"


class Tally:
  """Counts what passed and failed, with the names of what failed."""

  def __init__(self):
    self.passed = 0
    self.failures = []

  def add_shard(self, label, result):
    """Adds one testResult event: one run of one test program."""
    failures_before = len(self.failures)
    for case in cases_of(result):
      name = f"{label} {case.get('classname', '')}.{case.get('name', '')}"
      if case.find("failure") is not None or case.find("error") is not None:
        self.failures.append(name)
      elif case.get("status") != "notrun" and case.get("result") != "skipped" and (
          case.find("skipped") is None):
        self.passed += 1
    status = result.get("status")
    if status not in ("PASSED", "FLAKY") and len(self.failures) == failures_before:
      self.failures.append(f"{label} ({status})")


def cases_of(result):
  uris = [o["uri"] for o in result.get("testActionOutput", []) if o.get("name") == "test.xml"]
  cases = []
  for uri in uris:
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    try:
      cases += ElementTree.parse(path).getroot().iter("testcase")
    except (OSError, ElementTree.ParseError):
      pass  # died before or while writing it: add_shard counts the status
  return cases


def read_events(path):
  if not os.path.exists(path):
    return
  with open(path, encoding="utf-8", errors="replace") as file:
    for line in file:
      try:
        yield json.loads(line)
      except json.JSONDecodeError:
        return  # Bazel was killed while writing


def count(events_file, exit_code):
  """The Tally of one `bazel test` run that ended with `exit_code`."""
  shards, kinds, built, ran = {}, {}, set(), set()
  for event in read_events(events_file):
    key = event.get("id", {})
    if "testResult" in key:
      k = key["testResult"]
      # Later attempts of a flaky test overwrite earlier ones.
      shards[(k["label"], k.get("run"), k.get("shard"))] = event.get("testResult", {})
      ran.add(k["label"])
    elif "targetConfigured" in key and "configured" in event:
      kinds[key["targetConfigured"]["label"]] = event["configured"].get("targetKind", "")
    elif "targetCompleted" in key:
      label = key["targetCompleted"]["label"]
      if event.get("completed", {}).get("success"):
        built.add(label)
      else:
        kinds.setdefault(label, "")

  tally = Tally()
  for (label, _, _), result in sorted(shards.items(), key=lambda item: str(item[0])):
    tally.add_shard(label, result)
  for label, kind in sorted(kinds.items()):
    if "_test rule" in kind and label not in built and label not in ran:
      tally.failures.append(f"{label} (not built)")
  if exit_code not in (0, 4) and not tally.failures:  # 4: no tests found
    tally.failures.append(f"bazel ended with code {exit_code}")
  return tally


def main(argv):
  arguments, bazel_options = parse_arguments(argv)
  with tempfile.TemporaryDirectory(prefix="sluice-test-") as folder:
    events_file = os.path.join(folder, "events.json")
    exit_code = run(bazel_command(arguments, bazel_options, events_file))
    if arguments.mode == "layering":
      tally = Tally()
      if exit_code == 0:
        tally.passed = 1
      else:
        tally.failures.append("the Clang build with layering_check")
    else:
      tally = count(events_file, exit_code)
  for name in tally.failures:
    print("FAILED", name)
  print(f"{tally.passed} passed, {len(tally.failures)} failed", flush=True)
  return 0 if not tally.failures else 1


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
