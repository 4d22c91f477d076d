"""bazel/layers.bzl, read as Python: its rows, and which folder is open to which by them."""

import ast

from .finding import Finding

TABLE = "bazel/layers.bzl"


def read(tree):
  if TABLE not in tree.file_set:
    return None, Finding(TABLE, 0, "layers", "is missing")
  try:
    for node in ast.parse(tree.text(TABLE)).body:
      if isinstance(node, ast.Assign) and node.targets[0].id == "LAYERS":
        return Table(ast.literal_eval(node.value)), None
  except (SyntaxError, ValueError, AttributeError) as error:
    return None, Finding(TABLE, 0, "layers", f"is not made of plain literals: {error}")
  return None, Finding(TABLE, 0, "layers", "has no LAYERS")


class Table:
  """The rows of bazel/layers.bzl and what follows from them."""

  def __init__(self, rows):
    self.rows = rows
    self._closures = {}

  def row_of(self, folder):
    """The key whose row speaks for `folder`, or None."""
    if folder in self.rows:
      return folder
    wild = [key for key in self.rows if key.endswith("/...") and _covers(key, folder)]
    return max(wild, key=len, default=None)

  def closure(self, key):
    """All keys open to `key`, itself included; libraries left out."""
    if key not in self._closures:
      open_keys, todo = set(), [key]
      while todo:
        if (current := todo.pop()) not in open_keys:
          open_keys.add(current)
          todo += self.direct(current)
      self._closures[key] = open_keys
    return self._closures[key]

  def direct(self, key):
    """The keys that the row of `key` names, wild cards spelled out."""
    named = [entry for entry in self.rows[key] if not entry.startswith("@")]
    return [other for entry in named for other in self.rows
            if other != key and (other == entry or (entry.endswith("/...") and _covers(entry, other)))]

  def may_include(self, key, folder):
    target = self.row_of(folder)
    return target is not None and target in self.closure(key)


def _covers(wild, folder):
  return (folder + "/").startswith(wild[:-len("...")])


def cycles(table):
  """Pairs of rows that are open to each other, directly or over others."""
  return [Finding(TABLE, 0, "layers", f"{key} and {other} may include each other")
          for key in table.rows for other in table.direct(key) if key in table.closure(other)]
