"""Whether one name is a misspelling of another, or another of the same series."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache

ALIKE = 0.75
"""How alike two names are, by difflib's ratio, before one is shown as what was perhaps meant."""
MISSPELT = 0.85
"""How alike they are before one is taken for a misspelling of the other."""
MAX_NAME = 253
"""The longest name that Kubernetes takes; comparing texts takes the square of their length."""
_HASH = re.compile(r"-[bcdfghkmt2456789]{10}$")
"""What kustomize's generators append: the encoding of kustomize's api/hasher, ten characters."""
_DIGITS = re.compile(r"\d+")
_WORD = 4
"""Letters of the shortest word that is taken for a misspelling: short ones are words of their own (``a``, ``db``)."""


@lru_cache(maxsize=65536)
def written_name(name: str) -> str:
    """Give a name as people write it: without the hash that a generator of kustomize's appends."""
    return _HASH.sub("", name)


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Give the name that is spelt most alike, '' where none is near."""
    return _nearest(name, tuple(other for other in names if max(len(name), len(other)) <= MAX_NAME))


@lru_cache(maxsize=512)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    # Two letters changed over weigh much in a short name.
    swapped = next((other for other in known if _is_swapped(name, other)), "")
    return swapped or next(iter(difflib.get_close_matches(name, known, 1, ALIKE)), "")


def _is_swapped(name: str, known: str) -> bool:
    return name != known and sorted(name) == sorted(known)


def is_misspelt(name: str, known: str) -> bool:
    """Say whether a name is all but another.

    ``web-1`` and ``web-2`` are two of a series, and what is called ``web-admin-extra`` adds to a ``web-admin``.
    """
    if _DIGITS.sub("", name) == _DIGITS.sub("", known) or f"-{name}-" in f"-{known}-":
        return False
    return _is_swapped(name, known) or likeness_of(name, known) >= MISSPELT


def likeness_of(name: str, known: str) -> float:
    """Give how alike two names are: 0 for nothing in common, 1 for equal."""
    if max(len(name), len(known)) > MAX_NAME:
        return 0.0
    return difflib.SequenceMatcher(None, known, name).ratio()


def is_slip(name: str, known: str) -> bool:
    """Say whether a name is another but for one of its words, which is misspelt: ``web-postgers`` for ``web-postgres``.

    Stricter than ``is_misspelt``: for names of which neither is known to be right.
    """
    if name.count("-") != known.count("-"):
        return False
    wrong = [pair for pair in zip(name.split("-"), known.split("-"), strict=True) if pair[0] != pair[1]]
    return len(wrong) == 1 and min(map(len, wrong[0])) >= _WORD and is_misspelt(*wrong[0])
