"""The search for the lines behind a field of the objects that were asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.origins.fields import Step, nearest_fields, paths_of
from gitlint_ops.lint.owners.asked import Asked
from gitlint_ops.lint.owners.find import Answer, find_owners
from gitlint_ops.render.model import Origin, RenderedObject
from gitlint_ops.render.provenance.match import MISSING, leaves, value_at
from gitlint_ops.source import FieldPath, Json

MAX_FIELDS = 40
"""Scalars of one object that are followed, where a mapping or a list is asked for."""
_NAMESPACE: FieldPath = ("metadata", "namespace")


@dataclass(frozen=True, slots=True)
class Question:
    """An object, a field of it (as it was written, and read), and where to look; '' for everywhere."""

    asked: Asked
    field: str
    steps: tuple[Step, ...]
    environment: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The lines behind a field, nearest cause first, and the objects of which they are."""

    path: FieldPath
    value: Json
    origins: tuple[Origin, ...]
    objects: tuple[RenderedObject, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a question: its chains; the objects without the field; the fields that come near.

    ``owners`` says what comes near to the object, where there is none. ``more`` are fields beyond MAX_FIELDS.
    """

    question: Question
    chains: tuple[Chain, ...]
    without: tuple[RenderedObject, ...]
    nearest: tuple[str, ...]
    owners: Answer
    more: int = 0


def find_chains(context: CheckContext, question: Question) -> Found:
    """Find the objects, their field, and the lines behind it; objects with the same chain and value are together."""
    owners = find_owners(context, question.asked)
    objects = [o.object for o in owners.owners if o.object is not None and not o.via]
    chosen = [item for item in objects if _is_wanted(item, question)]
    fields = {item: _fields(item, question.steps) for item in chosen}
    followed = {item: paths[:MAX_FIELDS] for item, paths in fields.items()}
    kinds = {item.kind for item in chosen if fields[item]}
    return Found(
        question,
        tuple(grouped(context, followed)),
        # Where no kind was asked for, those of another kind were not meant.
        tuple(item for item in chosen if not fields[item] and item.kind in kinds),
        () if kinds else _nearest(chosen, question),
        owners,
        max((len(paths) - len(followed[item]) for item, paths in fields.items()), default=0),
    )


def _nearest(objects: Sequence[RenderedObject], question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in objects for name in nearest_fields(item.data, question.field)))


def _is_wanted(item: RenderedObject, question: Question) -> bool:
    delivery = item.delivery
    return question.environment in ("", delivery.environment) and question.delivery in ("", delivery.id)


def _fields(item: RenderedObject, steps: Sequence[Step]) -> list[FieldPath]:
    """Give the scalars (and empty mappings and lists) that steps mean; a namespace that the controller gives too."""
    found = [(*path, *below) for path in paths_of(item.data, steps) for below in _leaf_paths(value_at(item.data, path))]
    if not found and item.namespace and [step.text for step in steps] == list(_NAMESPACE):
        return [_NAMESPACE]
    return list(dict.fromkeys(found))


def _leaf_paths(value: Json) -> list[FieldPath]:
    return [path for path, _ in leaves(value)] or [()]


def grouped(context: CheckContext, fields: dict[RenderedObject, list[FieldPath]]) -> Iterator[Chain]:
    """Give the chains of fields; those of one path, value and lines are one chain with all their objects."""
    groups: defaultdict[tuple[FieldPath, str, tuple[Origin, ...]], list[RenderedObject]] = defaultdict(list)
    for item, paths in fields.items():
        for path in paths:
            origins = context.provenance.chain(item, path)
            groups[path, repr(_value(item, path)), origins].append(item)
    for (path, _, origins), items in groups.items():
        yield Chain(path, _value(items[0], path), origins, tuple(items))


def _value(item: RenderedObject, path: FieldPath) -> Json:
    found = value_at(item.data, path)
    return item.namespace if found is MISSING else found
