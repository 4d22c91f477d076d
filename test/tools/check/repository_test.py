"""The repository keeps its own rules: one case for each rule of tools/check/run."""

import pathlib
import unittest

from bazel import unittest_main
from tools.check import cli
from tools.check.tree import Tree

# Out of the runfiles into the tree they were linked from.
ROOT = pathlib.Path(cli.__file__).resolve().parent.parent.parent


class RepositoryTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.tree = Tree(ROOT)

  def test_all_sources_are_in_sight(self):
    for path in ("WORKSPACE", "bazel/layers.bzl", "dataplane/base/clock.h", "tools/check/run"):
      self.assertIn(path, self.tree.file_set, f"{ROOT} is not the source tree")


def _case(name):
  def test(self):
    found = [f for f in cli.run(self.tree, [name]) if not f.warning]
    if found:
      self.fail("\n".join(["", *cli.report(found)]))
  return test


for rule in cli.RULES:
  setattr(RepositoryTest, f"test_{rule}", _case(rule))


if __name__ == "__main__":
  unittest_main.main()
