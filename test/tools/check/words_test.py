"""tools/check words. What must not stand in the tree is put together here from parts."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import words

TO_DO = "TO" + "DO"
USING = "using " + "namespace"


class WordsTest(TinyTreeCase):
  RULE = words

  def test_plain_text_is_fine(self):
    self.assertEqual([], self.found({
        "a/a.cc": f"// {TO_DO}(#12): later\nclass DatabaseReader {{}};\n{USING} std::literals;\n",
        "a/b.md": "see dataplane/network/ and https://host/workshop/\n"}))

  def test_paths_of_one_machine_are_found_in_any_text(self):
    for path in ("/wo" + "rk/x", "/tm" + "p/ob/x", "/ro" + "ot/.cache"):
      (place, text), = self.found({"a.md": "\nsee " + path})
      self.assertEqual("a.md:2:", place)
      self.assertIn("is a path of one machine", text)

  def test_hosts_of_registries_are_found_unless_a_format_asks_for_them(self):
    host = "crates" + ".io"
    self.assertEqual([("Cargo.lock:1:", f"'{host}' is the host of a registry")],
                     self.found({"Cargo.lock": host}))
    self.allow("REGISTRY_FILES", {"Cargo.lock": "its format"})
    self.assertEqual([], self.found())

  def test_types_say_what_they_are(self):
    for name in ("ParserImpl", "CacheManager", "StringUtils", "RowHelper", "Base"):
      self.assertEqual([("a/a.h:2:", f"'{name}' says nothing of what it is")],
                       self.found({"a/a.h": f"\nclass {name} final : public X {{\n"}))

  def test_names_of_others_may_be_declared_and_listed(self):
    self.assertEqual([], self.found({"a/a.h": "class ManagerOfOthers;\nclass GrpcImpl;\n"}))
    self.allow("FOREIGN_NAMES", {"HttpConnectionManager": "xDS"})
    self.assertEqual([], self.found({"a/a.h": "struct HttpConnectionManager {\n"}))

  def test_files_say_what_is_in_them(self):
    self.assertEqual([("a/string_util.cc:", "'string_util' says nothing of what is in it")],
                     self.found({"a/string_util.cc": "", "dataplane/base/clock.cc": "",
                                 "a/database.cc": ""}))

  def test_work_to_be_done_has_an_issue(self):
    self.assertEqual([("a/a.py:1:", f"'{TO_DO}' has no issue number")],
                     self.found({"a/a.py": f"# {TO_DO}(me): later\n"}))

  def test_namespaces_are_not_opened_wholesale(self):
    self.assertEqual([("a/a.cc:1:", f"'{USING} sluice::http1' hides where names come from")],
                     self.found({"a/a.cc": f"{USING} sluice::http1;\n// {USING} x;\n"}))

  def test_tabs_stand_in_strings_only(self):
    self.assertEqual([("a/a.cc:1:", "a tab")], self.found({"a/a.cc": "\tint i;\nR\"(\t)\";\n"}))

  def test_lines_of_cpp_end_at_120_columns(self):
    self.assertEqual([], self.found({"a/a.cc": "//" + "ä" * 118 + "\n"}))
    self.assertEqual([("a/a.cc:1:", "121 columns, the limit is 120")],
                     self.found({"a/a.cc": "//" + "x" * 119 + "\n"}))

  def test_messages_of_others_keep_their_words(self):
    self.assertEqual([], self.found({"api/envoy/a/base.proto": f"// {TO_DO}\nmessage TlsCommon {{"}))


if __name__ == "__main__":
  unittest_main.main()
