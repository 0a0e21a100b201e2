"""Pods as the CEL rules see them: whole pods, and the parts of one that custom kinds say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.checks.containers import CONTAINER_LISTS, NO_PODS, NOT_MANIFESTS, SINGLE_CONTAINERS
from gitlint_ops.lint.references.pods import Pods, is_custom, standard_pods
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import items, mapping

_ROLES = {"initContainers": "init", "ephemeralContainers": "ephemeral"}


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod's spec in an object, its path, and the pod's metadata.

    ``whole``: the spec is all that the pod gets. An operator completes what custom kinds say of their containers
    outside of a pod template, so that nothing can be said of what is missing there.
    """

    field_path: FieldPath
    spec: Mapping[str, Any]
    metadata: Mapping[str, Any]
    whole: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod. ``role``: app, init or ephemeral; what custom kinds have (steps, sidecars) is app."""

    field_path: FieldPath
    value: Mapping[str, Any]
    role: str


def described_pods(item: RenderedObject) -> Iterator[Pod]:
    """Give the pods of an object, whole ones and those of which a custom kind says a part."""
    standard = standard_pods(item)
    if standard is not None:
        yield _standard(standard)
    elif is_custom(item) and item.kind not in NO_PODS | NOT_MANIFESTS:
        yield from _custom(item.data, (), {})


def _standard(pods: Pods) -> Pod:
    template: Any = pods.item.data
    for step in pods.path:
        template = mapping(template).get(str(step))
    return Pod(pods.spec_path, pods.spec, mapping(mapping(template).get("metadata")), whole=True)


def _custom(value: Any, path: FieldPath, around: Mapping[str, Any]) -> Iterator[Pod]:
    if isinstance(value, Mapping):
        if any(_holds_containers(value, key) for key in value):
            whole = _is_template(path) and any(True for _ in items(value.get("containers")))
            yield Pod(path, value, mapping(around.get("metadata")), whole)
            return
        for key, below in value.items():
            yield from _custom(below, (*path, key), value)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _custom(below, (*path, index), {})


def _is_template(path: FieldPath) -> bool:
    return len(path) > 1 and path[-1] == "spec" and str(path[-2]).lower().endswith("template")


def _holds_containers(value: Mapping[str, Any], key: str) -> bool:
    if key in CONTAINER_LISTS:
        return any(True for _ in items(value[key]))
    return key in SINGLE_CONTAINERS and isinstance(mapping(value[key]).get("image"), str)


def containers_of(pod: Pod) -> Iterator[Container]:
    """Give a pod's containers: init and ephemeral ones too, and those that custom kinds call otherwise."""
    for key, value in pod.spec.items():
        if key in CONTAINER_LISTS:
            for index, item in items(value):
                yield Container((*pod.field_path, key, index), item, _ROLES.get(key, "app"))
        elif _holds_containers(pod.spec, key):
            yield Container((*pod.field_path, key), value, "app")
