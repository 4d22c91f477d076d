"""The reading of C++ in tools/check: what counts as comment, include, function."""

import unittest

from bazel import unittest_main
from tools.check import cpp


def functions(text):
  return [(name, lines) for _, name, lines in cpp.functions(text)]


class CppTest(unittest.TestCase):

  def test_strings_and_comments_are_blanked_in_place(self):
    text = "a /* b\n */ \"c // {\" 'd' 1'000 R\"x(\n)\" )x\" e // f"
    blanked = cpp.without_comments_and_strings(text)
    self.assertEqual(len(text), len(blanked))
    self.assertEqual(["a", "1'000", "e"], blanked.split())
    self.assertEqual(text.count("\n"), blanked.count("\n"))

  def test_includes_come_with_line_and_kind(self):
    self.assertEqual([(2, "a/b.h", True), (3, "vector", False)],
                     cpp.includes('// x\n#include "a/b.h"\n# include <vector>\n// #include <c>\n'))

  def test_functions_are_found_in_namespaces_and_classes(self):
    self.assertEqual([("F", 1), ("G", 3)], functions(
        "namespace a {\nclass A : public B<int> {\n public:\n  int F() const { return 1; }\n};\n"
        "}\nextern \"C\" {\nvoid G() {\n  if (x) { y(); }\n}\n}\n"))

  def test_a_function_begins_with_its_signature(self):
    self.assertEqual([(3, "F", 4)], cpp.functions("\n\nvoid F(int a,\n       int b)\n{\n}\n"))

  def test_constructors_end_behind_their_initialisers(self):
    self.assertEqual([("A", 1), ("A::A", 3)], functions(
        "struct A { A() : a_{1}, b_(2) {} };\nA::A(int i)\n    : B<int>{i},\n c_(i) { Use(); }\n"))

  def test_operators_templates_and_tests_have_names(self):
    self.assertEqual([("operator==", 1), ("Max", 2), ("TEST(A, B)", 2)], functions(
        "bool operator==(A a, A b) { return true; }\n"
        "template <typename T = int>\nT Max(T a) { return a; }\nTEST(A, B) {\n}\n"))

  def test_data_is_no_function(self):
    self.assertEqual([], functions(
        "constexpr int kA[] = {1, 2};\nenum class E : int { kA };\nconst auto k = Make({1}, [] {});\n"
        "alignas(64) std::atomic<int> a{0};\n#define M(x) do { x } while (0)\n"))

  def test_what_stands_in_a_function_belongs_to_it(self):
    self.assertEqual([("F", 3), ("G", 1)], functions(
        "void F() {\n  auto g = [](int i) { return i; }; struct L { void M() {} };\n}\n"
        "void G() {}\n"))


if __name__ == "__main__":
  unittest_main.main()
