"""Whether what a Flux object depends on is declared where it is applied, as far as Git tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.gaps import gaps
from gitlint_ops.lint.references.scopes import scope_of
from gitlint_ops.lint.references.wants import is_name
from gitlint_ops.lint.schemas.wording import nearest_word
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.narrowing import mapping

Name = tuple[str, str]
"""Namespace and name."""
_GENERATOR = "ResourceSet"
"""A kind of flux-operator's that makes objects of Flux which only the cluster tells."""


def needed_by(delivery: Delivery) -> list[Name]:
    """Give what a delivery depends on; an entry that is none keeps its place."""
    entries = mapping(delivery.object, "spec").get("dependsOn")
    return [
        (str(entry.get("namespace") or delivery.namespace), str(entry.get("name") or ""))
        if isinstance(entry, Mapping)
        else ("", "")
        for entry in (entries if isinstance(entries, list) else ())
    ]


def undeclared(context: CheckContext, delivery: Delivery, needed: Name) -> str:
    """Say what is wrong with a dependency that is not beside its delivery; '' where it is there, or may be."""
    namespace, name = needed
    everywhere = _of_kind(context, delivery.kind)
    scope = scope_of(context, delivery)
    here = {(d.namespace, d.name) for d in everywhere if scope_of(context, d).may_share(scope)}
    if needed in here or not is_name(name):
        return ""
    near = nearest_word(name, sorted(other for there, other in here if there == namespace and other != delivery.name))
    away = sorted({d.environment or d.cluster for d in everywhere if (d.namespace, d.name) == needed} - {""})
    others = sorted(there for there, other in here if other == name)
    if near and not (others or away):
        return f"is not declared; did you mean {near}?"
    if _may_be_unseen(context, delivery, name):
        return ""
    if others:
        return f"is in the namespace {others[0]} and not in {namespace}: it is never ready; say namespace: {others[0]}"
    lacking = f"{', '.join(away)} has and {delivery.environment or 'its cluster'} lacks"
    return f"{lacking if away else 'nothing in this repository declares'}: it is never ready"


def _of_kind(context: CheckContext, kind: str) -> Sequence[Delivery]:
    key = f"flux_dependencies.{kind}"
    return context.once(key, lambda: [d for d in context.deliveries if d.controller == "flux" and d.kind == kind])


def _may_be_unseen(context: CheckContext, delivery: Delivery, name: str) -> bool:
    """Whether something that Git does not show, or that nothing applies, may be what a delivery depends on."""
    is_applied = any(other.name == name for other in _of_kind(context, delivery.kind))
    declared = context.once("flux_dependencies.declared", lambda: frozenset(_declared(context)))
    if (not is_applied and (delivery.kind, name) in declared) or any(kind == _GENERATOR for kind, _ in declared):
        return True
    scope = scope_of(context, delivery)
    # What a chart makes are workloads; objects of Flux come from Kustomizations.
    unknown = any(gap.delivery.kind != "HelmRelease" and gap.scope.may_share(scope) for gap in gaps(context))
    return unknown or (not delivery.parent and not _is_whole(context, delivery))


def _declared(context: CheckContext) -> Iterator[Name]:
    """Give kind and name of each of Flux's objects in files, applied or not."""
    for document in context.tree.documents():
        if document.is_object and "fluxcd" in document.value["apiVersion"]:
            kind = document.value["kind"]
            yield kind, str(mapping(document.value, "metadata").get("name"))


def _is_whole(context: CheckContext, delivery: Delivery) -> bool:
    """Whether a delivery that nothing here creates stands in a set that is: others of it depend on what is declared."""
    beside = [d for d in _of_kind(context, delivery.kind) if not d.parent and d.environment == delivery.environment]
    names = {(d.namespace, d.name) for d in beside}
    edges = [needed in names for other in beside if other is not delivery for needed in needed_by(other)]
    return any(edges) and all(edges)
