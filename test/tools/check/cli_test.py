"""Flags, output and exit code of tools/check/run."""

import contextlib
import io

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import cli

BAD = {"bazel/layers.bzl": "LAYERS = {}\n", "a/long_name.cc": "\tint i;\n", "a/b.h": "int i;\n"}


class CliTest(TinyTreeCase):

  def run_cli(self, *argv):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
      try:
        code = cli.main([*argv, "--root", str(self.root)])
      except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines()

  def test_a_clean_tree_ends_with_0(self):
    self.write({"bazel/layers.bzl": "LAYERS = {}\n"})
    self.assertEqual((0, ["0 findings, 0 warnings"]), self.run_cli())

  def test_findings_end_with_1_and_stand_below_each_other(self):
    self.write(BAD)
    code, lines = self.run_cli()
    self.assertEqual(1, code)
    self.assertEqual("4 findings, 0 warnings", lines[-1])
    columns = {line.index(rule) for line in lines for rule in ("headers:", "words:") if rule in line}
    self.assertEqual({len("a/long_name.cc:1: ")}, columns)

  def test_one_rule_can_be_run_alone(self):
    self.write(BAD)
    self.assertEqual((1, ["a/long_name.cc:1: words: a tab", "1 findings, 0 warnings"]),
                     self.run_cli("words"))

  def test_only_what_lies_below_a_folder_and_its_tests_is_shown(self):
    self.write({**BAD, "test/a/b.cc": "\t\n", "ab/c.cc": "\t\n"})
    _, lines = self.run_cli("words", "--below", "a")
    self.assertEqual(["a/long_name.cc:1:", "test/a/b.cc:1:"], [l.split()[0] for l in lines[:-1]])

  def test_warnings_do_not_fail(self):
    self.write({"a/a.h": "// What it is.\n#pragma once\nint i;\nint j;\n"})
    code, lines = self.run_cli("headers")
    self.assertEqual((0, "0 findings, 1 warnings"), (code, lines[-1]))
    self.assertIn("warning: ", lines[0])
    self.assertEqual(["0 findings, 0 warnings"], self.run_cli("headers", "--no-warnings")[1])

  def test_an_unknown_rule_ends_with_2_and_names_those_there_are(self):
    code, lines = self.run_cli("shapes")
    self.assertEqual(2, code)
    self.assertIn("layers shape mirrors", lines[-1])

  def test_help_has_a_line_for_each_rule_and_examples(self):
    _, lines = self.run_cli("--help")
    text = "\n".join(lines)
    self.assertIn("examples:", text)
    for rule in cli.RULES:
      self.assertRegex(text, rf"\n  {rule} +\w")


if __name__ == "__main__":
  unittest_main.main()
