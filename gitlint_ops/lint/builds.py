"""What building a unit reads, and where a kustomization says so."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Kustomization, Reference, Unrendered
from gitlint_ops.source import Document, Span


def built(item: Unrendered, context: CheckContext) -> Iterator[Kustomization]:
    """Give the kustomizations that building a unit enters, the unit's own first; Flux's own takes all below it."""
    pending, seen = _tops(item, context), set[str]()
    while pending:
        kustomization = context.graph.kustomizations.get(folder := pending.pop(0))
        if kustomization is not None and folder not in seen:
            seen.add(folder)
            yield kustomization
            pending += kustomization.folders()


def _tops(item: Unrendered, context: CheckContext) -> list[str]:
    known = context.graph.kustomizations
    if item.path in known or item.unit != "kustomize":
        return [item.path]
    below = "" if item.path in ("", ".") else f"{item.path}/"
    return sorted(folder for folder in known if folder.startswith(below))


def files_of(item: Unrendered, context: CheckContext) -> Iterator[str]:
    """Give the kustomizations that building a unit enters, and what they refer to."""
    for kustomization in built(item, context):
        yield kustomization.path
        yield from (reference.target for reference in kustomization.references)


def place_of(reference: Reference, context: CheckContext) -> Span:
    """Give where a reference is written."""
    return context.tree.nearest(reference.path, reference.document, reference.field_path)[0]


def is_named(document: Document, kind: str, name: str) -> bool:
    """Whether a document is the object of that kind and name."""
    value = document.value
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return isinstance(metadata, dict) and value.get("kind") == kind and metadata.get("name") == name
