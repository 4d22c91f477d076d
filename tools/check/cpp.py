"""As much C++ as the rules need: comments and strings out, includes, where functions begin and end.

A reading by shape, not by grammar. It expects code as clang-format leaves it and no macros that hide
braces; what it cannot place it takes for an initialiser, so it errs towards silence.
"""

import re

_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?<!\w)(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<!\w)'(?:\\.|[^'\\\n])+'",  # not behind a digit: 1'000
    re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)

_BRACKET = re.compile(r"[{}();]")
_BRACE = re.compile(r"[{}]")
_ACCESS = re.compile(r"^\s*(?:public|private|protected)\s*:(?!:)")
_ATTRIBUTE = re.compile(r"^\s*\[\[[^\]]*\]\]")
_ALIGN = re.compile(r"\balignas\s*\([^)]*\)")
_OPERATOR = re.compile(r"\boperator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+)")
_SCOPE = re.compile(r"^(?:(?:inline|export)\s+)*namespace\b|^extern\s*$")
_TYPE = re.compile(r"^(?:(?:typedef|static|const|constexpr)\s+)*(class|struct|union|enum)\b")
_AFTER_PARAMETERS = re.compile(r"\)\s*(?:const|noexcept|override|final|&|\s)*$")
_ASSIGN = re.compile(r"(?<![=<>!])=(?!=)")
_INIT_LIST = re.compile(r"\)\s*(?:noexcept\s*(?:\(\))?\s*)?:(?!:)")
_TEST = re.compile(r"\b(?:TYPED_)?TEST(?:_[FP])?\s*\([^)]*\)")


def _blanked(text):
  return re.sub(r"[^\n]", " ", text)


def without_comments_and_strings(text):
  """`text` with those blanked; every other character stays where it was."""
  return _TOKEN.sub(lambda match: _blanked(match.group()), text)


def comment_lines(text):
  """The numbers, from 1, of the lines that hold some comment."""
  lines = set()
  for match in _TOKEN.finditer(text):
    if match.group("comment"):
      first = line_of(text, match.start())
      lines.update(range(first, first + match.group().count("\n") + 1))
  return lines


def line_of(text, position):
  return text.count("\n", 0, position) + 1


def includes(text):
  """[(line, path, quoted)] of every #include outside comments and strings."""
  code = without_comments_and_strings(text)
  return [(line_of(text, m.end()), m.group(2), m.group(1) == '"')
          for m in _INCLUDE.finditer(text) if "#" in code[m.start():m.end()]]


def functions(text):
  """[(first line, name, lines)] of every function with a body, from its signature to its brace.

  Lambdas and local classes count as part of the function they stand in.
  """
  code = _DIRECTIVE.sub(lambda m: _blanked(m.group()), without_comments_and_strings(text))
  found = []
  start, parens, position = 0, 0, 0
  while match := _BRACKET.search(code, position):
    here, position = match.start(), match.end()
    if match.group() == "(":
      parens += 1
    elif match.group() == ")":
      parens -= 1
    elif match.group() == ";":
      start = start if parens else position
    elif match.group() == "}":
      start, parens = position, 0
    else:
      kind = "initialiser" if parens else _kind(code[start:here])
      if kind == "scope":
        start = position
        continue
      position = _closing_brace(code, here) + 1
      if kind == "function":
        found.append(_function(text, code, start, here, position))
        start = position
  return found


def _function(text, code, start, brace, end):
  head = code[start:brace]
  first = line_of(text, brace - len(_without_access(head).lstrip()))
  test = _TEST.search(text[start:brace])
  name = test.group() if test else _name(_bare_head(head))
  return first, name, line_of(text, end - 1) - first + 1


def _name(head):
  match = re.search(r"((?:[\w:]*\boperator\b[^(]*|[~\w:]+))\s*\(", head)
  return match.group(1) if match else head[:40]


def _without_access(head):
  while match := _ACCESS.match(head):
    head = head[match.end():]
  return head


def _without_template(head):
  """Cuts `template <...>` and what attributes stand in front."""
  while True:
    head = head.lstrip()
    if match := _ATTRIBUTE.match(head):
      head = head[match.end():]
    elif re.match(r"template\s*<", head):
      depth, index = 0, head.index("<")
      while index < len(head):
        depth += {"<": 1, ">": -1}.get(head[index], 0)
        index += 1
        if depth == 0:
          break
      head = head[index:]
    else:
      return head


def _bare_head(head):
  return _without_template(_without_access(head)).strip()


def _kind(head):
  """What the brace after `head` opens: "scope", "function", or "initialiser" for all else."""
  head = _bare_head(_ALIGN.sub("", head))
  if not head or _SCOPE.match(head):
    return "scope"
  head = _OPERATOR.sub("operator_", head)
  flat = _without_groups(head)
  if match := _TYPE.match(head):
    if not _AFTER_PARAMETERS.search(flat):
      return "initialiser" if match.group(1) == "enum" else "scope"
  if "(" not in flat or _ASSIGN.search(flat):
    return "initialiser"
  if _INIT_LIST.search(flat) and re.search(r"[\w>]$", flat):
    return "initialiser"  # `: a_` waits for its brace, `: a_{1}` and `: a_(1)` for the body
  return "function"


def _without_groups(head):
  """`head` with nothing left between its outermost parentheses and braces."""
  kept, depth = [], 0
  for character in head:
    depth -= character in ")}"
    if depth == 0:
      kept.append(character)
    depth += character in "({"
  return "".join(kept).strip()


def _closing_brace(code, opening):
  depth = 0
  for match in _BRACE.finditer(code, opening):
    depth += 1 if match.group() == "{" else -1
    if depth == 0:
      return match.start()
  return len(code) - 1
