"""``.argocd-source.yaml`` and ``.argocd-source-<name>.yaml``: merge patches that lie beside the manifests."""

from __future__ import annotations

from typing import Any

from gitlint_ops.repo.argocd_settings import Application
from gitlint_ops.repo.locations import UnrenderableError
from gitlint_ops.repo.places import Overlay
from gitlint_ops.repo.views import View
from gitlint_ops.source.model import Json

_KEPT = ("chart", "path", "repoURL", "targetRevision")
"""The fields that an override cannot change (reposerver/repository/repository.go, mergeSourceParameters)."""


def merge_overrides(app: Application, source: View, folder: str) -> tuple[View, tuple[Overlay, ...]]:
    """Apply the override files of a folder to a source; also gives where they are, for the places of their fields."""
    value: Json = source.value
    overlays = []
    for name in (".argocd-source.yaml", f".argocd-source-{app.name}.yaml"):
        path = name if folder == "." else f"{folder}/{name}"
        if not app.context.tree.is_file(path):
            continue
        documents = app.context.tree.read(path).documents
        patch = documents[0].value if documents else None
        if patch is None and not app.context.tree.read(path).problems:
            continue
        if not isinstance(patch, dict):
            raise UnrenderableError("invalid-object", f"{path} is no mapping: Argo CD cannot read this override")
        value = merge_patch(value, patch)
        overlays.append(Overlay(path, 0, source.path))
    kept = {key: source.mapping()[key] for key in _KEPT if key in source.mapping()}
    rest = {key: item for key, item in value.items() if key not in _KEPT}
    return View({**rest, **kept}, source.path), tuple(overlays)


def merge_patch(target: Json, patch: Json) -> Json:
    """Apply an RFC 7386 merge patch: mappings merge, null deletes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged: dict[str, Any] = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged
