"""Which Kubernetes versions have schemas, and which of them an object is checked against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gitlint_ops.config import Config
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, HelmUnit

_VERSION = re.compile(r"^v?(\d{1,9})\.(\d{1,9})")
_FOLDER = re.compile(r"^v(\d+)\.(\d+)\.\d+-local-strict$")
Release = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """The release that an object is checked against. ``wanted`` is the one asked for where that has no schemas."""

    release: Release
    wanted: str = ""

    @property
    def text(self) -> str:
        """The release as people write it: ``1.33``."""
        return f"{self.release[0]}.{self.release[1]}"


@cache
def schema_folders() -> Mapping[Release, Path]:
    """Give the folder of strict schemas of each Kubernetes release, oldest first.

    The files belong to the package kubernetes-validate, which is located but not imported: its import costs more than
    the schemas, and its own validation reads them anew for each object.
    """
    spec = find_spec("kubernetes_validate")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found: dict[Release, Path] = {}
    for root in roots:
        for folder in (Path(root) / "kubernetes-json-schema").iterdir():
            match = _FOLDER.match(folder.name)
            if match:
                found[(int(match[1]), int(match[2]))] = folder
    return dict(sorted(found.items()))


@lru_cache(maxsize=256)
def target_for(version: str) -> Target:
    """Give the release for a version such as ``1.29`` or ``v1.29.3-gke``; '' is the newest, else the nearest known."""
    known = tuple(schema_folders())
    match = _VERSION.match(version)
    if match is None:
        return Target(known[-1], wanted=version)
    release = (int(match[1]), int(match[2]))
    if release in known:
        return Target(release)
    nearest = known[0] if release < known[0] else max(item for item in known if item <= release)
    return Target(nearest, wanted=f"{release[0]}.{release[1]}")


def version_of(item: RenderedObject, config: Config, met: Mapping[str, str]) -> str:
    """Give the Kubernetes version that an object meets, as written ('' where nothing says).

    ``met`` is the graph's ``kubernetes_versions``. The configuration's word for the environment comes first, then what
    the delivery's own source states, then what its cluster says, then the configuration's general version.
    """
    for environment in config.environments:
        if environment.name == item.delivery.environment and environment.kubernetes_version:
            return environment.kubernetes_version
    stated = item.unit.kube_version if isinstance(item.unit, HelmUnit) else ""
    return stated or _stated(item.delivery) or met.get(item.delivery.id, config.kubernetes_version)


def _stated(delivery: Delivery) -> str:
    """Give the kubeVersion of an Argo CD Application's helm or kustomize source."""
    if delivery.controller != "argocd":
        return ""
    spec: Any = delivery.object.get("spec")
    if not isinstance(spec, Mapping):
        return ""
    sources = spec.get("sources")
    for source in [spec.get("source"), *(sources if isinstance(sources, list) else ())]:
        for tool in ("helm", "kustomize"):
            settings = source.get(tool) if isinstance(source, Mapping) else None
            if isinstance(settings, Mapping) and settings.get("kubeVersion"):
                return str(settings["kubeVersion"])
    return ""
