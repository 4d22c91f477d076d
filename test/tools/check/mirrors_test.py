"""tools/check mirrors: sources and their tests."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import mirrors

SOURCE = "dataplane/http1/parser.cc"
TEST = "test/dataplane/http1/parser_test.cc"


class MirrorsTest(TinyTreeCase):
  RULE = mirrors

  def test_a_source_with_its_mirror_is_fine(self):
    self.assertEqual([], self.found({SOURCE: "", TEST: ""}))

  def test_a_source_without_test_is_named(self):
    self.assertEqual([(SOURCE + ":", f"has no test: {TEST} is missing")], self.found({SOURCE: ""}))

  def test_a_source_may_be_covered_by_another_test(self):
    other = "test/dataplane/http1/codec_test.cc"
    self.allow("COVERED_BY", {SOURCE: (other, "a part of it")})
    self.assertEqual([(SOURCE + ":", f"has no test: {other} is missing")], self.found({SOURCE: ""}))
    self.assertEqual([], self.found({other: "", "dataplane/http1/codec.h": ""}))

  def test_an_entry_that_is_not_needed_is_named(self):
    self.allow("COVERED_BY", {SOURCE: (TEST, "it was once elsewhere")})
    self.assertEqual([(SOURCE + ":", "needs no entry in COVERED_BY any more")],
                     self.found({SOURCE: "", TEST: ""}))

  def test_main_needs_no_test(self):
    self.assertEqual([], self.found({"dataplane/main/main.cc": ""}))

  def test_a_test_without_source_is_named(self):
    self.assertEqual([(TEST + ":", "tests nothing of its name: dataplane/http1/parser.h is missing")],
                     self.found({TEST: ""}))

  def test_a_header_is_a_source_too(self):
    self.assertEqual([], self.found({TEST: "", "dataplane/http1/parser.h": ""}))

  def test_some_kinds_of_test_have_no_source(self):
    self.assertEqual([], self.found({
        f"test/controlplane/store/{name}.cc": ""
        for name in ("store_contract_test", "queue_model_test", "put_benchmark",
                     "allocation_test")}))

  def test_a_test_of_many_sources_is_named_as_such(self):
    self.allow("TESTS_OF_MANY", {TEST: "a reason"})
    self.assertEqual([], self.found({TEST: ""}))


if __name__ == "__main__":
  unittest_main.main()
