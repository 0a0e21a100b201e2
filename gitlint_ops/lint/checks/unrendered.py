"""The documents behind deliveries that could not be rendered, so that checks of sources still see them."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery, KustomizeUnit, RepoGraph, Unit
from gitlint_ops.source.model import Document

_DOCUMENT_ROLES = frozenset({"resources", "bases", "components", "patches", "patchesStrategicMerge"})


def kustomize_files(graph: RepoGraph, folder: str) -> frozenset[str]:
    """Give the manifest files that a kustomization folder is made of, through its bases and components."""
    return frozenset(_files(graph, folder, set()))


def _files(graph: RepoGraph, folder: str, seen: set[str]) -> Iterator[str]:
    kustomization = graph.kustomizations.get(folder)
    if kustomization is None or folder in seen:
        return
    seen.add(folder)
    for reference in kustomization.references:
        if reference.role not in _DOCUMENT_ROLES or reference.remote or not reference.exists:
            continue
        if reference.target in graph.kustomizations:
            yield from _files(graph, reference.target, seen)
        else:
            yield reference.target


def image_names(graph: RepoGraph, folder: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Give the names that the ``images:`` of a kustomization and of what it builds upon replace."""
    kustomization = graph.kustomizations.get(folder)
    if kustomization is None or folder in seen:
        return frozenset()
    entries = kustomization.data.get("images")
    own = {str(e.get("name")) for e in (entries if isinstance(entries, list) else ()) if isinstance(e, dict)}
    below = (image_names(graph, target, seen | {folder}) for target in kustomization.folders())
    return frozenset(own).union(*below)


def failed_units(context: CheckContext) -> Iterator[tuple[Delivery, Unit]]:
    """Give the units that gave no object, each with its delivery."""
    for delivery in context.deliveries:
        rendered = {id(o.unit) for o in context.objects_of(delivery)}
        yield from ((delivery, unit) for unit in delivery.units if id(unit) not in rendered)


def unrendered_documents(context: CheckContext) -> Iterator[tuple[Document, Delivery, frozenset[str]]]:
    """Give the objects in the files of kustomizations that did not render: document, delivery, image names replaced.

    A document that another delivery rendered is left out: it is seen there, as a controller sees it.
    """
    rendered = context.once("rendered-files", lambda: frozenset(o.source_path for o in context.objects))
    for delivery, unit in failed_units(context):
        if not isinstance(unit, KustomizeUnit):
            continue
        renamed = image_names(context.graph, unit.path)
        for path in sorted(kustomize_files(context.graph, unit.path) - rendered):
            if context.tree.is_file(path):
                yield from ((d, delivery, renamed) for d in context.tree.read(path).documents if d.is_object)
