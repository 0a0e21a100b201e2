"""CODEOWNERS: which line of it speaks for a path, read as GitHub and GitLab read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file is looked for, in GitHub's order; the last is GitLab's."""
_SECTION = re.compile(r"\^?\[[^\]]+\](\[\d+\])?(?P<owners>.*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the file: what it matches, and whom it names (none takes owners away)."""

    line: int
    pattern: str
    owners: tuple[str, ...]


def parse(lines: Iterable[str]) -> list[Entry]:
    """Read the lines; in a GitLab section a line without owners has the section's."""
    entries: list[Entry] = []
    inherited: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        text = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        section = _SECTION.fullmatch(text)
        if section is not None:
            inherited = tuple(section["owners"].split())
        elif text:
            pattern, *owners = re.split(r"(?<!\\)\s+", text)
            entries.append(Entry(number, pattern.replace("\\ ", " "), tuple(owners) or inherited))
    return entries


def owners_of(path: str, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Give the owners of a path: those of the last line that matches it."""
    found: tuple[str, ...] = ()
    for entry in entries:
        if matches(entry.pattern, path):
            found = entry.owners
    return found


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a file, as in .gitignore: with a slash inside, it starts at the root."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    expression = "".join(_translated(part) for part in re.split(r"(\*\*/|/\*\*|\*\*|\*|\?)", body))
    head = "" if anchored else "(?:.*/)?"
    # A single star at the end names the files of that folder, not those below (GitHub's documentation).
    tail = "/.*" if pattern.endswith("/") else "" if body.endswith("/*") else "(?:/.*)?"
    return re.fullmatch(f"{head}{expression}{tail}", path) is not None


def _translated(part: str) -> str:
    known = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return known.get(part) or re.escape(part)
