"""Builds a diff: groups equal changes, weighs them, and finds the line behind each group."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops import __version__
from gitlint_ops.lint.apps import without_environment
from gitlint_ops.lint.checks.blast_radius import counted
from gitlint_ops.lint.diff.dangers import Fate, dangers_of, fate_of, restarts
from gitlint_ops.lint.diff.masking import Mask, masked
from gitlint_ops.lint.diff.model import (
    PRODUCTION_FACTOR,
    SCORES,
    CausedBy,
    Danger,
    Diff,
    FieldDiff,
    Group,
    NotCompared,
    Place,
    Reach,
)
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.render.compare import Base, Causes, FieldChange, ObjectChange
from gitlint_ops.render.compare.objects import identity_of
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.provenance import Provenance
from gitlint_ops.render.provenance.identity import GENERATED_HASH
from gitlint_ops.render.reach import is_workload
from gitlint_ops.repo.model import Delivery, Environment
from gitlint_ops.source import SourceTree

_Order = Callable[[Place], tuple[int, str, str]]
_GENERATED = "its content changed: a new name"
_ORDER = "only the order differs"


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A change with what is said of it."""

    change: ObjectChange
    fields: tuple[FieldDiff, ...]
    dangers: tuple[Danger, ...]
    fate: Fate | None


def build_diff(base: Base, tree: SourceTree, head: Rendering, provenance: Provenance, stateful: Sequence[str]) -> Diff:
    """Give what a merge changes of what is rendered, the most dangerous first.

    ``tree``, ``head`` and ``provenance`` are of the work tree; ``stateful`` are the kinds that hold data, as globs of
    API group and kind.
    """
    now = {old: head.graph.deliveries[new] for new, old in base.changes.pairs.items()}
    weighed = [_weighed(change, now, stateful) for change in base.changes.objects]
    environments = {**base.rendering.graph.environments, **head.graph.environments}
    causes = base.causes(tree, head, provenance)
    groups = [_group(items, environments, causes) for items in _alike(weighed)]
    groups.sort(key=lambda group: (-group.score, group.title, group.places))
    return Diff(
        ref=base.revisions.ref,
        commit=base.revisions.base,
        groups=tuple(groups),
        reach=_reach(weighed, environments),
        not_compared=tuple(
            NotCompared(gap.delivery.id, gap.delivery.environment, gap.side, without_user_info(gap.reason))
            for gap in base.changes.uncompared
        ),
        score=sum(group.score for group in groups),
        tool_version=__version__,
        submodules=base.submodules,
    )


def _weighed(change: ObjectChange, now: Mapping[str, Delivery], stateful: Sequence[str]) -> _Weighed:
    fate = fate_of(change, now)
    fields = tuple(_field(change, field) for field in change.fields)
    return _Weighed(change, fields, dangers_of(change, fate, stateful), fate)


def _field(change: ObjectChange, field: FieldChange) -> FieldDiff:
    note = _GENERATED if field.generated else _ORDER if field.order else ""
    before = masked(change.before, field.before, field.before_path)
    after = masked(change.after, field.after, field.after_path)
    # An element may be told apart by a value that is a credential: a list of keys, say.
    return FieldDiff(Mask(change.object).text(field.shown), field.kind, before, after, note)


# Groups


def _alike(weighed: Iterable[_Weighed]) -> list[list[_Weighed]]:
    """Put together what is the same change: equal fields and dangers of one kind; or what comes or goes of one name."""
    groups: dict[tuple[str, ...], list[_Weighed]] = defaultdict(list)
    for item in weighed:
        groups[_signature(item)].append(item)
    return list(groups.values())


def _signature(item: _Weighed) -> tuple[str, ...]:
    change = item.change
    reasons = json.dumps([(danger.name, danger.reason) for danger in item.dangers])
    if change.kind != "changed":
        words = item.fate.words if item.fate else ""
        return change.kind, change.object.kind, _name(change), reasons, words
    values = json.dumps(
        [_values(field, own) for field, own in zip(item.fields, change.fields, strict=True)], default=str
    )
    return change.kind, values, reasons, change.object.kind if item.dangers else ""


def _values(field: FieldDiff, own: FieldChange) -> tuple[object, ...]:
    """Give what makes a field's change this one. Masked values are alike where the real ones are, in memory only."""
    return field.field, field.kind, own.before, own.after, field.note if own.generated else ""


def _name(change: ObjectChange) -> str:
    """Give an object's name without what tells its environment, so that ``web-dev`` and ``web-prod`` are one."""
    name = _plain_name(change)
    return without_environment(name, change.environment) if change.environment else name


def _plain_name(change: ObjectChange) -> str:
    """Give an object's name without a generated hash."""
    item = change.object
    return GENERATED_HASH.sub("", item.name) if item.kind in ("ConfigMap", "Secret") else item.name


def _group(items: Sequence[_Weighed], environments: Mapping[str, Environment], causes: Causes) -> Group:
    first = items[0]
    places = sorted((_place(item, environments) for item in items), key=_promotion_order(environments))
    dangers = tuple(sorted(first.dangers, key=lambda danger: (-SCORES[danger.name], danger.reason)))
    cause = causes.of(first.change, _telling(first.change.fields))[0]
    return Group(
        kind=first.change.kind,
        title=_title(items),
        places=tuple(places),
        fields=first.fields,
        dangers=dangers,
        cause=CausedBy(cause.span, cause.side),
        score=_score(dangers, places),
    )


def _telling(fields: Sequence[FieldChange]) -> FieldChange | None:
    """Give the field whose line is shown: one that is still there, rather than one that is gone."""
    return next((field for field in fields if field.kind != "removed"), fields[0] if fields else None)


def _title(items: Sequence[_Weighed]) -> str:
    first = items[0].change
    kinds = {item.change.object.kind for item in items}
    names = {_plain_name(item.change) for item in items}
    if len(kinds) == 1 and len({_name(item.change) for item in items}) == 1:
        like = f" and {len(names) - 1:,} like it" if len(names) > 1 else ""
        return f"{first.object.kind} {_plain_name(first)}{like}"
    return f"{len(items):,} {next(iter(kinds))} objects" if len(kinds) == 1 else counted(len(items), "objects")


def _score(dangers: Sequence[Danger], places: Sequence[Place]) -> int:
    """Weigh a group: each kind of danger once, twice as much in production, and one for each object."""
    weight = sum(SCORES[name] for name in {danger.name for danger in dangers})
    factor = PRODUCTION_FACTOR if any(place.production for place in places) else 1
    return weight * factor + len(places)


def _place(item: _Weighed, environments: Mapping[str, Environment]) -> Place:
    found = item.change.object
    known = environments.get(item.change.environment)
    return Place(
        delivery=item.change.delivery.id,
        environment=item.change.environment,
        cluster=item.change.delivery.cluster,
        kind=found.kind,
        namespace=found.namespace,
        name=found.name,
        production=known is not None and known.production,
        fate=item.fate.words if item.fate else "",
    )


def _promotion_order(environments: Mapping[str, Environment]) -> _Order:
    def order(place: Place) -> tuple[int, str, str]:
        known = environments.get(place.environment)
        return (known.rank if known else len(environments), place.environment, place.delivery)

    return order


# Reach


def _reach(weighed: Sequence[_Weighed], environments: Mapping[str, Environment]) -> Reach:
    changes = [item.change for item in weighed]
    names = {change.environment for change in changes}
    known = [e for e in sorted(environments.values(), key=lambda e: (e.rank, e.name)) if e.name in names]
    clusters = {change.delivery.cluster for change in changes} - {""}
    running = {_running(change) for change in changes if is_workload(change.object)}
    return Reach(
        environments=tuple(environment.name for environment in known),
        production=tuple(environment.name for environment in known if environment.production),
        clusters=tuple(sorted(clusters)),
        namespaces=len({_landing(change) for change in changes if change.object.namespace}),
        deliveries=len({change.delivery.id for change in changes}),
        workloads=len(running),
        created=sum(change.kind == "added" for change in changes),
        changed=sum(change.kind == "changed" for change in changes),
        removed=sum(change.kind == "removed" for change in changes),
        restarted=len({_running(change) for change in changes if restarts(change)}),
    )


def _landing(change: ObjectChange) -> tuple[str, str, str]:
    return change.delivery.cluster, change.environment, change.object.namespace


def _running(change: ObjectChange) -> tuple[str, ...]:
    return (change.delivery.cluster, change.environment, *identity_of(change.object))
