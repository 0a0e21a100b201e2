"""The documents behind deliveries that could not be rendered, so that checks of sources still see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery, HelmUnit, Kustomization, KustomizeUnit, RepoGraph, Unit
from gitlint_ops.source.model import Document, FieldPath

_RESOURCE_ROLES = frozenset({"resources", "bases", "components"})
_DOCUMENT_ROLES = _RESOURCE_ROLES | {"patches", "patchesStrategicMerge"}


def kustomize_files(graph: RepoGraph, folder: str, roles: Collection[str] = _DOCUMENT_ROLES) -> frozenset[str]:
    """Give the manifest files that a kustomization folder is made of, through its bases and components."""
    return frozenset(_files(graph, folder, roles, set()))


def _files(graph: RepoGraph, folder: str, roles: Collection[str], seen: set[str]) -> Iterator[str]:
    kustomization = graph.kustomizations.get(folder)
    if kustomization is None or folder in seen:
        return
    seen.add(folder)
    for reference in kustomization.references:
        if reference.role not in roles or reference.remote or not reference.exists:
            continue
        if reference.target in graph.kustomizations:
            yield from _files(graph, reference.target, roles, seen)
        else:
            yield reference.target


def image_names(graph: RepoGraph, folder: str) -> frozenset[str]:
    """Give the names that the ``images:`` of a kustomization and of what it builds upon replace."""
    names: set[str] = set()
    pending, seen = [folder], {folder}
    while pending:
        kustomization = graph.kustomizations.get(pending.pop())
        if kustomization is not None:
            names |= {entry["name"] for _, entry in _images(kustomization)}
            # A base that many build upon is looked at once: in a hostile repository the ways to it are without number.
            pending += set(kustomization.folders()) - seen
            seen.update(kustomization.folders())
    return frozenset(names)


def failed_units(context: CheckContext) -> Iterator[tuple[Delivery, Unit]]:
    """Give the units that were to be rendered and could not be, each with its delivery."""
    failed = context.once(
        "failed-units", lambda: {(d.id, i.unit, i.path) for d, i in context.rendering.unrendered if d}
    )
    for delivery in context.deliveries:
        rendered = list({id(o.unit): o.unit for o in context.objects_of(delivery)}.values())
        for unit in delivery.units:
            has_failed = (delivery.id, unit.kind, unit.path) in failed
            if has_failed and not any(_is_same(unit, made) for made in rendered):
                yield delivery, unit


def _is_same(unit: Unit, made: Unit) -> bool:
    """Whether a unit was rendered as another: a chart is given what its cluster has and its controller's Helm."""
    if isinstance(unit, HelmUnit) and isinstance(made, HelmUnit):
        return unit == replace(made, kube_version=unit.kube_version, api_versions=unit.api_versions, helm=unit.helm)
    return unit is made or unit == made


def unrendered_documents(context: CheckContext) -> Iterator[tuple[Document, Delivery, frozenset[str]]]:
    """Give the objects in the files of kustomizations that did not render: document, delivery, image names replaced.

    A document that another delivery rendered is left out: it is seen there, as a controller sees it.
    """
    for delivery, unit in failed_units(context):
        if isinstance(unit, KustomizeUnit):
            renamed = image_names(context.graph, unit.path)
            yield from ((d, delivery, renamed) for d in _documents(context, unit, _DOCUMENT_ROLES))


def unrendered_resources(context: CheckContext) -> Iterator[tuple[Document, Delivery]]:
    """Give the objects that kustomizations that did not render take as resources, patches left out."""
    for delivery, unit in failed_units(context):
        if isinstance(unit, KustomizeUnit):
            yield from ((d, delivery) for d in _documents(context, unit, _RESOURCE_ROLES))


def _documents(context: CheckContext, unit: KustomizeUnit, roles: Collection[str]) -> Iterator[Document]:
    rendered = context.once("rendered-files", lambda: frozenset(o.source_path for o in context.objects))
    for path in sorted(kustomize_files(context.graph, unit.path, roles) - rendered):
        if context.tree.is_file(path):
            yield from (document for document in context.tree.read(path).documents if document.is_object)


def unrendered_image_entries(context: CheckContext) -> Iterator[tuple[str, FieldPath, str, Delivery]]:
    """Give the tags that ``images:`` of kustomizations that did not render set: file, field, image, delivery.

    Entries whose image an outer kustomization names too are left out: what that one says counts.
    """
    for delivery, unit in failed_units(context):
        if isinstance(unit, KustomizeUnit):
            for folder, outer in _outer_names(context.graph, unit.path).items():
                for path, field, image in _entries(context.graph.kustomizations[folder], outer):
                    yield path, field, image, delivery


def _outer_names(graph: RepoGraph, top: str) -> Mapping[str, frozenset[str]]:
    """Give, for each kustomization that one is made of, the images that all ways to it name further out."""
    outer: dict[str, frozenset[str]] = {top: frozenset()} if top in graph.kustomizations else {}
    pending = list(outer)
    while pending:
        folder = pending.pop(0)
        kustomization = graph.kustomizations[folder]
        names = outer[folder].union(entry["name"] for _, entry in _images(kustomization))
        for target in kustomization.folders():
            # The ways are not walked one by one: in a hostile repository they are without number.
            known = outer.get(target, names) & names
            if target in graph.kustomizations and known != outer.get(target):
                outer[target] = known
                pending.append(target)
    return outer


def _images(kustomization: Kustomization) -> Iterator[tuple[int, Mapping[str, Any]]]:
    entries = kustomization.data.get("images")
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
            yield at, entry


def _entries(kustomization: Kustomization, outer: frozenset[str]) -> Iterator[tuple[str, FieldPath, str]]:
    for at, entry in _images(kustomization):
        name = str(entry.get("newName") or entry["name"])
        if isinstance(entry.get("newTag"), str) and not entry.get("digest") and name not in outer:
            yield kustomization.path, ("images", at, "newTag"), f"{name}:{entry['newTag']}"
