"""tools/check headers: top paragraph, guard, share of comments."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import headers


def header(comments, code):
  return "// What it is.\n#pragma once\n" + "// c\n" * (comments - 1) + "int i;\n" * (code - 1)


class HeadersTest(TinyTreeCase):
  RULE = headers

  def test_a_documented_header_is_fine(self):
    files = {"dataplane/a/a.h": header(3, 7)}
    self.assertEqual(([], []), (self.found(files), self.warned(files)))

  def test_the_first_line_says_what_it_is(self):
    self.assertEqual([("a/a.h:1:", "does not begin with a paragraph on what it is")],
                     self.found({"a/a.h": "#pragma once\n// What it is.\n"}))

  def test_the_guard_is_pragma_once(self):
    self.assertEqual([("a/a.h:", "has no #pragma once")],
                     self.found({"a/a.h": "// What it is.\n#ifndef A_H_\n#endif\n"}))

  def test_few_comments_are_refused(self):
    self.assertEqual([("a/a.h:", "19 % comments, at least 20 % are wanted")],
                     self.found({"a/a.h": header(19, 81)}))

  def test_rather_few_comments_are_warned_of(self):
    files = {"a/a.h": header(29, 71)}
    self.assertEqual([], self.found(files))
    self.assertEqual([("a/a.h:", "29 % comments, 30 to 45 % are usual")], self.warned(files))

  def test_blank_lines_and_comment_marks_in_strings_do_not_count(self):
    text = '// c\n\n\nint a;  // c\nconst char* b = "// no";\n/* c\nc */\nint c;\n'
    self.assertEqual(66, headers.comment_percent(text))

  def test_headers_of_tests_may_be_all_code(self):
    self.assertEqual([], self.found({"test/a/a.h": header(1, 99)}))


if __name__ == "__main__":
  unittest_main.main()
