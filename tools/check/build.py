"""A folder with sources has a BUILD.bazel with the one library named like it, and names its files."""

import ast
import fnmatch
import posixpath

from .finding import Finding

_PLANES = ("dataplane", "controlplane", "api/check", "tools", "test")
_ONE_LIBRARY = ("dataplane/", "controlplane/", "api/check")
_LIBRARY_PER_FILE = ("dataplane/filters",)


def check(tree):
  found, folders = [], {}
  for path in tree.select(_PLANES, [".cc"]):
    folders.setdefault(posixpath.dirname(path), []).append(path)
  for folder, sources in folders.items():
    build = f"{folder}/BUILD.bazel"
    if build not in tree.file_set:
      found.append(Finding(folder, 0, "build", "has sources but no BUILD.bazel"))
      continue
    try:
      module = ast.parse(tree.text(build))
    except SyntaxError as error:
      found.append(Finding(build, error.lineno or 0, "build", f"cannot be read: {error.msg}"))
      continue
    found += _check_library(folder, build, module, sources)
    found += _check_sources_named(build, module, sources)
  return found


def _check_library(folder, build, module, sources):
  """The one library of the folder; main.cc alone makes a binary and needs none."""
  in_library = [s for s in sources if posixpath.basename(s) != "main.cc"]
  if not f"{folder}/".startswith(_ONE_LIBRARY) or folder in _LIBRARY_PER_FILE or not in_library:
    return []
  name, found = posixpath.basename(folder), []
  libraries = _libraries(module)
  if name not in [library for _, library in libraries]:
    found.append(Finding(build, 0, "build", f"has no cc_library named {name}"))
  for line, library in libraries:
    if library != name:
      found.append(Finding(build, line, "build", f"{library}: one library for a folder, {name}"))
  return found


def _libraries(module):
  """[(line, name)] of every cc_library; one made in a loop goes by "(computed)"."""
  found = []
  for node in ast.walk(module):
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cc_library":
      name = next((k.value for k in node.keywords if k.arg == "name"), None)
      text = name.value if isinstance(name, ast.Constant) else "(computed)"
      found.append((node.lineno, text))
  return found


def _check_sources_named(build, module, sources):
  """A source that no rule takes up is never compiled, and nobody notices."""
  texts = {node.value for node in ast.walk(module)
           if isinstance(node, ast.Constant) and isinstance(node.value, str)}
  patterns = [text for text in texts if "*" in text]
  found = []
  for source in sources:
    file = posixpath.basename(source)
    stem = file.removesuffix(".cc")
    # A list of names may spell out neither the suffix nor, where all are tests, the "_test".
    named = texts & {file, stem, stem.removesuffix("_test")}
    if not named and not any(fnmatch.fnmatch(file, pattern) for pattern in patterns):
      found.append(Finding(source, 0, "build", f"is named nowhere in {build}"))
  return found
