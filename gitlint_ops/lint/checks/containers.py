"""Every container image that an object names: pod templates, container lists of custom kinds, image volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.model import FieldPath, Json

CONTAINER_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers", "sidecars", "steps"})
"""Lists whose items are containers, in pods and in the kinds of Tekton, Argo Workflows and operators."""
SINGLE_CONTAINERS = frozenset({"container", "script", "stepTemplate", "sidecar", "initContainer"})
NO_PODS = frozenset({"ConfigMap", "Secret", "CustomResourceDefinition", "SealedSecret"})
NOT_MANIFESTS = frozenset({"Application", "ApplicationSet", "HelmRelease"})
"""Their values are a chart's, not containers; they are looked into as values."""
_NOT_LOOKED_INTO = NO_PODS | NOT_MANIFESTS
_HOLDERS = CONTAINER_LISTS | SINGLE_CONTAINERS | {"volumes"}


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """An image reference in an object, and where it stands."""

    field_path: FieldPath
    image: str


def images_of(data: Mapping[str, Any]) -> list[ContainerImage]:
    """Give the images of an object's containers, init and ephemeral containers and image volumes, at any depth.

    A custom kind counts as soon as it holds such a list. Schemas of CRDs and texts of ConfigMaps do not.
    """
    found: list[ContainerImage] = []
    if data.get("kind") not in _NOT_LOOKED_INTO:
        _walk(data, (), found)
    return found


@lru_cache(maxsize=65536)
def images_in(item: RenderedObject) -> tuple[ContainerImage, ...]:
    """Give the images of a rendered object. Several rules ask for those of every object: the answers are kept."""
    return tuple(images_of(item.data))


def _walk(value: Json, path: FieldPath, found: list[ContainerImage]) -> None:
    # Every object is walked, and most of it is scalars: neither they nor a level of depth cost a generator.
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            where = (*path, key)
            if key in _HOLDERS:
                found += _here(key, item, where)
            _walk(item, where, found)


def _here(key: str | int, item: Json, where: FieldPath) -> Iterator[ContainerImage]:
    if key in CONTAINER_LISTS and isinstance(item, list):
        for index, container in enumerate(item):
            yield from _image(container, (*where, index))
    elif key in SINGLE_CONTAINERS:
        yield from _image(item, where)
    elif key == "volumes" and isinstance(item, list):
        yield from _volumes(item, where)


def _image(container: Json, where: FieldPath) -> Iterator[ContainerImage]:
    image = container.get("image") if isinstance(container, Mapping) else None
    if isinstance(image, str) and image.strip():
        yield ContainerImage((*where, "image"), image.strip())


def _volumes(volumes: list[Json], where: FieldPath) -> Iterator[ContainerImage]:
    for index, volume in enumerate(volumes):
        image = volume.get("image") if isinstance(volume, Mapping) else None
        reference = image.get("reference") if isinstance(image, Mapping) else None
        if isinstance(reference, str) and reference.strip():
            yield ContainerImage((*where, index, "image", "reference"), reference.strip())
