"""What a version's text says of its age: which of two is newer, by how much, or that nobody can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_UNITS = ("major version", "minor version", "patch version", "revision")
PRE_RELEASE = "pre-release"
_UNSIZED = frozenset({PRE_RELEASE, "release", "rebuild"})
"""Units of which only the order is known."""
MAX_LENGTH = 256
"""A longer text is no version, in characters; an image's tag has at most 128."""
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_HASH = re.compile(r"(?<![0-9A-Za-z])(?:sha-?|g)?(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,64}(?![0-9A-Za-z])")
_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<sep>[-_]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T\-_.]?(?P<time>\d{2}[-:.]?\d{2}(?:[-:.]?\d{2})?))?(?!\d)"
)
_NUMBERED = re.compile(
    r"(?P<lead>(?:[A-Za-z][A-Za-z0-9]*[-_/.])*?[A-Za-z]*[-_]?)(?P<numbers>\d+(?:\.\d+){0,3})(?P<tail>.*)"
)
_PRE_RELEASE = re.compile(
    r"(?:^|[-._])?(?P<word>alpha|beta|rc|cr|pre|preview|snapshot|dev|m|ea|nightly|canary)(?:[-._]?(?P<rest>\d+(?:[.-]\d+)*))?(?![A-Za-z])",
    re.IGNORECASE,
)
_WORDS_BY_AGE = ("snapshot", "nightly", "dev", "canary", "pre", "preview", "ea", "alpha", "beta", "m", "cr", "rc")
_COUNTER_DIGITS = 3
"""A lone number of so many digits, or behind a word, counts builds; a shorter one is a major version."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version that can be ordered among those of its scheme."""

    scheme: str
    """What two versions must share to be compared: the words of their tags."""
    sort: str
    """``version``, ``date`` or ``build``."""
    numbers: tuple[int, ...]
    pre_release: tuple[int, ...] = ()
    """Empty for a release; else it orders the pre-releases of one release."""
    revision: tuple[int, ...] = ()
    """The numbers behind the version: of a rebuild, of the variant."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far one version is from another: ``steps`` is positive where it is newer; the largest unit that differs."""

    steps: int
    unit: str

    @property
    def words(self) -> str:
        """Give the distance without its direction: ``2 minor versions``."""
        count = abs(self.steps)
        if self.unit in _UNSIZED:
            return f"at least 1 {self.unit}"
        return f"{count:,} {self.unit}{'' if count == 1 else 's'}"


SAME = Distance(0, "")


def version_of(text: str) -> Version | None:
    """Read a version; None for what has no order: a digest, a commit, a channel, a range."""
    tag = text.partition("@")[0].partition("+")[0].strip()
    if len(tag) > MAX_LENGTH or re.search(r"[*<>=^~|, ]|^sha256:", tag):
        return None
    tag = _HASH.sub("", tag)
    dated = _DATE.search(tag)
    return _dated(tag, dated) if dated else _numbered(tag)


def _dated(tag: str, found: re.Match[str]) -> Version | None:
    numbers = tuple(int(found[part]) for part in ("year", "month", "day"))
    time = int(re.sub(r"\D", "", found["time"] or "") or 0)
    rest = tag[: found.start()] + tag[found.end() :]
    # With a version before it the date is a build's: 1.2.3-20240131.
    before = version_of(tag[: found.start()].rstrip("-_.")) if found.start() else None
    if before is not None and "." in tag[: found.start()]:
        return Version(before.scheme, before.sort, before.numbers, before.pre_release, (*numbers, time))
    return Version(_words(rest), "date", numbers, revision=(time,))


def _numbered(tag: str) -> Version | None:
    found = _NUMBERED.match(tag)
    if found is None or (re.match(r"[A-Za-z]", found["tail"]) and not _PRE_RELEASE.match(found["tail"])):
        return None
    numbers = tuple(int(part) for part in found["numbers"].split("."))
    pre, tail = _pre_release(found["tail"])
    lead = _words(re.sub(r"(?<![a-z])v$", "", found["lead"].lower()))
    counts = len(numbers) == 1 and bool(lead or len(found["numbers"]) >= _COUNTER_DIGITS)
    scheme = f"{lead}/{_words(tail)}"
    return Version(scheme, "build" if counts else "version", numbers, pre, tuple(map(int, re.findall(r"\d+", tail))))


def _pre_release(tail: str) -> tuple[tuple[int, ...], str]:
    """Take the pre-release out of what follows a version's numbers."""
    found = _PRE_RELEASE.search(tail)
    if found is None:
        return (), tail
    age = _WORDS_BY_AGE.index(found["word"].lower())
    numbers = tuple(map(int, re.findall(r"\d+", found["rest"] or "")))
    return (age, *numbers), tail[: found.start()] + tail[found.end() :]


def _words(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower()).strip("-_./")


@lru_cache(maxsize=4096)
def distance(one: str, other: str) -> Distance | None:
    """Say how far ``one`` is from ``other``: newer, older, the same (SAME), or None where nobody can tell.

    ``1.2`` and ``1.2.3`` count as the same, for the one may stand for the other; so do a tag and the tag with a digest.
    """
    if _is_same(one, other):
        return SAME
    first, second = version_of(one), version_of(other)
    if first is None or second is None or (first.scheme, first.sort) != (second.scheme, second.sort):
        return None
    return _ordered(first, second)


def is_unordered_pair(one: str, other: str) -> bool:
    """Whether two versions are different commits, or digests, of one naming: not the same, and neither the newer."""
    if distance(one, other) is not None:
        return False
    digests = [text.startswith("sha256:") for text in (one, other)]
    return all(digests) or (not any(digests) and _shape(one) == _shape(other) != "")


def _shape(text: str) -> str:
    """Give what is left of a tag with a commit in it, the commit marked; '' for a tag without one."""
    tag = text.partition("@")[0]
    return re.sub(r"\d+", "#", _HASH.sub("<commit>", tag)) if _HASH.search(tag) else ""


def _is_same(one: str, other: str) -> bool:
    (tag, _, digest), (other_tag, _, other_digest) = one.partition("@"), other.partition("@")
    same_tag = re.sub(r"^v(?=\d)", "", tag) == re.sub(r"^v(?=\d)", "", other_tag)
    return same_tag and (digest == other_digest or not digest or not other_digest)


def _ordered(first: Version, second: Version) -> Distance | None:
    pairs = list(zip(first.numbers, second.numbers, strict=False))
    at = next((index for index, (mine, theirs) in enumerate(pairs) if mine != theirs), -1)
    if at >= 0:
        return _apart(first, second, at)
    if len(first.numbers) != len(second.numbers):
        return SAME
    for mine, theirs, unit in (
        (_age(first), _age(second), PRE_RELEASE),
        (first.revision, second.revision, "rebuild"),
    ):
        if mine != theirs and len(mine) == len(theirs):
            return _step(mine, theirs, unit)
    return None


def _age(version: Version) -> tuple[int, ...]:
    """Order the pre-releases before their release; all have equally many numbers."""
    padded = (*version.pre_release, 0, 0, 0)[:3]
    return padded if version.pre_release else (len(_WORDS_BY_AGE), 0, 0)


def _step(mine: tuple[int, ...], theirs: tuple[int, ...], unit: str) -> Distance:
    """Give a distance that has a direction and no size."""
    return Distance(1 if mine > theirs else -1, unit)


def _apart(first: Version, second: Version, at: int) -> Distance:
    if first.sort == "date":
        return Distance(_day(first) - _day(second), "day")
    steps = first.numbers[at] - second.numbers[at]
    if first.sort == "build":
        return Distance(steps, "build")
    if all(_FIRST_YEAR <= version.numbers[0] <= _LAST_YEAR for version in (first, second)):
        # Calendar versions have no majors: only the order is told.
        return Distance(1 if steps > 0 else -1, "release")
    return Distance(steps, _UNITS[at])


def _day(version: Version) -> int:
    """Count a date's days. A tag may name a day that its month lacks, so it is not read as a calendar's date."""
    year, month, day = version.numbers
    return date(year, month, 1).toordinal() + day
