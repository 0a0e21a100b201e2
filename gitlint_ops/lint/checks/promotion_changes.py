"""Checks of what a pull request does to versions: promotions with company, and steps back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.promotion import what
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.lint.placing import place
from gitlint_ops.lint.versions.promotions import (
    Move,
    Promotion,
    VersionChange,
    promotions,
    riders,
    stepped_back,
    version_change,
)
from gitlint_ops.lint.versions.standing import named
from gitlint_ops.render.compare import ObjectChange

_SHOWN = 4


def version_downgrade(context: CheckContext) -> Iterator[Violation]:
    """Report versions that a change sets back to older ones."""
    change = version_change(context)
    for move in _counted(context, change.moves):
        back = stepped_back(move)
        if back is not None and not _comes_with_chart(change, move):
            was = named(move.before)
            message = (
                f"{what(move.running)} replaces {was}, which is {back.words} newer: data and interfaces that the newer "
                "version has changed may not fit the older one. Where this is a rollback, say so in the pull request, "
                "and set back the environments before this one too"
            )
            yield replace(move.running.at, message=message)


def _comes_with_chart(change: VersionChange, move: Move) -> bool:
    """Whether an image moves because its chart does: the chart is what is reported."""
    charts = {item.running.delivery.id for item in change.moves if item.running.sort == "chart"}
    return move.running.sort == "image" and move.running.delivery.id in charts


def _counted(context: CheckContext, moves: Sequence[Move]) -> Iterator[Move]:
    ignored = context.options["ignore"]
    for move in moves:
        names = (move.app.name, move.component.name)
        if not any(fnmatchcase(name, glob) for name in names for glob in ignored):
            yield move


def promotion_mixed(context: CheckContext) -> Iterator[Violation]:
    """Report promotions into several environments at once, and promotions that other changes ride along with."""
    change = version_change(context)
    found = [item for item in promotions(change) if not _comes_with_chart(change, item.move)]
    known = set(map(id, _counted(context, change.moves)))
    found = [item for item in found if id(item.move) in known]
    yield from _at_once(context, change, found)
    yield from _accompanied(context, change, found)


def _at_once(context: CheckContext, change: VersionChange, found: Sequence[Promotion]) -> Iterator[Violation]:
    """Report a version that reaches an environment together with the one it should come from."""
    ranks = {item.name: item.rank for item in change.head.environments}
    seen: set[tuple[int, str]] = set()
    for item in found:
        key = (id(item.move.component), item.move.running.version)
        arrivals = _arrivals(change, item.move)
        last = max(ranks[move.environment] for move in arrivals)
        earlier = [move for move in arrivals if ranks[move.environment] < last]
        if key not in seen and earlier:
            seen.add(key)
            yield from _several(context, item, earlier, [move for move in arrivals if move not in earlier])


def _arrivals(change: VersionChange, like: Move) -> list[Move]:
    """Give the moves of one version of one component, to whatever environment that has a place in the order."""
    return [
        move
        for move in change.moves
        if move.component is like.component
        and move.running.version == like.running.version
        and move.environment
        and move.environment not in change.head.unordered
    ]


def _several(
    context: CheckContext, item: Promotion, earlier: Sequence[Move], last: Sequence[Move]
) -> Iterator[Violation]:
    """Report arrivals, unless one line brings them all: of what is shared, the reach is reported elsewhere."""
    places = {move.environment: place(move.running.at, context).span for move in (*earlier, *last)}
    if len(set(places.values())) == 1:
        return
    before, after = sorted({move.environment for move in earlier}), sorted({move.environment for move in last})
    tried = f"{item.source.name} ran it before" if item.ran_at_base else f"{named(before)} did not run it before"
    message = (
        f"this change brings {what(item.move.running)} to {named([*before, *after])} at once ({tried}): what fails in "
        f"one of them fails in all. Promote it to {named(after)} in a change of its own, once {named(before)} "
        f"{'runs' if len(before) == 1 else 'run'} it well"
    )
    related = tuple(Related(places[name], f"{name} gets it here") for name in before)
    yield replace(last[-1].running.at, message=message, related=related)


def _accompanied(context: CheckContext, change: VersionChange, found: Sequence[Promotion]) -> Iterator[Violation]:
    """Report what rides along, once: with the promotion that reaches furthest."""
    others = riders(change, context.compared.changes.objects)
    ranks = {item.name: item.rank for item in change.head.environments}
    if not found or not others:
        return
    last = max(found, key=lambda item: ranks[item.move.environment])
    own = [item for item in others if item.environment == last.move.environment]
    shown = [*own, *(item for item in others if item not in own)]
    names = [_rider(item, last.move.environment) for item in shown]
    message = (
        f"this change {last.words}, and changes more: {_listed(names)}. Whoever reverts one of them reverts both: "
        "promote the version alone, and leave the rest to a change of its own"
    )
    yield replace(last.move.running.at, message=message, related=tuple(_places(context, shown)))


def _rider(item: ObjectChange, environment: str) -> str:
    """Name a change without its values: ``spec.replicas of Deployment web``, ``Service api (new)``."""
    where = f" in {item.environment}" if item.environment and item.environment != environment else ""
    if item.kind != "changed":
        return f"{item.label} ({'new' if item.kind == 'added' else 'gone'}){where}"
    more = f" and {len(item.fields) - 1} more fields" if item.fields[1:] else ""
    return f"{item.fields[0].shown}{more} of {item.label}{where}"


def _listed(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    more = [f"{len(distinct) - _SHOWN} more"] if len(distinct) > _SHOWN else []
    return named([*distinct[:_SHOWN], *more])


def _places(context: CheckContext, shown: Sequence[ObjectChange]) -> Iterator[Related]:
    for item in shown[:_SHOWN]:
        if item.after is not None:
            field = item.fields[0].after_path if item.fields else ("metadata", "name")
            yield Related(context.provenance.origins(item.after, field)[0].span, f"{item.label} changes here too")
