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

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, path: str, word: str) -> bool:
        """Whether a word, in lower case, stands in a file in any case of letters; an archive may hold any."""
        if (path, word) not in self._known:
            text = self._tree.text(path) or self._tree.whole_text(path)
            self._known[path, word] = path.endswith(_ARCHIVE) or word in text.lower()
        return self._known[path, word]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one unit is made of: the files that it may read, and what is asked of the engine."""

    unit: Unit
    files: Collection[str]
    asked: str
    texts: Texts

    @classmethod
    def of(cls, unit: Unit, request: Request, claims: Claims, texts: Texts, tree: SourceTree) -> Contents:
        """Give the contents of a unit that a request renders."""
        places = [place for _, place in unit.charts] if isinstance(unit, HelmUnit) else []
        files = claims.files_of(unit).union(*(tree.files_under(place) for place in places))
        return cls(unit, files, json.dumps(request, default=str, ensure_ascii=False).lower(), texts)

    def holds(self, word: str) -> bool:
        """Whether a word stands somewhere in it."""
        sought = word.lower()
        return sought in self.asked or any(self.texts.holds(path, sought) for path in self.files)
