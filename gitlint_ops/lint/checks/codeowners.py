"""CODEOWNERS: which line of it speaks for a path, read as GitHub and GitLab read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

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
    segments = [segment for segment in pattern.strip("/").split("/") if segment]
    if "/" not in pattern.rstrip("/"):
        segments.insert(0, "**")
    # A single star at the end names the files of that folder, not those below (GitHub's documentation).
    open_end = segments[-1:] != ["*"] or len(segments) < 2 or segments[-2] == "**"
    return _reaches(segments, path.split("/"), whole=not open_end, folder=pattern.endswith("/"))


def _reaches(pattern: list[str], path: list[str], *, whole: bool, folder: bool) -> bool:
    """Walk the path with all places in the pattern where one may be, so that no pattern takes long."""
    places = _skipped({0}, pattern)
    for at, name in enumerate(path):
        if len(pattern) in places and not whole:
            return True
        if folder and at == len(path) - 1:
            return False
        places = _skipped({after for place in places for after in _steps(pattern, place, name)}, pattern)
    return len(pattern) in places


def _steps(pattern: list[str], place: int, name: str) -> set[int]:
    """Give the places in the pattern behind one more name; ``**`` may take further ones."""
    if place == len(pattern) or not _fits(pattern[place], name):
        return set()
    return {place, place + 1} if pattern[place] == "**" else {place + 1}


def _skipped(places: set[int], pattern: list[str]) -> set[int]:
    """Add the places behind each ``**``, which may stand for no folder at all; at the end it names what is below."""
    found = set(places)
    for place in range(len(pattern) - 1):
        if place in found and pattern[place] == "**":
            found.add(place + 1)
    return found


def _fits(segment: str, name: str) -> bool:
    return segment == "**" or fnmatchcase(name, segment.replace("[", "[[]"))
