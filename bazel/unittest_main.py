"""unittest.main() for a py_test, reporting each case to Bazel so that tools/test counts cases.

Use: `from bazel import unittest_main` and, last in the file, `unittest_main.main()`.
"""

import os
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree


class _CaseResult(unittest.TextTestResult):
  """Remembers, per case, how it ended and how long it took."""

  def __init__(self, *args, **kwargs):
    super().__init__(*args, **kwargs)
    self.suite = ElementTree.Element("testsuite", name="unittest")
    self._started = 0.0
    self._current = None

  def startTest(self, test):
    super().startTest(test)
    self._started = time.monotonic()
    classname, _, name = test.id().rpartition(".")
    self._current = ElementTree.SubElement(
        self.suite, "testcase", classname=classname, name=name, status="run")

  def stopTest(self, test):
    self._current.set("time", f"{time.monotonic() - self._started:.3f}")
    super().stopTest(test)

  def _fail(self, err):
    if self._current is None:  # setUpClass failed: there is no case to blame
      self._current = ElementTree.SubElement(self.suite, "testcase", name="setUpClass")
    ElementTree.SubElement(self._current, "failure", message=str(err[1]))

  def addError(self, test, err):
    super().addError(test, err)
    self._fail(err)

  def addFailure(self, test, err):
    super().addFailure(test, err)
    self._fail(err)

  def addSubTest(self, test, subtest, err):
    super().addSubTest(test, subtest, err)
    if err is not None:
      self._fail(err)

  def addSkip(self, test, reason):
    super().addSkip(test, reason)
    ElementTree.SubElement(self._current, "skipped", message=reason)


def main():
  """Runs the cases of the calling script; `--test_filter` selects by part of the name."""
  argv = sys.argv[:1] + ["-v"]
  if os.environ.get("TESTBRIDGE_TEST_ONLY"):
    argv += ["-k", os.environ["TESTBRIDGE_TEST_ONLY"]]
  runner = unittest.TextTestRunner(resultclass=_CaseResult, verbosity=2)
  program = unittest.main(module="__main__", argv=argv, testRunner=runner, exit=False)
  if os.environ.get("XML_OUTPUT_FILE"):
    root = ElementTree.Element("testsuites")
    root.append(program.result.suite)
    ElementTree.ElementTree(root).write(os.environ["XML_OUTPUT_FILE"], encoding="utf-8")
  sys.exit(0 if program.result.wasSuccessful() else 1)
