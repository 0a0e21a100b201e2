"""Argo CD's Kustomize sources: overrides as arguments of ``kustomize edit``, in its order (util/kustomize)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gitlint_ops.repo.argocd_helm import plain_version
from gitlint_ops.repo.argocd_settings import Application
from gitlint_ops.repo.kustomizations import FILE_NAMES
from gitlint_ops.repo.locations import UnrenderableError, resolve
from gitlint_ops.repo.model import KustomizeUnit
from gitlint_ops.repo.templating import expand
from gitlint_ops.repo.views import View
from gitlint_ops.source import SourceTree

Edit = tuple[tuple[str, ...], View]
"""The arguments of an edit, and the field that causes it."""
_SETTINGS_ONLY = frozenset(
    {
        "forceCommonLabels",
        "forceCommonAnnotations",
        "commonAnnotationsEnvsubst",
        "labelWithoutSelector",
        "labelIncludeTemplates",
    }
)
"""Fields that alone do not make a source a Kustomize source."""
_COUNT = re.compile(r"\d{1,9}")
_TARGET_FIELDS = ("group", "version", "kind", "name", "namespace", "annotationSelector", "labelSelector")


def has_kustomization(tree: SourceTree, folder: str) -> bool:
    """Whether a kustomization file lies directly in a folder."""
    return any(name in FILE_NAMES for name in tree.children(folder))


def kustomize_is_set(block: View) -> bool:
    """Whether a ``kustomize`` block says anything (ApplicationSourceKustomize.IsZero is false)."""
    return any(bool(view.value) and key not in _SETTINGS_ONLY for key, view in block.entries())


def kustomize_unit(app: Application, block: View, folder: str) -> KustomizeUnit:
    """Give the unit of a kustomization with the Application's overrides; raises ShapeError or UnrenderableError."""
    edits = tuple(_edits(app, block, folder))
    return KustomizeUnit(
        path=folder,
        edits=tuple(arguments for arguments, _ in edits),
        edit_fields=tuple(app.place.locate(view.path)[1] for _, view in edits),
        load_restrictor="none" if app.settings.unrestricted else "root",
        enable_helm=app.settings.enable_helm,
        kube_version=plain_version(block["kubeVersion"].text()),
        api_versions=tuple(view.text() for view in block["apiVersions"].items()),
        remotes=app.context.remotes,
    )


def _edits(app: Application, block: View, folder: str) -> Iterator[Edit]:
    yield from _set_text(block["namePrefix"], "nameprefix")
    yield from _set_text(block["nameSuffix"], "namesuffix")
    for view in block["images"].items():
        yield ("set", "image", expand(app.context.engine, view.text(), app.variables)), view
    for view in block["replicas"].items():
        yield ("set", "replicas", f"{view['name'].text()}={_count(view['count'])}"), view
    yield from _labels(app, block)
    yield from _annotations(app, block)
    yield from _set_text(block["namespace"], "namespace")
    for view in block["patches"].items():
        yield ("append", "patches", json.dumps([_patch(view)])), view
    yield from _components(app, block, folder)


def _set_text(view: View, what: str) -> Iterator[Edit]:
    if view.text():
        yield ("set", what, "--", view.text()), view


def _count(view: View) -> int:
    value = view.value
    if isinstance(value, str) and _COUNT.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise view.wrong("a number")
    return value


def _labels(app: Application, block: View) -> Iterator[Edit]:
    flags = (
        *(("--force",) if block["forceCommonLabels"].flag() else ()),
        *(("--without-selector",) if block["labelWithoutSelector"].flag() else ()),
        *(("--include-templates",) if block["labelIncludeTemplates"].flag() else ()),
    )
    for key, view in sorted(block["commonLabels"].entries()):
        value = expand(app.context.engine, view.text(), app.variables)
        yield ("add", "label", *flags, f"{key}:{value}"), view


def _annotations(app: Application, block: View) -> Iterator[Edit]:
    flags = ("--force",) if block["forceCommonAnnotations"].flag() else ()
    substituted = block["commonAnnotationsEnvsubst"].flag()
    for key, view in sorted(block["commonAnnotations"].entries()):
        value = expand(app.context.engine, view.text(), app.variables) if substituted else view.text()
        yield ("add", "annotation", *flags, f"{key}:{value}"), view


def _patch(view: View) -> dict[str, Any]:
    """Give the entry that Argo CD appends to ``patches``; ``kustomize edit`` itself has no flag for its options."""
    patch: dict[str, Any] = {key: view[key].text() for key in ("path", "patch") if view[key].text()}
    if view["target"]:
        target = view["target"]
        patch["target"] = {key: target[key].text() for key in _TARGET_FIELDS if target[key].text()}
    if view["options"]:
        patch["options"] = {key: option.flag() for key, option in view["options"].entries()}
    return patch


def _components(app: Application, block: View, folder: str) -> Iterator[Edit]:
    """Give the edits of components. A missing one fails the edit, unless ``ignoreMissingComponents`` drops it."""
    ignore_missing = block["ignoreMissingComponents"].flag()
    for view in block["components"].items():
        target = resolve(".", folder, view.text(), view.path, "component")
        if "*" in target or app.context.tree.is_folder(target):
            yield ("add", "component", view.text()), view
        elif not ignore_missing:
            message = f"its component '{view.text()}' does not exist"
            raise UnrenderableError("missing-file", message, view.path, target)
