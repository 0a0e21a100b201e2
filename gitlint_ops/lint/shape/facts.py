"""What a repository's shape is judged by, counted."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitlint_ops.lint.apps import apps_of
from gitlint_ops.lint.checks.overlay_size import bases_of
from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery, Environment
from gitlint_ops.repo.pipelines.arguments import words_in
from gitlint_ops.source import SourceTree

_BUILD_FILES = words_in(
    """Dockerfile Containerfile go.mod package.json pom.xml build.gradle build.gradle.kts Cargo.toml pyproject.toml
    requirements.txt Gemfile composer.json mix.exs"""
)
_SOURCE_ENDINGS = words_in(
    """.go .py .js .ts .tsx .jsx .java .kt .cs .rs .rb .php .c .cc .cpp .h .scala .swift .ex .html .vue"""
)
_NOT_SOURCE = words_in("""docs doc hack scripts script tools test tests e2e images external .github .ci ci""")
_INFRASTRUCTURE = words_in(
    """infra infrastructure platform system cluster cluster-config cluster-configs cluster-addons cluster-scope
    addons core talos metal ansible terraform bicep crossplane networking controllers"""
)
_APPLICATIONS = words_in("""app apps application applications services workloads tenants teams projects""")
_SYSTEM_NAMESPACES = words_in(
    """kube-system cert-manager ingress-nginx istio-system monitoring rook-ceph external-secrets external-dns
    metallb-system cilium-secrets longhorn-system openshift-monitoring observability"""
)
_MAIN_SHARE = 0.2
"""With fewer source files than this share of the YAML files, the sources are not what the repository is for."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures. ``deliveries`` are those of a controller; ``apps`` the names of what is deployed, in all ways."""

    deliveries: tuple[Delivery, ...]
    apps: frozenset[str]
    promoted: int
    """How many applications stand in two environments or more."""
    environments: tuple[Environment, ...]
    """Those that something is deployed to, in promotion order."""
    source_files: int
    build_folders: tuple[str, ...]
    yaml_files: int
    overlays: Mapping[str, tuple[str, ...]]
    """For each folder of a base, the overlays built upon it."""
    roots: tuple[tuple[str, int], ...]
    """What creates deliveries, with how many: those that create two or more."""
    generators: int
    infrastructure: tuple[str, ...]
    """Folders of what all applications share."""
    system_namespaces: tuple[str, ...]
    """Namespaces of such things into which something is delivered."""
    application_folders: tuple[str, ...]

    @property
    def owns_source(self) -> bool:
        """Whether the repository is that of the application's source code."""
        if "." in self.build_folders and self.source_files:
            return True
        return self.source_files > 0 and self.source_files >= _MAIN_SHARE * self.yaml_files


def gather(context: CheckContext) -> Facts:
    """Count everything."""
    controlled = tuple(d for d in context.deliveries if d.controller != "none")
    apps = apps_of(context.deliveries)
    used = {delivery.environment for delivery in context.deliveries}
    ranked = sorted(context.graph.environments.values(), key=lambda e: (e.rank, e.name))
    sources = [path for path in context.tree.files if _is_source(path)]
    return Facts(
        deliveries=controlled,
        apps=frozenset(apps.values()) - {""},
        promoted=_promoted(context, apps),
        environments=tuple(environment for environment in ranked if environment.name in used),
        source_files=len(sources),
        build_folders=_build_folders(context.tree, sources),
        yaml_files=len(context.tree.yaml_files),
        overlays=_overlays(context),
        roots=tuple((r.id, len(context.reaches.of(r).deliveries)) for r in _roots(context)),
        generators=sum(not is_sample(generator) for generator in context.graph.generators.values()),
        infrastructure=tuple(_named_folders(context.tree, _INFRASTRUCTURE)),
        system_namespaces=tuple(_system_namespaces(context, controlled)),
        application_folders=tuple(_named_folders(context.tree, _APPLICATIONS)),
    )


def _roots(context: CheckContext) -> list[Delivery]:
    tops = (*context.reaches.roots, *context.reaches.loose_roots)
    return [r for r in tops if isinstance(r, Delivery) and _children(context, r) > 1 and not is_sample(r)]


def _promoted(context: CheckContext, apps: Mapping[str, str]) -> int:
    places: dict[str, set[str]] = {}
    for delivery in context.deliveries:
        places.setdefault(apps.get(delivery.id, ""), set()).add(delivery.environment)
    return sum(len(environments - {""}) > 1 for environments in places.values())


def _children(context: CheckContext, root: Delivery) -> int:
    """Count what a root creates beside Helm releases, which are the way Flux applies one application."""
    return sum(child.kind != "HelmRelease" for child in context.reaches.children_of(root))


def _is_source(path: str) -> bool:
    *folders, name = path.split("/")
    return posixpath.splitext(name)[1] in _SOURCE_ENDINGS and not _NOT_SOURCE.intersection(folders)


def _build_folders(tree: SourceTree, sources: Iterable[str]) -> tuple[str, ...]:
    """Give the folders with a build file and source code below them; without any, those of the sources."""
    inhabited = {"."}
    for path in sources:
        folder = posixpath.dirname(path)
        while folder and folder not in inhabited:
            inhabited.add(folder)
            folder = posixpath.dirname(folder)
    found = (posixpath.dirname(path) or "." for path in tree.files if posixpath.basename(path) in _BUILD_FILES)
    kept = dict.fromkeys(f for f in found if f in inhabited and not _NOT_SOURCE.intersection(f.split("/")))
    return tuple(kept or dict.fromkeys(path.split("/")[0] if "/" in path else "." for path in sources))


def _overlays(context: CheckContext) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for folder, kustomization in sorted(context.graph.kustomizations.items()):
        for base in dict.fromkeys(bases_of(context, kustomization)):
            is_outside = not base.startswith(f"{folder}/") and folder != "."
            found.setdefault(base, []).extend([folder] if is_outside and not kustomization.component else [])
    return {base: tuple(overlays) for base, overlays in found.items() if overlays}


def _system_namespaces(context: CheckContext, controlled: Iterable[Delivery]) -> list[str]:
    names = {item.namespace for delivery in controlled for item in context.objects_of(delivery)}
    names |= {delivery.target_namespace for delivery in controlled}
    return sorted(names & _SYSTEM_NAMESPACES)


def _named_folders(tree: SourceTree, names: frozenset[str]) -> Iterable[str]:
    """Give the folders of the first two levels that have one of these names."""
    for folder in (name for name in tree.subfolders(".") if not name.startswith(".")):
        if folder.lower() in names:
            yield folder
        yield from (f"{folder}/{below}" for below in tree.subfolders(folder) if below.lower() in names)
