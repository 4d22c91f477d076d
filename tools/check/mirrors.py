"""Every .cc has its test at the mirrored path, and every test its source.

dataplane/http1/parser.cc is tested by test/dataplane/http1/parser_test.cc. A test of another name
and sources that share one are named in exceptions.py.
"""

import posixpath

from . import exceptions
from .finding import Finding

_PLANES = ("dataplane", "controlplane", "api/check")
_EXEMPT = ("main.cc",)


def check(tree):
  found = []
  for source in tree.select(_PLANES, [".cc"]):
    if posixpath.basename(source) not in _EXEMPT:
      found += _check_source(tree, source)
  for test in tree.select([f"test/{plane}" for plane in _PLANES], ["_test.cc", "_benchmark.cc"]):
    found += _check_test(tree, test)
  return found + _useless_entries(tree)


def mirror_of(source):
  return f"test/{source[:-len('.cc')]}_test.cc"


def _check_source(tree, source):
  if mirror_of(source) in tree.file_set:
    return []
  test, _ = exceptions.COVERED_BY.get(source, (None, None))
  if test in tree.file_set:
    return []
  wanted = test or mirror_of(source)
  return [Finding(source, 0, "mirrors", f"has no test: {wanted} is missing")]


def _check_test(tree, test):
  if test.endswith(tuple(exceptions.TEST_KINDS)) or test in exceptions.TESTS_OF_MANY:
    return []
  stem = test[len("test/"):].removesuffix(".cc").removesuffix("_test")
  if any(stem + suffix in tree.file_set for suffix in (".cc", ".h")):
    return []
  return [Finding(test, 0, "mirrors", f"tests nothing of its name: {stem}.h is missing")]


def _useless_entries(tree):
  found = []
  for source in exceptions.COVERED_BY:
    if source not in tree.file_set or mirror_of(source) in tree.file_set:
      found.append(Finding(source, 0, "mirrors", "needs no entry in COVERED_BY any more"))
  for test in exceptions.TESTS_OF_MANY:
    if test not in tree.file_set:
      found.append(Finding(test, 0, "mirrors", "needs no entry in TESTS_OF_MANY any more"))
  return found
