"""No machine paths, registry hosts, empty names (...Impl, ...Manager), bare TODOs, tabs, long lines.

The patterns below are put together from parts so that this file does not find itself.
"""

import posixpath
import re

from . import cpp
from . import exceptions
from .finding import Finding
from .tree import CPP

LINE_WIDTH = 120

_EMPTY = "Impl|Manager|Util|Utils|Helper|Helpers|Common|Base"
_EMPTY_TYPE = re.compile(
    rf"^\s*(?:export\s+)?(?:class|struct|union|enum(?:\s+class)?|message|concept)\s+"
    rf"(?:[A-Z_]+\s+)?(\w*(?:{_EMPTY}))\b(?!\s*;)", re.MULTILINE)
_EMPTY_FILE = re.compile(r"(?:^|_)(?:impl|manager|utils?|helpers?|common|base)$")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|tmp/o[b])/")
_REGISTRY = re.compile("|".join(
    re.escape(host).replace("@", r"\.") for host in (
        "pypi@org", "pythonhosted@org", "crates@io", "registry@npmjs@org", "registry@yarnpkg@com",
        "proxy@golang@org", "sum@golang@org", "deb@debian@org", "security@debian@org",
        "repo@maven@apache@org", "rubygems@org", "registry-1@docker@io")))
_TO_DO = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b(?!\((?:[\w/-]*#)\d+\))")
# Literal suffixes have no other way in that anybody would want to read.
_USING = re.compile(r"^\s*using\s+namespace\b(?!\s+std::(?:\w+_)?literals\s*;)[^;]*", re.MULTILINE)

_CODE = CPP + (".py", ".sh", ".bzl", ".proto", ".bazel")
_FOREIGN = ("api/envoy/", "api/google/")


def check(tree):
  found = []
  for path in tree.files:
    found += _check_text(tree, path)
    if path.startswith(_FOREIGN):
      continue
    found += _check_names(tree, path)
    if path.endswith(_CODE):
      found += _each_match(tree.text(path), path, _TO_DO, "has no issue number")
      found += _check_tabs(tree, path)
    if path.endswith(CPP):
      found += _check_cpp(tree, path)
  return found


def _each_match(text, path, pattern, complaint):
  return [Finding(path, cpp.line_of(text, match.end()), "words",
                  f"'{' '.join(match.group().split())}' {complaint}")
          for match in pattern.finditer(text)]


def _check_text(tree, path):
  found = _each_match(tree.text(path), path, _MACHINE_PATH, "is a path of one machine")
  if path not in exceptions.REGISTRY_FILES:
    found += _each_match(tree.text(path), path, _REGISTRY, "is the host of a registry")
  return found


def _check_names(tree, path):
  if not path.endswith(CPP + (".py", ".proto")):
    return []
  found, stem = [], posixpath.splitext(posixpath.basename(path))[0]
  if _EMPTY_FILE.search(stem) and stem not in exceptions.FOREIGN_NAMES:
    found.append(Finding(path, 0, "words", f"'{stem}' says nothing of what is in it"))
  code = tree.text(path)
  if path.endswith(CPP):
    code = cpp.without_comments_and_strings(code)
  for match in _EMPTY_TYPE.finditer(code):
    if match.group(1) not in exceptions.FOREIGN_NAMES:
      found.append(Finding(path, cpp.line_of(code, match.start(1)), "words",
                           f"'{match.group(1)}' says nothing of what it is"))
  return found


def _check_tabs(tree, path):
  text = tree.text(path)
  if path.endswith(CPP):
    text = cpp.without_comments_and_strings(text)  # a raw string may well be about tabs
  return [Finding(path, number, "words", "a tab")
          for number, line in enumerate(text.splitlines(), 1) if "\t" in line]


def _check_cpp(tree, path):
  code = cpp.without_comments_and_strings(tree.text(path))
  found = _each_match(code, path, _USING, "hides where names come from")
  for number, line in enumerate(tree.lines(path), 1):
    if len(line) > LINE_WIDTH:
      found.append(Finding(path, number, "words",
                           f"{len(line)} columns, the limit is {LINE_WIDTH}"))
  return found
