"""tools/check build: folders and their BUILD.bazel."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import build

SOURCE = "dataplane/http1/parser.cc"
BUILD = "dataplane/http1/BUILD.bazel"


def library(name, sources='glob(["*.cc"])'):
  return f'cc_library(\n    name = "{name}",\n    srcs = {sources},\n)\n'


class BuildTest(TinyTreeCase):
  RULE = build

  def test_one_library_named_like_the_folder_is_fine(self):
    self.assertEqual([], self.found({SOURCE: "", BUILD: library("http1")}))

  def test_a_folder_with_sources_has_a_build_file(self):
    self.assertEqual([("dataplane/http1:", "has sources but no BUILD.bazel")],
                     self.found({SOURCE: ""}))

  def test_the_library_is_named_like_the_folder_and_alone(self):
    self.assertEqual([(BUILD + ":", "has no cc_library named http1"),
                      (BUILD + ":1:", "parser: one library for a folder, http1")],
                     self.found({SOURCE: "", BUILD: library("parser")}))

  def test_filters_have_a_library_each(self):
    self.assertEqual([], self.found({"dataplane/filters/cors.cc": "",
                                     "dataplane/filters/BUILD.bazel": library("cors")}))

  def test_main_alone_needs_no_library(self):
    self.assertEqual([], self.found({
        "dataplane/main/main.cc": "",
        "dataplane/main/BUILD.bazel": 'cc_binary(name = "x", srcs = ["main.cc"])\n'}))

  def test_a_source_that_nothing_compiles_is_named(self):
    self.assertEqual([(SOURCE + ":", f"is named nowhere in {BUILD}")],
                     self.found({SOURCE: "", BUILD: library("http1", '["lexer.cc"]')}))

  def test_a_list_of_names_compiles_its_sources(self):
    self.assertEqual([], self.found({
        "test/dataplane/http1/parser_test.cc": "", "test/dataplane/http1/lexer_test.cc": "",
        "test/dataplane/http1/BUILD.bazel":
            '[cc_test(name = n + "_test", srcs = [n + "_test.cc"]) for n in ["parser", "lexer"]]\n'}))


if __name__ == "__main__":
  unittest_main.main()
