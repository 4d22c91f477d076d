"""Keeps Bazel's disk cache (~/.cache/sluice-bazel) below a size; called by tools/test.

Bazel 4 only ever adds to it, and each edit of a widely used file adds hundreds of linked tests. What
was used longest ago goes first. Deleting an entry is always safe: Bazel builds it again.
"""

import os
import pathlib
import sys

CACHE = pathlib.Path.home() / ".cache" / "sluice-bazel"

# One build of every configuration takes about 9 GB of it.
LIMIT_BYTES = 16 * 10**9
AFTER_TRIM_BYTES = 12 * 10**9


def entries(folder):
  """Yields (last use in seconds, size in bytes, path) of each file below `folder`."""
  for parent, _, names in os.walk(folder):
    for name in names:
      path = os.path.join(parent, name)
      try:
        status = os.stat(path)
      except FileNotFoundError:
        continue  # another Bazel has just renamed it
      yield max(status.st_atime, status.st_mtime), status.st_size, path


def trim(folder, limit=LIMIT_BYTES, target=AFTER_TRIM_BYTES):
  """Returns the number of bytes it deleted: 0 if the files below `folder` fit into `limit`."""
  files = sorted(entries(folder))
  size = sum(entry[1] for entry in files)
  if size <= limit:
    return 0
  deleted = 0
  for _, file_size, path in files:
    if size - deleted <= target:
      break
    try:
      os.unlink(path)
      deleted += file_size
    except FileNotFoundError:
      pass
  return deleted


if __name__ == "__main__":
  freed = trim(CACHE)
  if freed:
    print(f"disk cache: deleted {freed / 1e9:.1f} GB that were not used lately", file=sys.stderr)
