"""Where the rendering starts: declaring objects and tops that no other one delivers.

A file that declares a delivery may lie where another delivery renders it (app-of-apps, a Flux cluster's folder): then
the rendered object counts, with its root's patches and substitutions, and not the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from gitlint_ops.render.claims import Claims
from gitlint_ops.repo import Context, deliveries_in
from gitlint_ops.repo.model import Declared, Delivery


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A possible root: a declaring object in a file, or a top (kustomization or chart) that gives declaring objects."""

    own: str
    """The file that another delivery would have to read to deliver this: the object's, or the top's own."""
    declared: tuple[Declared, ...]
    inside: frozenset[str] = frozenset()
    """For a top: every file that it reads."""
    top: Delivery | None = None
    claims: frozenset[str] = frozenset()
    """Every file that this, or what it declares, reads."""
    selves: tuple[Declared, ...] = ()
    """For a top: those of its objects that deliver the top itself (as ``flux bootstrap`` makes them)."""


def with_claims(candidates: Sequence[Candidate], context: Context, claims: Claims) -> list[Candidate]:
    """Fill in what each candidate's deliveries would read, judged before anything is patched or substituted."""
    if not candidates:
        return []
    declared = [d for candidate in candidates for d in candidate.declared]
    made = deliveries_in(declared, _trial(context))
    sets = {g.id: g.document for g in made.generators}
    by_document: dict[tuple[str, int], list[Delivery]] = defaultdict(list)
    by_parent: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in made.deliveries:
        document = delivery.document or sets.get(delivery.generator)
        if delivery.parent:
            by_parent[delivery.parent].append(delivery)
        elif document:
            by_document[document].append(delivery)
    return [_filled(candidate, by_document, by_parent, claims) for candidate in candidates]


def _filled(
    candidate: Candidate,
    by_document: Mapping[tuple[str, int], Sequence[Delivery]],
    by_parent: Mapping[str, Sequence[Delivery]],
    claims: Claims,
) -> Candidate:
    if candidate.top is None:
        document = (candidate.own, candidate.declared[0].document or 0)
        return replace(candidate, claims=claims.files_of_all(by_document.get(document, ())))
    deliveries = by_parent.get(candidate.top.id, ())
    selves = [d for d in deliveries if candidate.own in claims.files_of_all([d])]
    return replace(
        candidate,
        claims=candidate.inside | claims.files_of_all(deliveries),
        selves=tuple(d for d in candidate.declared if any(_declares(d, delivery) for delivery in selves)),
    )


def _declares(declared: Declared, delivery: Delivery) -> bool:
    """Whether an object is the one that declares a delivery; what a chart's template gives is no document of a file."""
    if declared.document is None:
        return delivery.document is None and declared.data == delivery.object
    return (declared.path, declared.document) == delivery.document


def _trial(context: Context) -> Context:
    """Give a context that keeps what the first judgement records: it is made before overlays patch anything."""
    return replace(
        context,
        environments=dict(context.environments),
        identities=dict(context.identities),
        locality=context.locality.trial(),
    )


def uncovered(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give the candidates that no other one covers; where they all cover each other, the first alone."""
    owners: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        owners[candidate.own].append(candidate)
    covered = {
        id(c)
        for other in candidates
        for path in _hits(other.claims, owners)
        for c in owners[path]
        if c is not other and not (c.top and other.own in c.inside)
    }
    return [c for c in candidates if id(c) not in covered] or list(candidates[:1])


def _hits(claims: frozenset[str], owned: Collection[str]) -> Collection[str]:
    return [path for path in owned if path in claims] if len(owned) < len(claims) else [p for p in claims if p in owned]
