"""A header opens with a paragraph on what it is, has #pragma once, and documents what it declares.

The share of comments is that of lines with a comment among those that are not blank. It is asked of
the product and its tools: headers of tests hold tables and fixtures with their code.
"""

import re

from . import cpp
from .finding import Finding

REFUSED_BELOW = 20
WARNED_BELOW = 30

_PRAGMA = re.compile(r"^#pragma once$", re.MULTILINE)


def check(tree):
  found = []
  for path in (f for f in tree.files if f.endswith(".h")):
    text = tree.text(path)
    if not text.startswith("// "):
      found.append(Finding(path, 1, "headers", "does not begin with a paragraph on what it is"))
    if not _PRAGMA.search(text):
      found.append(Finding(path, 0, "headers", "has no #pragma once"))
    if not path.startswith("test/"):
      found += _check_share(path, text)
  return found


def comment_percent(text):
  lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip()]
  return 100 * len(cpp.comment_lines(text) & set(lines)) // max(1, len(lines))


def _check_share(path, text):
  share = comment_percent(text)
  if share < REFUSED_BELOW:
    return [Finding(path, 0, "headers", f"{share} % comments, at least {REFUSED_BELOW} % are wanted")]
  if share < WARNED_BELOW:
    return [Finding(path, 0, "headers", f"{share} % comments, 30 to 45 % are usual", warning=True)]
  return []
