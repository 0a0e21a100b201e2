"""The fields of a kustomization that set fields directly: images, replicas, labels, annotations, namespace, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.render.provenance.hit import NOTHING, Hit, Subject
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import is_container, same, value_at
from gitlint_ops.render.provenance.selectors import matches_any
from gitlint_ops.source import FieldPath, Json
from gitlint_ops.source.narrowing import items

_NAME, _TAG = frozenset({"name"}), frozenset({"tag"})
_SCALED = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
_IMAGE = re.compile(r"(?P<name>.+?)(?::(?P<tag>[^:/@]*))?(?:@(?P<digest>.*))?")
_ENTRY = re.compile(r"(?:(?P<old>[^=]*)=)?(?P<new>.*)")


def split_image(image: str) -> tuple[str, str, str]:
    """Split an image reference into name, tag and digest ('' where it has none)."""
    found = _IMAGE.fullmatch(image)
    return (found["name"], found["tag"] or "", found["digest"] or "") if found else (image, "", "")


def image_hits(layer: Layer, subject: Subject, known_names: set[str]) -> Iterator[Hit]:
    """Give the hits of ``images``. ``known_names`` holds the names that the image has had; it grows."""
    if not subject.is_image:
        return
    name, tag, digest = split_image(subject.value)
    known_names.add(name)
    for index, entry in layer.records("images"):
        old, new_name = str(entry.get("name") or ""), str(entry.get("newName") or "")
        if not _is_known(new_name or old, known_names):
            continue
        known_names.add(old)
        why = f"the images entry of {layer.title}"
        for field, value, wanted, pieces in (
            ("newTag", entry.get("newTag"), tag, _TAG),
            ("digest", entry.get("digest"), digest, _TAG),
            ("newName", new_name, name, _NAME),
        ):
            if value:
                yield Hit(layer.place("images", index, field), why, pieces=pieces, verified=str(value) == wanted)


def _is_known(name: str, known: set[str]) -> bool:
    """Whether an entry's result is a name the image has had; ``name`` is a regular expression to Kustomize."""
    return name in known or matches_any(name, known)


def argo_image_hits(layer: Layer, subject: Subject, known_names: set[str]) -> Iterator[Hit]:
    """Give the hits of an Application's ``kustomize.images``: texts of the form ``[old=]new[:tag][@digest]``."""
    if not subject.is_image:
        return
    name, tag, digest = split_image(subject.value)
    known_names.add(name)
    for index, entry in enumerate(layer.entries("images")):
        found = _ENTRY.fullmatch(str(entry))
        if not found:
            continue
        new_name, new_tag, new_digest = split_image(found["new"])
        if new_name not in known_names:
            continue
        known_names.add(found["old"] or new_name)
        gives = {"tag"} if (new_tag or new_digest) and (new_tag, new_digest) == (tag, digest) else set()
        gives |= {"name"} if found["old"] and new_name == name else set()
        why = f"the images entry of {layer.title}"
        yield Hit(layer.place("images", index), why, pieces=frozenset(gives), verified=bool(gives))


def image_pieces(value: Json, subject: Subject) -> frozenset[str]:
    """Give the pieces of the image reference that a source's own text has in common with the rendered one."""
    name, tag, digest = split_image(str(value))
    wanted = split_image(str(subject.value))
    pieces = _TAG if (tag, digest) == wanted[1:] else NOTHING
    return pieces | (_NAME if name == wanted[0] else NOTHING)


def first_piece(subject: Subject) -> str:
    """Give the piece of an image reference that matters most: the tag, unless the part that matters is in its name."""
    if not subject.is_image:
        return "name"
    name, tag, digest = split_image(subject.value)
    return "name" if not (tag or digest) or (subject.part and subject.part in name) else "tag"


def replica_hits(layer: Layer, subject: Subject, identity: Identity) -> Iterator[Hit]:
    """Give the hits of ``replicas``."""
    if subject.path != ("spec", "replicas") or subject.object.kind not in _SCALED:
        return
    for index, entry in layer.records("replicas"):
        if identity.named(str(entry.get("name"))):
            why = f"the replicas entry of {layer.title}"
            yield Hit(layer.place("replicas", index, "count"), why, entry.get("count"))


def annotation_hits(layer: Layer, subject: Subject) -> Iterator[Hit]:
    """Give the hit of ``commonAnnotations``."""
    if _is_tag(subject.path, ("annotations",)):
        yield from _tag_hit(layer, ("commonAnnotations",), subject)


def label_hits(layer: Layer, subject: Subject) -> Iterator[Hit]:
    """Give the hits of ``labels`` and ``commonLabels``."""
    for index, entry in layer.records("labels"):
        if _labelled(entry, subject.path) and isinstance(entry.get("pairs"), Mapping):
            yield from _tag_hit(layer, ("labels", index, "pairs"), subject)
    if _is_tag(subject.path, ("labels", "matchLabels", "selector")):
        yield from _tag_hit(layer, ("commonLabels",), subject)


def _labelled(entry: Mapping[str, Any], path: FieldPath) -> bool:
    """Whether an entry of ``labels`` touches a field: metadata always, templates and selectors where it says so."""
    if path[:-1] == ("metadata", "labels"):
        return True
    templates = bool(entry.get("includeTemplates") or entry.get("includeSelectors"))
    if templates and _is_tag(path, ("labels",)):
        return True
    if entry.get("includeSelectors") and _is_tag(path, ("matchLabels", "selector", "labels")):
        return True
    return any(str(spec.get("path", "")).split("/") == list(path[:-1]) for _, spec in items(entry.get("fields")))


def _is_tag(path: FieldPath, parents: tuple[str, ...]) -> bool:
    return len(path) >= 2 and path[-2] in parents and isinstance(path[-1], str)


def _tag_hit(layer: Layer, field: FieldPath, subject: Subject) -> Iterator[Hit]:
    pairs, key = value_at(layer.data, field), subject.path[-1]
    if isinstance(pairs, Mapping) and key in pairs:
        yield Hit(layer.place(*field, key), f"{field[0]} of {layer.title}", pairs[str(key)])


def namespace_hits(layer: Layer, field: str, subject: Subject) -> Iterator[Hit]:
    """Give the hit of ``namespace`` (Flux: ``targetNamespace``): on objects, subjects, webhooks' services."""
    path, value = subject.path, layer.data.get(field)
    touched = path[-1:] == ("namespace",) and (len(path) == 2 or "subjects" in path or "service" in path)
    touched = touched or (subject.object.kind == "Namespace" and path == ("metadata", "name"))
    if value and touched and same(value, subject.value):
        # Of the subjects of bindings only those are changed whose ServiceAccount the kustomization holds.
        yield Hit(layer.place(field), f"the {field} of {layer.title}", value, certain="subjects" not in path)


def name_hits(layer: Layer, subject: Subject) -> Iterator[Hit]:
    """Give the hits of ``nameSuffix`` and ``namePrefix``: parts of the name; the rest of it is written deeper."""
    if subject.path != ("metadata", "name") or is_container(subject.value):
        return
    for field in ("nameSuffix", "namePrefix"):
        value = layer.data.get(field)
        if isinstance(value, str) and value and value in str(subject.value):
            yield Hit(layer.place(field), f"the {field} of {layer.title}", pieces=NOTHING)
