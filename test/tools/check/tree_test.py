"""The files that tools/check looks at."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check.tree import Tree


class TreeTest(TinyTreeCase):

  def test_what_git_ignores_is_left_out(self):
    self.write({".gitignore": "# built\n/out/\n/bazel-*\n*.pyc\n", "a.cc": "", "out/b.cc": "",
                "bazel-bin/c.cc": "", "d/out/e.cc": "", "d/f.pyc": "", ".git/config": "",
                ".ci/run": ""})
    self.assertEqual([".ci/run", ".gitignore", "a.cc", "d/out/e.cc"], Tree(self.root).files)

  def test_linked_folders_are_not_followed(self):
    self.write({"a/a.cc": ""})
    (self.root / "b").symlink_to(self.root / "a")
    self.assertEqual(["a/a.cc"], Tree(self.root).files)

  def test_binary_files_have_no_text(self):
    self.write({"a": "x\0y"})
    self.assertEqual("", Tree(self.root).text("a"))

  def test_files_are_selected_by_folder_and_ending(self):
    self.write({"a/b/c.cc": "", "a/b/c.h": "", "ab/c.cc": ""})
    self.assertEqual(["a/b/c.cc"], Tree(self.root).select(["a"], [".cc"]))


if __name__ == "__main__":
  unittest_main.main()
