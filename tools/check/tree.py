"""The files of a source tree and their text, read once for all rules."""

import fnmatch
import os
import pathlib

_NEVER = [".git", "__pycache__", "node_modules"]
_BINARY_PROBE = 4096

CPP = (".cc", ".h")


class Tree:
  """`files` are paths from the root with slashes, sorted, without what .gitignore leaves out.

  Files that Git does not know yet are in: a check before the commit is what the rules are for.
  """

  def __init__(self, root):
    self.root = pathlib.Path(root)
    self._texts = {}
    self._anywhere, self._at_root = self._ignored()
    self.files = sorted(self._walk())
    self.file_set = frozenset(self.files)

  def text(self, path):
    """The text of `path`, or "" when it is binary: fuzz corpora are no business of any rule."""
    if path not in self._texts:
      raw = (self.root / path).read_bytes()
      binary = b"\0" in raw[:_BINARY_PROBE]
      self._texts[path] = "" if binary else raw.decode("utf-8", errors="replace")
    return self._texts[path]

  def lines(self, path):
    return self.text(path).splitlines()

  def select(self, below, suffixes):
    """The files below one of the folders `below` whose names end with one of `suffixes`."""
    heads = tuple(folder + "/" for folder in below)
    return [f for f in self.files if f.startswith(heads) and f.endswith(tuple(suffixes))]

  def _ignored(self):
    """The two kinds of pattern our .gitignore uses: anywhere (`*.pyc`) and at the root (`/out/`)."""
    anywhere, at_root = list(_NEVER), []
    file = self.root / ".gitignore"
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
      pattern = line.strip().rstrip("/")
      if pattern and not pattern.startswith("#"):
        (at_root if pattern.startswith("/") else anywhere).append(pattern.lstrip("/"))
    return anywhere, at_root

  def _is_ignored(self, folder, name):
    patterns = self._anywhere + (self._at_root if not folder else [])
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)

  def _walk(self):
    for folder, folders, names in os.walk(self.root):
      relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
      relative = "" if relative == "." else relative + "/"
      folders[:] = [f for f in folders if not self._is_ignored(relative, f)
                    and not os.path.islink(os.path.join(folder, f))]
      for name in names:
        if not self._is_ignored(relative, name) and os.path.isfile(os.path.join(folder, name)):
          yield relative + name
