"""Sizes: files up to 600 lines, functions up to 80, 40 own includes; warnings where p95 is too high.

Lines are counted as an editor shows them, blank ones and comments too.
"""

import ast

from . import cpp
from . import exceptions
from .finding import Finding, p95
from .tree import CPP

FILE_LINES = 600
FUNCTION_LINES = 80
OWN_INCLUDES = 40
FILE_P95 = 400
FUNCTION_P95 = 40

_SUFFIXES = CPP + (".py", ".sh", ".bzl", ".proto")
_FOREIGN = ("api/envoy/", "api/google/")  # their shape is their authors'
_OWN_INCLUDES = ("dataplane/", "controlplane/", "api/", "tools/", "test/")


def check(tree):
  found, files, functions = [], [], []
  for path in tree.files:
    if not path.endswith(_SUFFIXES) or path.startswith(_FOREIGN):
      continue
    lines = len(tree.lines(path))
    if path not in exceptions.LONG_FILES:
      files.append(lines)
      if lines > FILE_LINES:
        found.append(Finding(path, 0, "shape", f"{lines} lines, the hard stop is {FILE_LINES}"))
    for first, name, length in _functions(tree, path, found):
      functions.append(length)
      if length > FUNCTION_LINES and f"{path} {name}" not in exceptions.LONG_FUNCTIONS:
        found.append(Finding(path, first, "shape",
                             f"{name} has {length} lines, the hard stop is {FUNCTION_LINES}"))
    found += _check_includes(tree, path)
  return found + _warnings(files, functions)


def _functions(tree, path, found):
  if path.endswith(CPP):
    return cpp.functions(tree.text(path))
  if not path.endswith(".py"):
    return []
  try:
    nodes = ast.walk(ast.parse(tree.text(path)))
  except SyntaxError as error:
    found.append(Finding(path, error.lineno or 0, "shape", f"is not Python: {error.msg}"))
    return []
  return [(node.lineno, node.name, node.end_lineno - node.lineno + 1)
          for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _check_includes(tree, path):
  if not path.endswith(".cc"):
    return []
  own = {include for _, include, _ in cpp.includes(tree.text(path))
         if include.startswith(_OWN_INCLUDES) or include.endswith(".pb.h")}
  if len(own) <= OWN_INCLUDES:
    return []
  return [Finding(path, 0, "shape", f"{len(own)} own includes, the limit is {OWN_INCLUDES}")]


def _warnings(files, functions):
  found = []
  for what, values, limit in (("files", files, FILE_P95), ("functions", functions, FUNCTION_P95)):
    if p95(values) > limit:
      text = f"p95 of {len(values)} {what} is {p95(values)} lines, the target is {limit}"
      found.append(Finding(".", 0, "shape", text, warning=True))
  return found
