"""Which words stand in what a unit is made of: what no text of it holds, no object of it can."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from gitlint_ops.render.claims import Claims
from gitlint_ops.render.plan import Request
from gitlint_ops.repo.model import HelmUnit, Unit
from gitlint_ops.source import SourceTree

_ARCHIVE = ".tgz"


class Texts:
    """The texts of a tree's files, to look words up in. Answers are remembered."""

    def __init__(self, tree: SourceTree, claims: Claims) -> None:
        self._tree = tree
        self._claims = claims
        self._known: dict[tuple[str, str, bool], bool] = {}

    def of(self, unit: Unit, request: Request) -> Contents:
        """Give what a unit that a request renders is made of."""
        places = [place for _, place in unit.charts] if isinstance(unit, HelmUnit) else []
        files = self._claims.files_of(unit).union(*(self._tree.files_under(place) for place in places))
        return Contents(unit, files, json.dumps(request, default=str, ensure_ascii=False), self)

    def hold(self, path: str, word: str, *, any_case: bool) -> bool:
        """Whether a word stands in a file; an archive may hold any. ``any_case`` looks for one in lower case."""
        key = (path, word, any_case)
        if key not in self._known:
            text = self._tree.text(path) or self._tree.whole_text(path)
            self._known[key] = path.endswith(_ARCHIVE) or word in (text.lower() if any_case else text)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one unit is made of: the files that it may read, and what is asked of the engine."""

    unit: Unit
    files: Collection[str]
    asked: str
    texts: Texts

    def holds(self, word: str) -> bool:
        """Whether a word stands somewhere in it, as it is written."""
        return word in self.asked or any(self.texts.hold(path, word, any_case=False) for path in self.files)

    def holds_like(self, word: str) -> bool:
        """Whether a word stands somewhere in it, in any case of letters: templates may change that."""
        sought = word.lower()
        return sought in self.asked.lower() or any(self.texts.hold(p, sought, any_case=True) for p in self.files)
