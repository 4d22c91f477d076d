"""tools/check shape: sizes of files and functions, number of includes."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import shape


def function(lines, name="F"):
  return f"void {name}() {{\n" + "  a();\n" * (lines - 2) + "}\n"


class ShapeTest(TinyTreeCase):
  RULE = shape

  def test_files_stop_at_600_lines(self):
    self.assertEqual([], self.found({"a/a.cc": "\n" * 600}))
    self.assertEqual([("a/a.cc:", "601 lines, the hard stop is 600")],
                     self.found({"a/a.cc": "\n" * 601}))

  def test_tables_may_be_named_as_exceptions(self):
    self.allow("LONG_FILES", {"a/table.cc": "a table"})
    self.assertEqual([], self.found({"a/table.cc": "\n" * 900}))

  def test_the_messages_of_others_are_not_measured(self):
    self.assertEqual([], self.found({"api/envoy/a.proto": "\n" * 900}))

  def test_functions_stop_at_80_lines(self):
    self.assertEqual([], self.found({"a/a.cc": function(80)}))
    self.assertEqual([("a/a.cc:2:", "F has 81 lines, the hard stop is 80")],
                     self.found({"a/a.cc": "\n" + function(81)}))

  def test_functions_of_scripts_stop_there_too(self):
    self.assertEqual([("a/a.py:1:", "f has 81 lines, the hard stop is 80")],
                     self.found({"a/a.py": "def f():\n" + "  a()\n" * 80}))

  def test_a_long_function_may_be_named_as_an_exception(self):
    self.allow("LONG_FUNCTIONS", {"a/a.cc F": "a switch over a table"})
    self.assertEqual([], self.found({"a/a.cc": function(81)}))

  def test_a_source_has_at_most_40_own_includes(self):
    text = "".join(f'#include "dataplane/a/{i}.h"\n' for i in range(40)) + "#include <vector>\n"
    self.assertEqual([], self.found({"a/a.cc": text}))
    self.assertEqual([("a/a.cc:", "41 own includes, the limit is 40")],
                     self.found({"a/a.cc": text + '#include "envoy/a.pb.h"\n'}))

  def test_many_long_functions_are_warned_of(self):
    short = "".join(function(3, f"S{i}") for i in range(95))
    long = "".join(function(41, f"L{i}") for i in range(5))
    self.assertEqual([], self.warned({"a/a.cc": short, "a/b.cc": long}))
    self.assertEqual([(".:", "p95 of 101 functions is 41 lines, the target is 40")],
                     self.warned({"a/c.cc": function(41, "L6")}))


if __name__ == "__main__":
  unittest_main.main()
