"""The ConfigMaps and Secrets that pods use, and the entries that they need of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.references.pods import Pods
from gitlint_ops.lint.references.wants import Want, want
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import items, mapping

Entries = tuple[tuple[FieldPath, str], ...]
_REFERENCES = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_KEY_REFERENCES = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_VOLUMES = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))
_PROJECTED = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "name"))


def config_wants(pods: Pods) -> Iterator[Want]:
    """Give the ConfigMaps and Secrets that the pods' environment and volumes name."""
    for path, container in pods.containers():
        yield from _environment(pods, path, container)
    for at, volume in items(pods.spec.get("volumes")):
        yield from _volume(pods, (*pods.spec_path, "volumes", at), volume)


def _environment(pods: Pods, path: FieldPath, container: Mapping[str, Any]) -> Iterator[Want]:
    for at, entry in items(container.get("envFrom")):
        for field, kind in _REFERENCES:
            yield from _want(pods, (*path, "envFrom", at, field), kind, "name", entry.get(field))
    for at, entry in items(container.get("env")):
        source = mapping(entry.get("valueFrom"))
        for field, kind in _KEY_REFERENCES:
            place = (*path, "env", at, "valueFrom", field)
            key = mapping(source.get(field)).get("key")
            needed = (((*place, "key"), key),) if isinstance(key, str) else ()
            yield from _want(pods, place, kind, "name", source.get(field), needed)


def _want(
    pods: Pods, path: FieldPath, kind: str, name_field: str, reference: Json, keys: Entries = ()
) -> Iterator[Want]:
    optional = mapping(reference).get("optional") is True
    found = want(pods.item, (*path, name_field), kind, mapping(reference).get(name_field), optional=optional, keys=keys)
    if found is not None:
        yield found


def _volume(pods: Pods, path: FieldPath, volume: Mapping[str, Any]) -> Iterator[Want]:
    for field, kind, name_field in _VOLUMES:
        source = volume.get(field)
        if isinstance(source, Mapping):
            needed = _listed(source, (*path, field)) or tuple(_mounted(pods, volume.get("name")))
            yield from _want(pods, (*path, field), kind, name_field, source, needed)
    for at, part in items(mapping(volume.get("projected")).get("sources")):
        for field, kind, name_field in _PROJECTED:
            place = (*path, "projected", "sources", at, field)
            source = part.get(field)
            yield from _want(pods, place, kind, name_field, source, _listed(mapping(source), place))


def _listed(source: Mapping[str, Any], path: FieldPath) -> Entries:
    """Give the keys that a volume's ``items`` pick."""
    return tuple(
        ((*path, "items", at, "key"), entry["key"])
        for at, entry in items(source.get("items"))
        if isinstance(entry.get("key"), str)
    )


def _mounted(pods: Pods, volume: Json) -> Iterator[tuple[FieldPath, str]]:
    """Give the keys that containers mount one by one: of a volume without ``items`` each key is a file."""
    for path, container in pods.containers():
        for at, mount in items(container.get("volumeMounts")):
            key = mount.get("subPath")
            if mount.get("name") == volume and isinstance(key, str) and key:
                yield (*path, "volumeMounts", at, "subPath"), key.removeprefix("./").partition("/")[0]
