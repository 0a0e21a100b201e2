"""The source and the Kustomization that flux-operator makes of a FluxInstance's ``sync``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.locations import UnrenderableError
from gitlint_ops.repo.model import Declared
from gitlint_ops.repo.templating import TemplateError, ask, parse_yaml
from gitlint_ops.repo.views import View, kind_of
from gitlint_ops.source.model import FieldPath

_PATH = ("spec", "sync", "path")
_PATCHES = ("spec", "kustomize", "patches")
_FOLDER = ".flux-instance"
"""The folder, laid over the tree, where the two are patched."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a ``sync`` becomes, after the FluxInstance's patches."""

    name: str
    """The name of both objects; their namespace is the FluxInstance's."""
    source: Mapping[str, Any]
    kustomization: Mapping[str, Any]
    path_field: FieldPath
    """The field of the FluxInstance that gives the Kustomization its path."""


def synced(context: Context, declared: Declared, namespace: str) -> Synced:
    """Make the two objects as flux-operator does (internal/builder: syncTmpl of templates.go, build.go).

    Its ``kustomize.patches`` hold for them as for the controllers, so that they can add postBuild, say. Raises
    ShapeError, and UnrenderableError where a patch fails.
    """
    spec = View(declared.data)["spec"]
    sync = spec["sync"]
    name = sync["name"].text() or namespace
    source, kustomization = _source(sync, name, namespace), _kustomization(sync, name, namespace)
    try:
        patches = list(_patches(context, spec, {source["kind"], kustomization["kind"]}))
        patched = _patched(context, (source, kustomization), patches) if patches else [source, kustomization]
    except TemplateError as error:
        raise UnrenderableError(error.kind, f"its patches fail: {_cause(error.message)}", _PATCHES) from error
    found = {item["kind"]: item for item in patched}
    made = found.get("Kustomization", kustomization)
    is_own = View(made).at("spec", "path").value == kustomization["spec"]["path"]
    return Synced(name, found.get(source["kind"], source), made, _PATH if is_own else _PATCHES)


def _cause(message: str) -> str:
    """Give Kustomize's cause without the patch that it quotes: a patch may write the value of a secret variable."""
    return message.rpartition("`: ")[2].partition(" from [patch")[0]


def _source(sync: View, name: str, namespace: str) -> dict[str, Any]:
    kind, ref = sync["kind"].text("GitRepository"), sync["ref"].text()
    forms: dict[str, dict[str, Any]] = {"OCIRepository": {"ref": {"tag": ref}}, "Bucket": {"bucketName": ref}}
    spec: dict[str, Any] = {
        "interval": sync["interval"].text("1m"),
        "endpoint" if kind == "Bucket" else "url": sync["url"].text(),
        **forms.get(kind, {"ref": {"name": ref}}),
    }
    if secret := sync["pullSecret"].text():
        spec["secretRef"] = {"name": secret}
    if provider := sync["provider"].text():
        spec["provider"] = provider
    return _object("source.toolkit.fluxcd.io/v1", kind, name, namespace, spec)


def _kustomization(sync: View, name: str, namespace: str) -> dict[str, Any]:
    spec = {
        "interval": "10m0s",
        "path": sync["path"].text() or "./",
        "prune": True,
        "sourceRef": {"kind": sync["kind"].text("GitRepository"), "name": name},
    }
    return _object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, namespace, spec)


def _object(api_version: str, kind: str, name: str, namespace: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def _patches(context: Context, spec: View, kinds: set[str]) -> Iterator[Mapping[str, Any]]:
    """Give the patches that may concern the two objects: one without a target fails where its own object is absent."""
    for view in spec.at("kustomize", "patches").items():
        if view["target"].mapping() or kind_of(parse_yaml(context.engine, view["patch"].text())) in kinds:
            yield view.mapping()


def _patched(
    context: Context, objects: tuple[Mapping[str, Any], ...], patches: list[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    names = [f"{at}.yaml" for at in range(len(objects))]
    files = {"kustomization.yaml": {"resources": names, "patches": patches}, **dict(zip(names, objects, strict=True))}
    texts = {f"{_FOLDER}/{name}": json.dumps(data) for name, data in files.items()}
    found: list[Mapping[str, Any]] = ask(context.engine, "kustomize", path=_FOLDER, files=texts)["objects"]
    return found
