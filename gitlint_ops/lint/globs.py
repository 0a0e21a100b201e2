"""Globs over names and paths, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache


def any_glob(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Give a test whether a text matches one of the globs as a whole (``*`` takes slashes too)."""
    found = re.compile("|".join(map(translate, patterns)) or r"(?!)").match
    return lru_cache(maxsize=1024)(lambda text: found(text) is not None)


def path_fits(patterns: Iterable[str], path: str) -> bool:
    """Say whether a repository-relative path matches one of the globs, or lies below one that names a folder."""
    patterns = tuple(patterns)
    return any_glob(patterns)(path) or any(path.startswith(pattern.rstrip("/") + "/") for pattern in patterns)
