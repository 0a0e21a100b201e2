"""Which Argo CD and Flux run, as far as the configuration or the repository tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.objects import metadata_of
from gitlint_ops.source.narrowing import mapping

ControllerName = Literal["argocd", "flux"]
Version = tuple[int, int]
"""Major and minor number."""

_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})")
_ARGO_IMAGE = re.compile(r"(?:^|/)argocd:v?(\d+\.\d+)\.\d")
_SOURCES: Mapping[ControllerName, re.Pattern[str]] = {
    "argocd": re.compile(r"argoproj/argo-cd(?:\.git)?[/?].*?\bv(\d+\.\d+)\.\d"),
    "flux": re.compile(r"fluxcd/flux2(?:\.git)?[/?].*?\bv(\d+\.\d+)\.\d"),
}
"""URLs of the official manifests, which kustomizations name: ``…/argo-cd/v3.2.1/manifests/install.yaml``."""

INSTALLING_WORDS: Mapping[ControllerName, tuple[str, ...]] = {
    "argocd": ("/argocd",),
    "flux": ("part-of: flux", "FluxInstance"),
}
"""One of these stands in whatever gives an object that tells a version: in an image's name, a label, a kind."""


def configured_version(configured: Mapping[str, str], controller: str) -> Version | None:
    """Give the version that the configuration's ``controllers`` names for a controller, None where it does not."""
    match = _VERSION.match(configured.get(controller, ""))
    return (int(match[1]), int(match[2])) if match else None


def installed_versions(
    rendering: Rendering, configured: Mapping[str, str], controller: ControllerName
) -> tuple[Version, ...]:
    """Give the versions of a controller, oldest first: the configured one, else those that the repository installs.

    ``configured`` is the configuration's ``controllers``. None is known where neither says anything.
    """
    told = configured_version(configured, controller)
    if told is not None:
        return (told,)
    texts = [*_installed(rendering, controller), *_fetched(rendering, controller)]
    found = (_VERSION.match(text) for text in texts)
    return tuple(sorted({(int(match[1]), int(match[2])) for match in found if match}))


def _installed(rendering: Rendering, controller: ControllerName) -> Iterator[str]:
    for item in rendering.all_objects():
        yield from _argo_version(item) if controller == "argocd" else _flux_version(item)


def _argo_version(item: RenderedObject) -> Iterator[str]:
    """Read the tag of Argo CD's image: its manifests label nothing with a version, and its chart may not either."""
    if item.kind in {"Deployment", "StatefulSet"}:
        for container in _containers(item.data):
            match = _ARGO_IMAGE.search(str(container.get("image") or ""))
            if match:
                yield match[1]


def _flux_version(item: RenderedObject) -> Iterator[str]:
    """Read the labels of what ``flux bootstrap`` installs, and the version that a FluxInstance asks for."""
    if item.kind in {"Namespace", "Deployment", "CustomResourceDefinition"}:
        labels = metadata_of(item.data).get("labels")
        if isinstance(labels, Mapping) and labels.get("app.kubernetes.io/part-of") == "flux":
            yield str(labels.get("app.kubernetes.io/version") or "")
    if item.kind == "FluxInstance":
        yield str(mapping(item.data, "spec", "distribution").get("version") or "")


def _fetched(rendering: Rendering, controller: ControllerName) -> Iterator[str]:
    for kustomization in rendering.graph.kustomizations.values():
        for reference in kustomization.references:
            match = _SOURCES[controller].search(reference.written)
            if match:
                yield match[1]


def _containers(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    pod = mapping(data, "spec", "template", "spec")
    containers = pod.get("containers")
    yield from (one for one in containers if isinstance(one, Mapping)) if isinstance(containers, list) else ()
