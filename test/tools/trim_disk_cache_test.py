"""What the disk cache loses when it grows too large."""

import os
import tempfile
import unittest

from bazel import unittest_main
from tools import trim_disk_cache


class TrimDiskCacheTest(unittest.TestCase):

  def setUp(self):
    self._folder = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
    os.mkdir(os.path.join(self._folder.name, "cas"))
    for age in range(10):  # file 9 was used longest ago
      self._write(f"cas/{age}", 100, 1000 - age)

  def tearDown(self):
    self._folder.cleanup()

  def _write(self, name, size, used):
    path = os.path.join(self._folder.name, name)
    with open(path, "wb") as file:
      file.write(b"x" * size)
    os.utime(path, (used, used))

  def _left(self):
    return sorted(os.listdir(os.path.join(self._folder.name, "cas")))

  def test_leaves_what_fits(self):
    self.assertEqual(trim_disk_cache.trim(self._folder.name, limit=1000, target=500), 0)
    self.assertEqual(len(self._left()), 10)

  def test_deletes_what_was_used_longest_ago(self):
    self.assertEqual(trim_disk_cache.trim(self._folder.name, limit=999, target=300), 700)
    self.assertEqual(self._left(), ["0", "1", "2"])

  def test_a_read_counts_as_a_use(self):
    os.utime(os.path.join(self._folder.name, "cas/9"), (2000, 0))
    trim_disk_cache.trim(self._folder.name, limit=999, target=100)
    self.assertEqual(self._left(), ["9"])

  def test_linked_programs_go_first(self):
    path = os.path.join(self._folder.name, "cas/program")
    with open(path, "wb") as file:
      file.write(b"\x7fELF" + bytes(12) + b"\x03\x00" + bytes(trim_disk_cache.PROGRAM_BYTES))
    os.utime(path, (5000, 5000))
    trim_disk_cache.trim(self._folder.name, limit=999, target=1000)
    self.assertEqual(self._left(), [str(age) for age in range(10)])

  def test_no_cache_yet(self):
    self.assertEqual(trim_disk_cache.trim(os.path.join(self._folder.name, "none")), 0)


if __name__ == "__main__":
  unittest_main.main()
