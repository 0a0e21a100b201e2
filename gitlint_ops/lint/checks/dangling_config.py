"""The check that the ConfigMaps and Secrets which pods use are there, with the entries that they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import Absence, absence_of, violations
from gitlint_ops.lint.references.config_use import config_wants
from gitlint_ops.lint.references.likeness import is_slip, nearest_name
from gitlint_ops.lint.references.mentions import mentioned
from gitlint_ops.lint.references.pods import pods_of
from gitlint_ops.lint.references.wants import Want
from gitlint_ops.lint.references.world import Thing, world_of

_NO_START = "the pods do not start"
_LISTED = 8
_Place = tuple[str, str]
"""Delivery id and namespace."""


def dangling_config_reference(context: CheckContext) -> Iterator[Violation]:
    """Report ConfigMaps and Secrets that pods use and that are not there, and entries that these lack."""
    absences: list[Absence] = []
    there: dict[_Place, set[str]] = {}
    missing: dict[_Place, set[str]] = {}
    wants = list(_wants(context))
    for wanted in wants:
        found = world_of(context).find(wanted)
        absence = None if found else absence_of(context, wanted)
        if absence is not None:
            absences.append(absence)
        if wanted.kind == "Secret" and (found or absence is not None):
            (there if found else missing).setdefault(_place(wanted), set()).add(wanted.name)
        yield from _lacking(context, wanted, found)
    named = Counter((wanted.kind, wanted.namespace, wanted.name) for wanted in wants)
    known = (a if a.has_clue else replace(a, others=_as_others(a.wanted, named)) for a in absences)
    yield from violations((a for a in known if _is_told(context, a, there, missing)), "uses", _NO_START)


def _wants(context: CheckContext) -> Iterator[Want]:
    for item in context.objects:
        for pods in pods_of(item):
            yield from (wanted for wanted in config_wants(pods) if not wanted.optional)


def _place(wanted: Want) -> _Place:
    return wanted.item.delivery.id, wanted.namespace


def _as_others(wanted: Want, named: Mapping[tuple[str, str, str], int]) -> str:
    """Give the name almost alike that more references of the same namespace use, '' where there is none."""
    own = named[wanted.kind, wanted.namespace, wanted.name]
    return next(
        (
            name
            for (kind, namespace, name), count in named.items()
            if (kind, namespace) == (wanted.kind, wanted.namespace) and count > own and is_slip(wanted.name, name)
        ),
        "",
    )


def _is_told(
    context: CheckContext, absence: Absence, secrets: Mapping[_Place, set[str]], missing: Mapping[_Place, set[str]]
) -> bool:
    """Whether an absence is a fault: many teams keep Secrets out of Git, so of one without a clue the others tell."""
    if absence.has_clue or absence.wanted.kind != "Secret":
        return True
    place = _place(absence.wanted)
    each: int = context.options["secrets_for_each_missing"]
    return len(secrets.get(place, ())) >= len(missing[place]) * each


def _lacking(context: CheckContext, wanted: Want, found: Sequence[Thing]) -> Iterator[Violation]:
    """Report the entries that all of what a reference may mean lack; a program that is told its name may add to it."""
    keys = frozenset[str]().union(*(thing.keys or () for thing in found))
    if not found or any(thing.keys is None for thing in found):
        return
    for path, key in wanted.keys:
        if key in keys or mentioned(context, wanted):
            continue
        near = nearest_name(key, keys)
        hint = f"; did you mean '{near}'?" if near else _entries(keys)
        mounted = path[-1] == "subPath"
        effect = "an empty folder is mounted in its place" if mounted else _NO_START
        message = f"{wanted.item.label} needs the entry '{key}', which the {wanted.label} lacks: {effect}{hint}"
        related = (found[0].item, ("metadata", "name"), f"the {wanted.label} is made here")
        cause = f"no entry {key}"
        yield Violation(message, object=wanted.item, field_path=path, related_fields=(related,), cause=cause)


def _entries(keys: frozenset[str]) -> str:
    shown = sorted(keys)
    more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
    return f"; its entries are {', '.join(shown[:_LISTED])}{more}"
