"""Checks of who decides: production without owners, and policies that every application keeps its own copy of."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.checks.codeowners import PLACES, owners_of, parse
from gitlint_ops.lint.checks.ownership_unowned import application_folder
from gitlint_ops.lint.checks.places import is_for_people, is_sample
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import Document, Span
from gitlint_ops.source.narrowing import mapping

_SHOWN = 3


# Owners


def prod_without_codeowners(context: CheckContext) -> Iterator[Violation]:
    """Report, once, that production can change without its owners' review: no CODEOWNERS, or no line for it."""
    places = _production(context)
    if not places:
        return
    file = next((path for path in PLACES if context.tree.is_file(path)), "")
    entries = parse(context.tree.lines(file)) if file else []
    open_places = {path: d for path, d in places.items() if not owners_of(path, entries)}
    if open_places:
        yield _without_owners(context, file, open_places)


def _production(context: CheckContext) -> Mapping[str, Delivery]:
    """Give the files where production is declared or patched, each with a delivery of it.

    Files in a folder of production's own are enough; without any, what production shares with others counts.
    """
    found: dict[str, Delivery] = {}
    for delivery in context.deliveries:
        if context.is_production(delivery) and delivery.span is not None and not is_sample(delivery):
            found.setdefault(delivery.span.path, delivery)
            for unit in delivery.units:
                kustomization = context.graph.kustomizations.get(unit.path)
                if kustomization is not None:
                    found.setdefault(kustomization.path, delivery)
    own = {path: delivery for path, delivery in sorted(found.items()) if _tells_production(path)}
    return own or dict(sorted(found.items()))


def _tells_production(path: str) -> bool:
    return any(
        vocabulary.tells_environment(name) and vocabulary.rank_of(name) == vocabulary.PRODUCTION_RANK
        for name in path.split("/")
    )


def _without_owners(context: CheckContext, file: str, places: Mapping[str, Delivery]) -> Violation:
    folders = sorted({posixpath.dirname(path) or "." for path in places})
    shown = ", ".join(folders[:_SHOWN]) + (f" and {len(folders) - _SHOWN} more" if len(folders) > _SHOWN else "")
    what = f"no line of {file} gives owners to" if file else "the repository has no CODEOWNERS file, so nobody owns"
    message = (
        f"{what} what decides on production ({shown}): anybody's review is enough to change it. "
        f"{'Add' if file else 'Add a CODEOWNERS file with'} a line such as /{folders[0]}/ @team-on-duty, and require "
        "its review on the default branch"
    )
    paths = list(places)
    span = context.tree.line_span(file, 1) if file else Span(paths[0], 1)
    related = tuple(Related(Span(path, 1), "has no owner") for path in (paths if file else paths[1:]))
    return Violation(message, span=span, deliveries=tuple(places.values()), related=related)


# Policies


def duplicated_policy(context: CheckContext) -> Iterator[Violation]:
    """Report policy objects of which several applications hold the same copy, once for each policy."""
    groups: dict[str, dict[str, Document]] = {}
    for document in _policies(context):
        application = application_folder(posixpath.dirname(document.path) or ".")
        groups.setdefault(_content(document), {}).setdefault(application, document)
    for copies in groups.values():
        if len(copies) >= context.options["min_copies"]:
            yield _duplicated(context, list(copies.values()))


def _policies(context: CheckContext) -> Iterator[Document]:
    kinds = {(name.partition("/")[0], name.partition("/")[2]) for name in context.options["kinds"]}
    for document in context.tree.objects():
        if mapping(document.value, "spec") and not is_for_people(document.path):
            group, kind = group_of(document.value["apiVersion"]), document.value["kind"]
            if (group, kind) in kinds or (group, "*") in kinds:
                yield document


def _content(document: Document) -> str:
    """Give what two copies have in common: kind and spec, whatever their names, namespaces and labels."""
    value = document.value
    rest = {key: item for key, item in value.items() if key not in ("metadata", "status")}
    return json.dumps(rest, sort_keys=True, default=str)


def _duplicated(context: CheckContext, copies: list[Document]) -> Violation:
    first = copies[0]
    kind, name = first.value["kind"], mapping(first.value, "metadata").get("name", "")
    where = [document.path for document in copies]
    shown = ", ".join(where[1 : 1 + _SHOWN]) + (
        f" and {len(where) - 1 - _SHOWN} more" if len(where) > 1 + _SHOWN else ""
    )
    message = (
        f"the {kind} {name} is copied in {len(copies)} applications ({shown}): a change of it has to be made in each, "
        "and one is forgotten. Keep it once, in a component that they include, or as a cluster-wide policy"
    )
    span = context.tree.nearest(first.path, first.index, ("metadata", "name"))[0]
    related = tuple(Related(context.tree.line_span(d.path, d.line), "the same policy") for d in copies[1:])
    return Violation(message, span=span, related=related)
