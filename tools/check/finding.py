"""What a rule reports: one place, one sentence."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
  """`line` 0: the finding is about the whole file or folder. A warning does not fail the run."""
  path: str
  line: int
  rule: str
  text: str
  warning: bool = False

  def place(self):
    return f"{self.path}:{self.line}:" if self.line else f"{self.path}:"


def p95(values):
  """The smallest value that at least 95 % of `values` do not exceed; 0 of none."""
  ordered = sorted(values)
  return ordered[math.ceil(len(ordered) * 0.95) - 1] if ordered else 0
