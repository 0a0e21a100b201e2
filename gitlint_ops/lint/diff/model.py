"""The types of a diff of what is rendered. Every text in them is free of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gitlint_ops.source import Json, Span
from gitlint_ops.source.submodules import SubmoduleChange

DangerName = Literal[
    "data-loss",
    "deleted-namespace",
    "deleted-crd",
    "deleted-delivery",
    "immutable-field",
    "widened-privilege",
    "weakened-sync-protection",
    "lost-replicas",
    "lost-availability",
    "opened-network",
    "pod-restart",
]

SCORES: Mapping[DangerName, int] = {
    "data-loss": 100,
    "deleted-namespace": 100,
    "deleted-crd": 90,
    "deleted-delivery": 70,
    "immutable-field": 60,
    "widened-privilege": 50,
    "weakened-sync-protection": 40,
    "lost-replicas": 30,
    "lost-availability": 25,
    "opened-network": 25,
    "pod-restart": 5,
}
"""What each kind of danger weighs, once a group of changes: what cannot be undone, then what makes a sync fail, ..."""
SEVERE = frozenset(name for name, weight in SCORES.items() if weight >= 50)
"""The dangers that stand out wherever a diff is shown."""
PRODUCTION_FACTOR = 2
"""How many times as much a group weighs that reaches production."""


@dataclass(frozen=True, slots=True, order=True)
class Danger:
    """A kind of harm that a change may do, and why."""

    name: DangerName
    reason: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A changed field as people read it; ``before`` and ``after`` are None where it is not there."""

    field: str
    kind: Literal["added", "removed", "changed"]
    before: Json = None
    after: Json = None
    note: str = ""
    """What the values do not say: that only the order differs, or a generated name."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One object that a group of changes is about."""

    delivery: str
    environment: str
    cluster: str
    kind: str
    namespace: str
    name: str
    production: bool = False
    fate: str = ""
    """What becomes of an object that is gone from Git: it is pruned, or stays."""


@dataclass(frozen=True, slots=True)
class CausedBy:
    """The source line behind a group; ``side`` is ``base`` for a line that is gone."""

    span: Span
    side: Literal["base", "head"]


@dataclass(frozen=True, slots=True)
class Group:
    """The same change of one or more objects. ``score`` orders groups: see SCORES."""

    kind: Literal["added", "removed", "changed"]
    title: str
    """Kind and name of what changes, or how many objects do."""
    places: tuple[Place, ...]
    fields: tuple[FieldDiff, ...] = ()
    dangers: tuple[Danger, ...] = ()
    cause: CausedBy | None = None
    score: int = 0

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments it reaches, in the order of its places."""
        return tuple(dict.fromkeys(place.environment for place in self.places if place.environment))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a merge touches and does, in figures: names in order, counts of objects."""

    environments: tuple[str, ...] = ()
    production: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    namespaces: int = 0
    deliveries: int = 0
    workloads: int = 0
    created: int = 0
    changed: int = 0
    removed: int = 0
    restarted: int = 0
    """Workloads whose pods are replaced."""


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A delivery that one side does not render, and why."""

    delivery: str
    environment: str
    side: Literal["base", "head"]
    reason: str


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that a merge changes of what is rendered, the most dangerous first."""

    ref: str
    commit: str
    groups: tuple[Group, ...] = ()
    reach: Reach = Reach()
    not_compared: tuple[NotCompared, ...] = ()
    score: int = 0
    tool_version: str = ""
    submodules: tuple[SubmoduleChange, ...] = ()
