"""What tools/test counts, from build events as Bazel 4.2 writes them."""

import json
import os
import tempfile
import unittest

from bazel import unittest_main
from tools import test_summary

LABEL = "//test/x:x_test"


class TestSummaryTest(unittest.TestCase):

  def setUp(self):
    self._folder = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
    self._events = [{"id": {"targetConfigured": {"label": LABEL}},
                     "configured": {"targetKind": "cc_test rule"}}]

  def tearDown(self):
    self._folder.cleanup()

  def _path(self, name):
    return os.path.join(self._folder.name, name)

  def _completed(self, success):
    self._events.append({"id": {"targetCompleted": {"label": LABEL}},
                         "completed": {"success": True} if success else {}})

  def _ran(self, status, cases, shard=1, attempt=1):
    xml = self._path(f"test {shard} {attempt}.xml")  # the blank arrives as %20
    with open(xml, "w", encoding="utf-8") as file:
      file.write(cases if cases.startswith("garbage") else
                 f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    self._events.append({
        "id": {"testResult": {"label": LABEL, "run": 1, "shard": shard, "attempt": attempt}},
        "testResult": {"status": status, "testActionOutput": [
            {"name": "test.xml", "uri": "file://" + xml.replace(" ", "%20")}]}})

  def _count(self, exit_code):
    path = self._path("events.json")
    with open(path, "w", encoding="utf-8") as file:
      file.writelines(json.dumps(event) + "\n" for event in self._events)
    tally = test_summary.count(path, exit_code)
    return tally.passed, len(tally.failures)

  def test_each_case_of_a_program_counts(self):
    self._completed(True)
    self._ran("PASSED", '<testcase name="A" status="run"/><testcase name="B" status="run"/>')
    self.assertEqual(self._count(0), (2, 0))

  def test_a_failed_case_counts_beside_the_passed_ones(self):
    self._completed(True)
    self._ran("FAILED", '<testcase name="A"/><testcase name="B"><failure/></testcase>')
    self.assertEqual(self._count(3), (1, 1))

  def test_disabled_and_skipped_cases_count_as_neither(self):
    self._completed(True)
    self._ran("PASSED", '<testcase name="A" status="notrun"/>'
              '<testcase name="B" status="run" result="skipped"/><testcase name="C"/>')
    self.assertEqual(self._count(0), (1, 0))

  def test_a_leak_after_the_last_case_is_one_failed(self):
    self._completed(True)
    self._ran("FAILED", '<testcase name="A"/>')
    self.assertEqual(self._count(3), (1, 1))

  def test_a_timeout_with_a_torn_report_is_one_failed(self):
    self._completed(True)
    self._ran("TIMEOUT", "garbage <")
    self.assertEqual(self._count(3), (0, 1))

  def test_shards_add_up(self):
    self._completed(True)
    self._ran("PASSED", '<testcase name="A"/>', shard=1)
    self._ran("PASSED", '<testcase name="B"/>', shard=2)
    self.assertEqual(self._count(0), (2, 0))

  def test_the_last_attempt_of_a_flaky_test_counts(self):
    self._completed(True)
    self._ran("FAILED", '<testcase name="A"><failure/></testcase>', attempt=1)
    self._ran("FLAKY", '<testcase name="A"/>', attempt=2)
    self.assertEqual(self._count(0), (1, 0))

  def test_a_test_that_does_not_build_is_one_failed(self):
    self._completed(False)
    self.assertEqual(self._count(1), (0, 1))

  def test_a_test_left_out_by_its_tags_counts_as_neither(self):
    self._completed(True)
    self.assertEqual(self._count(4), (0, 0))

  def test_an_error_of_bazel_without_a_failed_test_is_one_failed(self):
    self._completed(True)
    self._ran("PASSED", '<testcase name="A"/>')
    self.assertEqual(self._count(1), (1, 1))

  def test_without_events_the_exit_code_decides(self):
    self._events = []
    self.assertEqual(self._count(2), (0, 1))


unittest_main.main()
