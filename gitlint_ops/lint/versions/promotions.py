"""What a change promotes: versions that move, from which environment, and what else rides along."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitlint_ops.lint.apps import without_environment
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.versions.collect import version_table
from gitlint_ops.lint.versions.model import App, Component, Running, VersionTable
from gitlint_ops.lint.versions.scheme import SAME, Distance, distance
from gitlint_ops.repo.model import Environment
from gitlint_ops.source.model import Json

if TYPE_CHECKING:
    from gitlint_ops.render.compare import FieldChange, ObjectChange

_VERSION_KEYS = re.compile(
    r"^(?:app\.kubernetes\.io/version|helm\.sh/chart|chart|version|app-version|tags\.datadoghq\.com/version"
    r"|checksum/.*|.*/checksum.*|kubernetes\.io/change-cause)$"
)
"""Labels and annotations that follow from a version or from other content."""
_Key = tuple[str, str, str, str]
"""Application, sort, image without registry and environment, environment."""


@dataclass(frozen=True, slots=True)
class Move:
    """A version that an environment did not run at base and runs now; ``before``: what it ran, empty for nothing."""

    app: App
    component: Component
    running: Running
    before: tuple[str, ...]

    @property
    def environment(self) -> str:
        """The environment to which the version moves."""
        return self.running.delivery.environment


@dataclass(frozen=True, slots=True)
class Promotion:
    """A move of a version that an earlier environment runs: ``source``, the nearest of them."""

    move: Move
    source: Environment
    ran_at_base: bool
    """Whether the source ran it before this change; else it gets it by the same change."""

    @property
    def words(self) -> str:
        """Say it: ``promotes web 1.6.0 to prod from staging, which ran it before this change``."""
        running = self.move.running
        when = "ran it before this change" if self.ran_at_base else "gets it by this change too"
        where = f"to {self.move.environment} from {self.source.name}, which {when}"
        return f"promotes {running.name} {running.version} {where}"


@dataclass(frozen=True, slots=True)
class VersionChange:
    """The version tables of both sides, and the versions that move between them."""

    base: VersionTable
    head: VersionTable
    moves: tuple[Move, ...]
    _ran: Mapping[_Key, frozenset[str]]

    def ran(self, app: App, component: Component, environment: str) -> frozenset[str]:
        """Give the versions of a component that an environment ran at base."""
        found = (self._ran.get(_key(app.name, running, environment)) for running in _all_running(component))
        return next((versions for versions in found if versions), frozenset())

    def had(self, move: Move, environment: str) -> bool:
        """Whether an environment ran a move's version at base."""
        return any(distance(move.running.version, v) == SAME for v in self.ran(move.app, move.component, environment))

    def has(self, move: Move, environment: str) -> bool:
        """Whether an environment runs a move's version now."""
        cell = move.component.cells.get(environment)
        return cell is not None and any(distance(move.running.version, version) == SAME for version in cell.versions)


def compare_tables(base: VersionTable, head: VersionTable) -> VersionChange:
    """Find the versions that move: what an environment runs now and did not run at base."""
    ran: dict[_Key, set[str]] = defaultdict(set)
    for app in base.apps:
        for component in app.components:
            for running in _all_running(component):
                ran[_key(app.name, running, running.delivery.environment)].add(running.version)
    known = {key: frozenset(versions) for key, versions in ran.items()}
    return VersionChange(base, head, tuple(_moves(head, known)), known)


def version_change(context: CheckContext) -> VersionChange:
    """Give the version change between the base and the work tree. Raises ValueError where the run has no base."""
    return context.once("version-change", lambda: compare_tables(base_table(context), version_table(context)))


def base_table(context: CheckContext) -> VersionTable:
    """Give the version table of the base. Raises ValueError where the run has none."""
    base = context.compared
    there = replace(
        context,
        tree=base.tree,
        rendering=base.rendering,
        provenance=base.provenance,
        engine=base.engine,
        shared={},
        base=None,
    )
    return version_table(there)


def _all_running(component: Component) -> Iterator[Running]:
    for cell in component.cells.values():
        yield from cell.running


def _key(app: str, running: Running, environment: str) -> _Key:
    name = without_environment(posixpath.basename(running.name), running.delivery.environment, "*")
    return app, running.sort, name, environment


def _moves(head: VersionTable, ran: Mapping[_Key, frozenset[str]]) -> Iterator[Move]:
    seen: set[tuple[_Key, str]] = set()
    for app in head.apps:
        for component in app.components:
            for running in _all_running(component):
                key = _key(app.name, running, running.delivery.environment)
                before = ran.get(key, frozenset())
                if running.version not in before and (key, running.version) not in seen:
                    seen.add((key, running.version))
                    yield Move(app, component, running, tuple(sorted(before)))


def stepped_back(move: Move) -> Distance | None:
    """Say how far a move goes back from the newest that ran; None where it does not, or where nobody can tell."""
    apart = [distance(move.running.version, version) for version in move.before]
    known = [item for item in apart if item is not None]
    if not known or len(known) < len(apart) or any(item.steps >= 0 for item in known):
        return None
    return known[-1]


def promotions(change: VersionChange) -> tuple[Promotion, ...]:
    """Give the moves that are promotions: an earlier environment ran the version at base, or runs it now.

    A step back to an older version is none.
    """
    forward = (move for move in change.moves if stepped_back(move) is None)
    return tuple(found for move in forward if (found := _promotion(change, move)) is not None)


def _promotion(change: VersionChange, move: Move) -> Promotion | None:
    earlier = change.head.earlier(move.component, move.environment)
    at_base = next((item for item in earlier if change.had(move, item.name)), None)
    if at_base is not None:
        return Promotion(move, at_base, ran_at_base=True)
    now = next((item for item in earlier if change.has(move, item.name)), None)
    return Promotion(move, now, ran_at_base=False) if now is not None else None


# What rides along


def riders(change: VersionChange, objects: Iterable[ObjectChange]) -> tuple[ObjectChange, ...]:
    """Give the changed objects in which more differs than versions that move, with only those fields."""
    moved = [(before, move.running.version) for move in change.moves for before in move.before]
    charts = {move.running.delivery.id for move in change.moves if move.running.sort != "image"}
    found: list[ObjectChange] = []
    for item in objects:
        if item.delivery.id in charts:
            continue  # What a chart's new version renders belongs to it.
        fields = tuple(field for field in item.fields if not _is_version(field, moved))
        if fields or item.kind != "changed":
            found.append(replace(item, fields=fields))
    return tuple(found)


def _is_version(field: FieldChange, moved: Iterable[tuple[str, str]]) -> bool:
    """Whether a field differs because a version moved: it holds the new one where it held the old one."""
    last = str(field.keys[-1]) if field.keys else ""
    in_metadata = len(field.keys) > 1 and field.keys[-2] in {"labels", "annotations"}
    if field.generated or (in_metadata and _VERSION_KEYS.match(last)):
        return True
    return any(_became(field.before, field.after, old, new) for old, new in moved)


def _became(before: Json, after: Json, old: str, new: str) -> bool:
    """Whether a value is what it was, with one version in place of the other."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    pairs = ((old, new), (old.partition("@")[0], new.partition("@")[0]), (old.lstrip("v"), new.lstrip("v")))
    return any(one and before.replace(one, other) == after for one, other in pairs)
