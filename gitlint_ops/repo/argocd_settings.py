"""What an Application's sources are resolved with: its identity, its refs, and Argo CD's own settings found in Git."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.views import View

ARGO_GROUP = "argoproj.io"


@dataclass(frozen=True, slots=True)
class ArgoSettings:
    """Argo CD's settings that change what is rendered (argocd-cm). ``found``: whether they are in this repository."""

    found: bool = False
    build_options: str = ""
    kustomize_enabled: bool = True
    helm_enabled: bool = True

    @property
    def enable_helm(self) -> bool:
        """Whether Kustomize may inflate charts; where Git has no settings, a repository that does so relies on it."""
        return "--enable-helm" in self.build_options or not self.found

    @property
    def unrestricted(self) -> bool:
        """Whether a kustomization may load files above its folder."""
        words = self.build_options.replace("=", " ").split()
        return "LoadRestrictionsNone" in words


@dataclass(frozen=True, slots=True)
class Application:
    """An Application as its sources see it. ``variables`` are the ARGOCD_APP_* of Argo CD's build environment."""

    context: Context
    place: Place
    name: str
    namespace: str
    """The destination's namespace."""
    multiple: bool
    refs: Mapping[str, View]
    """The sources that have a ``ref``, by it."""
    settings: ArgoSettings = ArgoSettings()
    variables: Mapping[str, str] = field(default_factory=dict)


def argo_settings(context: Context) -> ArgoSettings:
    """Read Argo CD's settings: the ConfigMap argocd-cm, else the operator's ArgoCD object, where one is in Git."""
    for declared in context.index.named("ConfigMap", "argocd-cm"):
        data = declared.data.get("data")
        return _from_config_map(data if isinstance(data, dict) else {})
    for declared in context.index.all("ArgoCD", ARGO_GROUP):
        spec = declared.data.get("spec")
        options = spec.get("kustomizeBuildOptions") if isinstance(spec, dict) else ""
        return ArgoSettings(found=True, build_options=options if isinstance(options, str) else "")
    return ArgoSettings()


def _from_config_map(data: Mapping[str, object]) -> ArgoSettings:
    return ArgoSettings(
        found=True,
        build_options=str(data.get("kustomize.buildOptions") or ""),
        kustomize_enabled=data.get("kustomize.enable", "true") == "true",
        helm_enabled=data.get("helm.enable", "true") == "true",
    )
