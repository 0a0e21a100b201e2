"""What stands in the texts that a unit is made of: what none of them holds, no object of the unit can."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from gitlint_ops.render.claims import Claims
from gitlint_ops.render.plan import Request
from gitlint_ops.repo.model import HelmUnit, Unit
from gitlint_ops.source import SourceTree

_ARCHIVE = ".tgz"


class Texts:
    """The texts of a tree's files, to be searched. Answers are remembered."""

    def __init__(self, tree: SourceTree, claims: Claims) -> None:
        self._tree = tree
        self._claims = claims
        self._known: dict[tuple[str, re.Pattern[str]], bool] = {}

    def of(self, unit: Unit, request: Request) -> Contents:
        """Give what a unit that a request renders is made of."""
        places = [place for _, place in unit.charts] if isinstance(unit, HelmUnit) else []
        files = self._claims.files_of(unit).union(*(self._tree.files_under(place) for place in places))
        return Contents(unit, files, json.dumps(request, default=str, ensure_ascii=False), self)

    def hold(self, path: str, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern matches in a file; an archive may hold anything."""
        if (path, pattern) not in self._known:
            text = self._tree.text(path) or self._tree.whole_text(path)
            self._known[path, pattern] = path.endswith(_ARCHIVE) or pattern.search(text) is not None
        return self._known[path, pattern]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one unit is made of: the files that it may read, and what is asked of the engine."""

    unit: Unit
    files: Collection[str]
    asked: str
    texts: Texts

    def holds(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern matches somewhere in it."""
        return pattern.search(self.asked) is not None or any(self.texts.hold(path, pattern) for path in self.files)

    def mentions(self, word: str) -> bool:
        """Whether a word stands somewhere in it, in any case of letters: templates may change that."""
        return self.holds(re.compile(re.escape(word), re.IGNORECASE))
