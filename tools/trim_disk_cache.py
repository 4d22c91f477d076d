"""Keeps Bazel's disk cache (~/.cache/sluice-bazel) below a size; called by tools/test.

Bazel 4 only ever adds to it, and each edit of a widely used file adds hundreds of linked tests. These
programs go first, since they are large and linked again in a second where an object takes ten; then
the rest. Both from the oldest on: the time of the last use is known to the day only (relatime).
Deleting an entry is always safe: Bazel builds it again.
"""

import os
import pathlib
import sys

CACHE = pathlib.Path.home() / ".cache" / "sluice-bazel"

# One build of every configuration takes about 9 GB of it.
LIMIT_BYTES = 16 * 10**9
AFTER_TRIM_BYTES = 12 * 10**9


# Smaller programs are not worth a look.
PROGRAM_BYTES = 10**6


def is_program(path):
  """Whether the file is a linked ELF file (e_type EXEC or DYN), no object and no archive."""
  try:
    with open(path, "rb") as file:
      head = file.read(18)
  except FileNotFoundError:
    return False
  return head[:4] == b"\x7fELF" and head[16:18] in (b"\x02\x00", b"\x03\x00")


def entries(folder):
  """Yields (1 for what is kept longer, last use in seconds, size in bytes, path) of each file."""
  for parent, _, names in os.walk(folder):
    for name in names:
      path = os.path.join(parent, name)
      try:
        status = os.stat(path)
      except FileNotFoundError:
        continue  # another Bazel has just renamed it
      used = max(status.st_atime, status.st_mtime)
      keep = 0 if status.st_size >= PROGRAM_BYTES and is_program(path) else 1
      yield keep, used, status.st_size, path


def trim(folder, limit=LIMIT_BYTES, target=AFTER_TRIM_BYTES):
  """Returns the number of bytes it deleted: 0 if the files below `folder` fit into `limit`."""
  files = sorted(entries(folder))
  size = sum(entry[2] for entry in files)
  if size <= limit:
    return 0
  deleted = 0
  for _, _, file_size, path in files:
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
