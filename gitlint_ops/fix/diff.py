"""Changes as a unified diff that ``git apply`` and ``patch -p1`` take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from gitlint_ops.fix.model import FileChange

_HIDDEN = "# (not shown: it may hold a secret)"
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def unified_diff(changes: Iterable[FileChange]) -> str:
    """Give the diff of all changes, '' where there is none.

    A line that may hold a secret stands in it as a remark: such a diff is for reading only.
    """
    return "".join(part for change in changes for part in _of_file(change))


def _of_file(change: FileChange) -> Iterator[str]:
    before, after = (_LINES.findall(data.decode("utf-8")) for data in (change.before, change.after))
    for line in difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
        yield _ended(line if line.startswith(("---", "+++", "@@")) else _shown(line, change.hidden))


def _shown(line: str, hidden: frozenset[str]) -> str:
    text = line[1:]
    indent = text[: len(text) - len(text.lstrip())]
    return f"{line[0]}{indent}{_HIDDEN}\n" if text.strip() in hidden else line


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
