"""How an environment stands to the one before it in the promotion order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gitlint_ops.lint.versions.model import Component, VersionTable
from gitlint_ops.lint.versions.scheme import SAME, Distance, distance
from gitlint_ops.repo import vocabulary

Relation = Literal["first", "same", "behind", "ahead", "differs"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an environment's version stands to that of its reference.

    ``first``: nothing runs the component before it. ``differs``: they are not the same, and nobody can tell which is
    newer.
    """

    relation: Relation
    reference: str = ""
    """The environment compared with, '' for ``first``."""
    distance: Distance = SAME

    @property
    def words(self) -> str:
        """Say it: ``2 minor versions behind staging``; '' for ``first`` and ``same``."""
        if self.relation in {"behind", "ahead"}:
            return f"{self.distance.words} {'behind' if self.relation == 'behind' else 'ahead of'} {self.reference}"
        return f"differs from {self.reference}" if self.relation == "differs" else ""


def standing(table: VersionTable, component: Component, environment: str) -> Standing:
    """Compare an environment with those before it, and where there are none, with the newest of its own rank.

    Where several are before it, one that runs the same counts first, then the one of the same region, then the newest.
    """
    names = [item.name for item in table.before(component, environment)] or _siblings(table, component, environment)
    judged = [(name, compared(component, environment, name)) for name in names]
    if not judged:
        return Standing("first")
    same = next((Standing("same", name) for name, apart in judged if apart == SAME), None)
    return same or _standing(*min(judged, key=lambda item: _preference(environment, *item)))


def compared(component: Component, environment: str, other: str) -> Distance | None:
    """Say how far the newest version of one environment is from the newest of another; SAME where they share one."""
    mine, theirs = component.cells[environment].versions, component.cells[other].versions
    if any(distance(one, two) == SAME for one in mine for two in theirs):
        return SAME
    return distance(mine[0], theirs[0])


def _siblings(table: VersionTable, component: Component, environment: str) -> list[str]:
    """Give the environment of the same rank that is newest, where it is newer than this one."""
    ranks = {item.name: item.rank for item in table.environments if item.name not in table.unordered}
    others = [
        name for name in component.cells if name != environment and ranks.get(name, -1) == ranks.get(environment, -2)
    ]
    found = [(apart.steps, name) for name in others if (apart := compared(component, environment, name)) is not None]
    newer = sorted(item for item in found if item[0] < 0)
    return [newer[0][1]] if newer else []


def _preference(environment: str, name: str, apart: Distance | None) -> tuple[bool, bool, int, str]:
    region = vocabulary.tokens(environment)[1:]
    other_region = region != vocabulary.tokens(name)[1:]
    return (other_region, apart is None, apart.steps if apart else 0, name)


def _standing(name: str, apart: Distance | None) -> Standing:
    if apart is None:
        return Standing("differs", name)
    return Standing("behind" if apart.steps < 0 else "ahead", name, apart)


def named(names: Sequence[str]) -> str:
    """Join names for a sentence: ``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
