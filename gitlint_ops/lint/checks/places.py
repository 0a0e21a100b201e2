"""What the folders of a path say about who is to use what lies there."""

from __future__ import annotations

import re
from functools import lru_cache

from gitlint_ops.repo.model import Delivery, Generator

_FOR_PEOPLE = frozenset(
    {
        "bootstrap",
        "demo",
        "demos",
        "doc",
        "docs",
        "e2e",
        "example",
        "examples",
        "hack",
        "sample",
        "samples",
        "scripts",
        "setup",
        "template",
        "templates",
        "testdata",
        "tests",
        "tools",
        "tutorial",
        "tutorials",
    }
)
_SAMPLES = frozenset({"example", "examples", "sample", "samples", "testdata"})


def is_for_people(path: str) -> bool:
    """Whether a path says that people read or apply what lies there: a folder ``docs``, ``example-secret.yaml``."""
    words = _words(path)
    # Deeper down, ``test`` is an environment more often than not.
    return words[0] == "test" or bool(
        _FOR_PEOPLE.intersection(words) or _SAMPLES.intersection(re.split(r"[-_.]", words[-1]))
    )


def is_sample(delivery: Delivery | Generator) -> bool:
    """Whether a delivery or ApplicationSet is declared in a folder of examples, so that no cluster has it."""
    return delivery.span is not None and not _SAMPLES.isdisjoint(_words(delivery.span.path))


@lru_cache(maxsize=65536)
def _words(path: str) -> tuple[str, ...]:
    """Give the names of a path's folders in lower case, without the punctuation around them (``_template``)."""
    return tuple(segment.lower().strip("._-") for segment in path.split("/"))
