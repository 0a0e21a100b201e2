"""The check of Kustomize ``images`` entries that match no image: the change that they were to make never happens."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.causes import UNMATCHED_REPLICAS, cause_of
from gitlint_ops.lint.checks.containers import images_of
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.delivery_overrides import Override, overrides, tried, useless
from gitlint_ops.lint.checks.edits import removed
from gitlint_ops.lint.checks.image_reference import parse
from gitlint_ops.lint.checks.trial_builds import build_request, builds_of
from gitlint_ops.lint.checks.unrendered import kustomize_files
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Fix, Violation
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.repo.views import metadata_text
from gitlint_ops.source.model import FieldPath

_PROBE = "gitlint-ops.invalid/probe"
_ALIKE = 0.6
_MAX_NAMED = 5
_LISTS = frozenset({"containers", "initContainers"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
"""The kinds that Kustomize's replicas transformer knows."""
_Answer = dict[str, Any] | EngineError


@dataclass(frozen=True, slots=True)
class ImagesEntry:
    """An entry of a kustomization's ``images``."""

    kustomization: Kustomization
    index: int
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name that it looks for."""
        return str(self.data.get("name") or "")

    @property
    def field_path(self) -> FieldPath:
        """Where that name stands."""
        return ("images", self.index, "name")

    def gives(self, image: str) -> bool:
        """Whether an image may be the work of this entry."""
        reference = parse(image)
        names = reference.name == str(self.data.get("newName") or self.name)
        tagged = not self.data.get("newTag") or reference.tag == str(self.data["newTag"])
        return names and tagged and (not self.data.get("digest") or reference.digest == str(self.data["digest"]))


def images_entry_unused(context: CheckContext) -> Iterator[Violation]:
    """Report entries of ``images`` that match no image, and the entries of ``replicas`` that fail their build."""
    yield from _unused_images(context)
    yield from _unused_overrides(context)
    yield from _unused_replicas(context)


def _unused_images(context: CheckContext) -> Iterator[Violation]:
    """Report entries that match no image of what their kustomization builds; Kustomize says nothing of them."""
    suspects = [entry for entry in _entries(context) if not _is_seen(context, entry)]
    tries = [(entry, folder) for entry in suspects for folder in builds_of(context, entry.kustomization)]
    answers = context.engine.call_many([_probing(context, entry, folder) for entry, folder in tries])
    by_entry: dict[int, list[_Answer]] = {}
    for (entry, _), answer in zip(tries, answers, strict=True):
        by_entry.setdefault(id(entry), []).append(answer)
    for entry in suspects:
        found = by_entry.get(id(entry), [])
        built = [answer for answer in found if not isinstance(answer, EngineError)]
        images = sorted({image for answer in built for image in _images(answer["objects"])})
        # A build that fails leaves open what the entry does there.
        if built and len(built) == len(found) and not any(_PROBE in answer_text(answer) for answer in built):
            yield _unused(context, entry, images)


def answer_text(answer: Mapping[str, Any]) -> str:
    """Give all of a build's objects as one text."""
    return str(answer["objects"])


def _entries(context: CheckContext) -> Iterator[ImagesEntry]:
    for kustomization in context.graph.kustomizations.values():
        entries = kustomization.data.get("images")
        for index, data in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(data, Mapping) and data.get("name"):
                yield ImagesEntry(kustomization, index, data)


def _is_seen(context: CheckContext, entry: ImagesEntry) -> bool:
    """Whether the image stands in a file below, or a delivery runs what the entry would give: then nothing is tried."""
    if any(entry.name in _names_in(context, path) for path in _files_below(context, entry.kustomization)):
        return True
    known = context.once("images-by-delivery", lambda: _by_delivery(context))
    deliveries = deliveries_of_folder(context, entry.kustomization.folder)
    return any(entry.gives(image) for delivery in deliveries for image in known.get(delivery.id, ()))


def _files_below(context: CheckContext, kustomization: Kustomization) -> Iterator[str]:
    for folder in builds_of(context, kustomization):
        yield from kustomize_files(context.graph, folder)


def _names_in(context: CheckContext, path: str) -> frozenset[str]:
    """Give the names of the images in a file's container lists, which Kustomize changes in every kind."""
    memo: dict[str, frozenset[str]] = context.once("image-names-by-file", dict)
    if path not in memo:
        documents = context.tree.read(path).documents if context.tree.is_file(path) else ()
        found = [image for document in documents if document.is_object for image in images_of(document.value)]
        memo[path] = frozenset(parse(f.image).name for f in found if _LISTS.intersection(f.field_path[-3:-2]))
    return memo[path]


def _by_delivery(context: CheckContext) -> Mapping[str, frozenset[str]]:
    return {
        delivery.id: frozenset(_images([item.data for item in context.objects_of(delivery)]))
        for delivery in context.deliveries
    }


def _images(objects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for data in objects:
        yield from (found.image for found in images_of(data))


def _probing(context: CheckContext, entry: ImagesEntry, folder: str) -> dict[str, Any]:
    """Give the build in which the entry leaves a mark on what it matches."""
    entries = list(entry.kustomization.data["images"])
    entries[entry.index] = {"name": entry.name, "newName": _PROBE}
    data = {**entry.kustomization.data, "images": entries[: entry.index + 1]}
    return build_request(context, folder, data, entry.kustomization.folder)


def _unused(context: CheckContext, entry: ImagesEntry, images: Sequence[str]) -> Violation:
    message = (
        f"no container of this kustomization has the image {entry.name}, so this entry changes nothing"
        f"{_hint(entry.name, [parse(image).name for image in images])}"
    )
    path = entry.kustomization.path
    span, exact = context.tree.nearest(path, 0, entry.field_path)
    folders = builds_of(context, entry.kustomization)
    deliveries = tuple(delivery for folder in folders for delivery in deliveries_of_folder(context, folder))
    return Violation(message, span=span, exact=exact, deliveries=deliveries, fix=_without(context, entry, message))


def _without(context: CheckContext, entry: ImagesEntry, message: str) -> Fix | None:
    """Take the entry out, unless it seems to be a mistyped name of an image that is there."""
    documents = context.tree.read(entry.kustomization.path).documents
    if not documents or not message.endswith("remove the entry"):
        return None
    taken = removed(context.tree, documents[0], ("images", entry.index))
    return Fix("Remove the entry", (taken[0],), safe=False) if taken else None


def _hint(name: str, present: Sequence[str]) -> str:
    names = sorted({image for image in present if image != _PROBE})
    if name in names:
        return "; it stands in a field where Kustomize does not look: name that field in configurations, or patch it"
    # A shared registry makes any two of its images alike: their last part tells.
    by_base = {image.rpartition("/")[2]: image for image in names}
    near = difflib.get_close_matches(name.rpartition("/")[2], by_base, 1, _ALIKE)
    if near:
        return f"; did you mean '{by_base[near[0]]}'?"
    if not names:
        return "; it builds no container at all: remove the entry"
    shown = ", ".join(names[:_MAX_NAMED]) + (f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else "")
    return f"; name one that is there ({shown}), or remove the entry"


# Entries in deliveries


def _unused_overrides(context: CheckContext) -> Iterator[Violation]:
    """Report the images of Applications and Flux Kustomizations that match no image of what these build."""
    known = [item for item in overrides(context, "images") if item.data.get("name") and not item.delivery.unrendered]
    results = tried(known, lambda items: _probed(context, items), _may_have_effect)
    for item, answer in useless(results, _may_have_effect):
        if isinstance(answer, EngineError):
            continue
        name, owner = str(item.data["name"]), f"{item.delivery.kind} {item.delivery.name}"
        there = [parse(image).name for image in _images(answer["objects"])]
        message = f"no container of {owner} has the image {name}, so this entry changes nothing{_hint(name, there)}"
        yield item.place(context, Violation(message), *(("name",) if item.unit.flux else ()))


def _probed(context: CheckContext, items: Sequence[Override]) -> list[_Answer]:
    """Build with each entry leaving a mark on what it matches."""
    return context.engine.call_many([item.build({"name": item.data["name"], "newName": _PROBE}) for item in items])


def _may_have_effect(answer: _Answer) -> bool:
    return isinstance(answer, EngineError) or _PROBE in answer_text(answer)


# Replicas


def _unused_replicas(context: CheckContext) -> Iterator[Violation]:
    """Report what Kustomize refuses: an entry whose name no workload has. It is an error, as nothing is built."""
    for delivery, item in context.rendering.unrendered:
        found = UNMATCHED_REPLICAS.search(item.reason)
        span, exact = cause_of(item, context) if found else (None, False)
        if found and span and exact:
            message = (
                f"no workload of this kustomization is called {found['name']}, so Kustomize refuses this replicas "
                f"entry and builds nothing{_replicas_hint(context, item.path, found['name'])}"
            )
            yield Violation(message, span=span, deliveries=(delivery,) if delivery else (), severity="error")


def _replicas_hint(context: CheckContext, folder: str, name: str) -> str:
    kustomization = context.graph.kustomizations.get(folder)
    if kustomization is None:
        return ""
    # Entries name workloads as they are called below, without what this kustomization puts around it.
    changing = ("replicas", "namePrefix", "nameSuffix")
    data = {key: value for key, value in kustomization.data.items() if key not in changing}
    answer = context.engine.call_many([build_request(context, folder, data)])[0]
    objects = [] if isinstance(answer, EngineError) else answer["objects"]
    names = sorted({metadata_text(item, "name") for item in objects if item.get("kind") in _SCALED})
    near = difflib.get_close_matches(name, names, 1, _ALIKE)
    return f"; did you mean '{near[0]}'?" if near else f"; there is {', '.join(names[:_MAX_NAMED])}" if names else ""
