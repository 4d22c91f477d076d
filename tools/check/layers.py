"""Includes against bazel/layers.bzl: only downwards, no folder cycles, libraries where they belong.

What Bazel sees is a library, what the compiler sees is a file: GCC lets a file include whatever lies
in reach, so the order of the folders is checked here on the text. Rows of the table close downwards;
the three libraries that have a rule of their own ("@boringssl", ...) do not: a row must name them.
"""

from . import cpp
from . import exceptions
from . import layer_table
from .finding import Finding
from .layer_table import TABLE
from .tree import CPP

PLANES = ("dataplane", "controlplane", "api", "tools", "test")
PRODUCT = ("dataplane", "controlplane")

_LIBRARIES = {
    "@boringssl": ("openssl/",),
    "@nghttp2": ("nghttp2/",),
    "@grpc++": ("grpcpp/", "grpc++/", "grpc/"),
}
_GENERATED = {"envoy": "api/envoy", "sluice": "api/sluice"}  # -I api


def check(tree):
  table, problem = layer_table.read(tree)
  if problem:
    return [problem]
  found, edges = layer_table.cycles(table), {}
  for path in tree.select(PLANES, CPP):
    found += _check_file(tree, table, path, edges)
  return found + _folder_cycles(edges)


def folder_of(path):
  """The folder a file belongs to: two levels for a product, more for tests and messages."""
  return path.rpartition("/")[0]


def _target(tree, path, include):
  """The folder `include` leads to, None for a library; a name as it should be is the second."""
  first = include.partition("/")[0]
  if first in _GENERATED:
    return folder_of("api/" + include), None
  if first in PLANES and "/" in include:
    # Generated headers (.pb.h) and those of generated sources are no files of the tree.
    missing = include not in tree.file_set and not include.endswith(".pb.h")
    return folder_of(include), "names no file of the tree" if missing else None
  if f"{folder_of(path)}/{include}" in tree.file_set:
    return folder_of(path), f'should be written from the root: "{folder_of(path)}/{include}"'
  return None, None


def _check_file(tree, table, path, edges):
  folder, found, planes = folder_of(path), [], set()
  unit, is_test = _unit(folder)
  key = table.row_of(unit) if unit else None
  if unit and not key:
    return [Finding(path, 0, "layers", f"{unit} has no row in {TABLE}")]
  for line, include, _ in cpp.includes(tree.text(path)):
    target, mistake = _target(tree, path, include)
    if mistake:
      found.append(Finding(path, line, "layers", f'"{include}" {mistake}'))
    if target is None:
      library = _library(include)
      if library and not _may_use(table, key, is_test, library, folder):
        found.append(Finding(path, line, "layers", f"<{include}> is not open to {folder}: {library}"))
      continue
    if target != folder:
      edges.setdefault(folder, {}).setdefault(target, (path, line))
    planes.update({target.partition("/")[0]} & set(PRODUCT))
    if problem := _refusal(table, key, is_test, folder, target):
      found.append(Finding(path, line, "layers", f'"{include}": {problem}'))
    if include.endswith(".grpc.pb.h") and not _may_use(table, key, is_test, "@grpc++", folder):
      found.append(Finding(path, line, "layers", f'"{include}" is not open to {folder}: @grpc++'))
  if is_test and planes == set(PRODUCT):
    found.append(Finding(path, 0, "layers", "a test includes both planes: no binary can hold both"))
  return found


def _unit(folder):
  """(the folder whose row holds for `folder`, whether this is a test of it).

  None: a test with no single subject, such as test/support or test/integration.
  """
  parts = folder.split("/")
  if parts[0] != "test":
    return folder, False
  if len(parts) > 2 and parts[1] in PLANES:
    return "/".join(parts[1:]), True
  return None, True


def _refusal(table, key, is_test, folder, target):
  """Why `folder` may not include `target`, or None."""
  planes = {folder.split("/")[0], target.split("/")[0]}
  if planes == set(PRODUCT) and target != "dataplane/base":
    return "the planes never include each other"
  if target.startswith("test/"):
    return None if is_test else "only tests include test/"
  if key is None or target == folder or table.may_include(key, target):
    return None
  if is_test and (folder, target) in exceptions.TEST_EXTRA_INCLUDES:
    return None
  if table.row_of(target) is None:
    return f"{target} has no row in {TABLE}"
  return f"{target} is not open to {key}"


def _library(include):
  for name, heads in _LIBRARIES.items():
    if include.startswith(heads):
      return name
  return None


def _may_use(table, key, is_test, library, folder):
  if folder in exceptions.LIBRARIES.get(library, {}):
    return True
  if is_test and library == "@nghttp2":
    return True  # a peer in a test is best the real one
  return key is not None and library in table.rows[key]


def _folder_cycles(edges):
  """One finding for each set of folders that include each other, at one of the includes."""
  reach = {folder: _reachable(edges, folder) for folder in edges}
  found, seen = [], set()
  for folder in sorted(edges):
    ring = sorted(other for other in reach[folder] if folder in reach.get(other, ()))
    if folder in reach[folder] and folder not in seen:
      seen.update(ring)
      path, line = next(edges[folder][other] for other in ring if other in edges[folder])
      found.append(Finding(path, line, "layers", f"a ring of folders: {' '.join(ring)}"))
  return found


def _reachable(edges, folder):
  reached, todo = set(), list(edges[folder])
  while todo:
    if (current := todo.pop()) not in reached:
      reached.add(current)
      todo += edges.get(current, ())
  return reached
