"""A made-up source tree, and no exceptions but those a test names."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

from tools.check import exceptions
from tools.check.tree import Tree

_EXCEPTIONS = ("LONG_FILES", "LONG_FUNCTIONS", "LIBRARIES", "TEST_EXTRA_INCLUDES", "COVERED_BY",
               "TESTS_OF_MANY", "FOREIGN_NAMES", "REGISTRY_FILES")


class TinyTreeCase(unittest.TestCase):
  """The base of tests of one rule: set RULE to its module."""

  RULE = None

  def setUp(self):
    folder = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)
    for name in _EXCEPTIONS:
      self.allow(name, {})

  def allow(self, name, entries):
    """Sets one dictionary of exceptions for this test."""
    patch = mock.patch.object(exceptions, name, entries)
    patch.start()
    self.addCleanup(patch.stop)

  def write(self, files):
    for path, text in files.items():
      file = self.root / path
      file.parent.mkdir(parents=True, exist_ok=True)
      file.write_text(text, encoding="utf-8")

  def found(self, files=None):
    """[(place, text)] of what the rule finds in a tree of `files`, warnings left out."""
    return [(f.place(), f.text) for f in self._check(files) if not f.warning]

  def warned(self, files=None):
    return [(f.place(), f.text) for f in self._check(files) if f.warning]

  def _check(self, files):
    self.write(files or {})
    return sorted(self.RULE.check(Tree(self.root)))
