"""Flags, the order of the rules, what is printed and how it ends."""

import argparse
import pathlib
import sys

from . import build, headers, layers, mirrors, shape, words
from .finding import Finding
from .tree import Tree

RULES = {"layers": layers, "shape": shape, "mirrors": mirrors, "headers": headers,
         "words": words, "build": build}

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

EXAMPLES = """
examples:
  tools/check/run                              all rules over the whole tree
  tools/check/run layers mirrors               two of them
  tools/check/run --below dataplane/http2      what is found there and in test/dataplane/http2
  tools/check/run --no-warnings                only what makes it fail

Exit code: 0 nothing found (warnings do not count), 1 findings, 2 wrong flags.
Exceptions, each with its reason, are in tools/check/exceptions.py; the order of the folders is in
bazel/layers.bzl.
"""


def _parse(argv):
  rules = "\n".join(f"  {name:8} {module.__doc__.splitlines()[0]}" for name, module in RULES.items())
  parser = argparse.ArgumentParser(
      prog="tools/check/run", formatter_class=argparse.RawDescriptionHelpFormatter,
      description="Checks the layout and the house style of the sources.\n\nrules:\n" + rules,
      epilog=EXAMPLES)
  parser.add_argument("rules", metavar="RULE", nargs="*", help="the rules to run; default: all")
  parser.add_argument("--below", metavar="FOLDER", action="append", default=[],
                      help="show only what is found in FOLDER or test/FOLDER; may be repeated")
  parser.add_argument("--no-warnings", action="store_true", help="show only what makes it fail")
  parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="another tree")
  arguments = parser.parse_args(argv)
  unknown = [name for name in arguments.rules if name not in RULES]
  if unknown:
    parser.error(f"unknown rule: {' '.join(unknown)}; there are {' '.join(RULES)}")
  if not arguments.root.is_dir():
    parser.error(f"--root: no folder {arguments.root}")
  return arguments


def run(tree, names=tuple(RULES)):
  """The findings of the rules called `names`, by rule, then place."""
  found = []
  for name in names:
    found += sorted(RULES[name].check(tree))
  return found


def report(found):
  """One line each, aligned."""
  width = max((len(f.place()) for f in found), default=0)
  rules = max((len(f.rule) for f in found), default=0) + 1
  return [f"{f.place():{width}} {f.rule + ':':{rules}} {'warning: ' if f.warning else ''}{f.text}"
          for f in found]


def _is_below(finding: Finding, folders):
  heads = tuple(head for f in folders for head in (f.rstrip("/") + "/", f"test/{f.rstrip('/')}/"))
  return not folders or (finding.path + "/").startswith(heads)


def main(argv):
  arguments = _parse(argv)
  found = [f for f in run(Tree(arguments.root), arguments.rules or tuple(RULES))
           if _is_below(f, arguments.below) and not (f.warning and arguments.no_warnings)]
  for line in report(found):
    print(line)
  warnings = sum(f.warning for f in found)
  print(f"{len(found) - warnings} findings, {warnings} warnings")
  return 1 if len(found) > warnings else 0


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
