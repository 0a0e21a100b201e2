"""The search for the owners of an object."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.owners.asked import Asked, Mark
from gitlint_ops.lint.owners.kinds import claims, is_kind, made_from, singular
from gitlint_ops.lint.references.makers import ANY, Made, Makers, maker_of, own_makers
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import NOT_APPLIED, Delivery, Unrendered

_NEAREST = 5
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Owner:
    """A delivery that owns what was asked for. ``object`` is None where only the live object's marks lead to it."""

    delivery: Delivery
    object: RenderedObject | None
    via: str = ""
    """How it was found where the object itself is not in Git: ``Deployment web makes it``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The owners of one object, several where several deliveries apply it; else what comes near."""

    asked: Asked
    owners: tuple[Owner, ...]
    nearest: tuple[RenderedObject, ...] = ()
    not_rendered: tuple[tuple[Delivery, Unrendered], ...] = ()
    """Deliveries that may apply it and were not rendered, those of its namespace first."""


def known_kinds(context: CheckContext) -> frozenset[str]:
    """Give the kinds of the repository's objects, as ``singular`` gives them."""
    return context.once("known-kinds", lambda: frozenset(singular(item.kind) for item in context.objects))


def find_owners(context: CheckContext, asked: Asked, *, hints: bool = True) -> Answer:
    """Find who owns an object: by itself, by what makes it, or by what a live object says of its delivery.

    ``hints``: give the nearest names where nobody owns it, which takes time in a large repository.
    """
    found = _by_marks(asked, _owners(context, asked))
    if not found:
        found = tuple(Owner(item, None, via) for mark in asked.marks for item, via in _marked(context, mark))
    if found:
        return Answer(asked, found)
    return Answer(asked, (), tuple(_nearest(context, asked)) if hints else (), tuple(_gaps(context, asked)))


def _owners(context: CheckContext, asked: Asked) -> tuple[Owner, ...]:
    itself = _named(context, asked.kind, asked.name, asked.namespace)
    if itself:
        return tuple(Owner(item.delivery, item) for item in itself)
    for kind, name in asked.made_by:
        above = _owners(context, Asked(name, kind, asked.namespace))
        if above:
            return tuple(Owner(o.delivery, o.object, o.via or _made(o.object)) for o in above)
    for kind, name in made_from(asked.kind, asked.name):
        makers = _named(context, kind, name, asked.namespace)
        if makers:
            return tuple(Owner(item.delivery, item, _made(item)) for item in makers)
    return tuple(Owner(item.delivery, item, _made(item)) for item in _operated(context, asked))


def _made(item: RenderedObject | None) -> str:
    return f"{item.label} makes it" if item is not None else ""


def _named(context: CheckContext, kind: str, name: str, namespace: str) -> Sequence[RenderedObject]:
    """Give the objects of a kind and name; of those without a namespace of their own only where no other fits."""
    by_name = context.once("objects-by-name", lambda: _by_name(context))
    same = [item for item in by_name.get(name, ()) if is_kind(kind, item.kind)]
    if not namespace:
        return same
    return [item for item in same if item.namespace == namespace] or [item for item in same if not item.namespace]


def _by_name(context: CheckContext) -> dict[str, list[RenderedObject]]:
    found: dict[str, list[RenderedObject]] = defaultdict(list)
    for item in context.objects:
        found[item.name].append(item)
    return found


def _operated(context: CheckContext, asked: Asked) -> Iterator[RenderedObject]:
    """Give the objects from which an operator makes what is asked for: a Secret, a volume claim."""
    made_in_git = context.once("made-by-operators", lambda: list(_made_by_operators(context))) if asked.kind else ()
    made = [item for one, item in made_in_git if _is_made(one, asked)]
    claimed = [item for item in context.of_kinds(("StatefulSet",)) if claims(item, asked.kind, asked.name)]
    yield from (item for item in (*made, *claimed) if _is_there(item, asked))


def _made_by_operators(context: CheckContext) -> Iterator[tuple[Made, RenderedObject]]:
    makers = Makers((*own_makers(), *(maker_of(entry) for entry in context.config.operators)))
    for item in context.objects:
        for made in makers.made_by(group_of(item.api_version), item.kind, item.data):
            yield made, item


def _is_made(made: Made, asked: Asked) -> bool:
    return made.kind != ANY and is_kind(asked.kind, made.kind) and made.name == asked.name


def _is_there(item: RenderedObject, asked: Asked) -> bool:
    return not asked.namespace or item.namespace in {"", asked.namespace}


# Marks of live objects


def _by_marks(asked: Asked, found: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """Keep the owners that a live object names, where it names one of them."""
    named = tuple(owner for owner in found if any(_is_marked(owner.delivery, mark) for mark in asked.marks))
    return named or found


def _is_marked(delivery: Delivery, mark: Mark) -> bool:
    same_name = (delivery.kind, delivery.name) == (mark.kind, mark.name)
    return same_name and (not mark.namespace or mark.namespace == delivery.namespace)


def _marked(context: CheckContext, mark: Mark) -> Iterator[tuple[Delivery, str]]:
    for delivery in context.deliveries:
        if _is_marked(delivery, mark):
            yield delivery, "the live object names it; it is not among what was rendered"


# Nothing found


def _nearest(context: CheckContext, asked: Asked) -> Iterator[RenderedObject]:
    """Give objects with a like name, those of the kind asked for first; each kind, namespace and name once."""
    of_kind = [item for item in context.objects if is_kind(asked.kind, item.kind)]
    distinct: dict[tuple[str, str, str], RenderedObject] = {}
    for items in (of_kind, context.objects):
        names = sorted({item.name for item in items})
        for name in difflib.get_close_matches(asked.name, names, _NEAREST, _ALIKE):
            for item in items:
                if item.name == name:
                    distinct.setdefault((item.kind, item.namespace, item.name), item)
    yield from list(distinct.values())[:_NEAREST]


def _gaps(context: CheckContext, asked: Asked) -> Iterator[tuple[Delivery, Unrendered]]:
    gaps = [
        (delivery, gap)
        for delivery, gap in context.rendering.unrendered
        if delivery is not None and gap.error_kind != NOT_APPLIED
    ]
    yield from sorted(gaps, key=lambda item: not may_own(item[0], asked))


def may_own(delivery: Delivery, asked: Asked) -> bool:
    """Whether a delivery that was not rendered is likely to apply an object: by its target namespace, or its name."""
    in_namespace = bool(asked.namespace) and asked.namespace in {delivery.target_namespace, delivery.namespace}
    return in_namespace or (len(delivery.name) > 1 and delivery.name in asked.name)
