"""Kustomizations: every folder with a kustomization file, and all that it refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Kustomization, Reference
from gitlint_ops.repo.remotes import mapped_entry, mapped_repository
from gitlint_ops.source import FieldPath, Json, SourceTree

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""In the order in which Kustomize looks for them; a folder with two of them does not build."""

CHART_GENERATOR = "HelmChartInflationGenerator"
"""The kind of a generator's configuration that does what an entry of ``helmCharts`` does."""
_FOLDER_ROLES = frozenset({"resources", "bases", "components", "generators", "transformers", "validators"})
_FILE_LISTS = ("configurations", "crds")
_FETCHED = _FOLDER_ROLES | {"crds"}
"""The lists in which the engine puts local paths for mapped remotes."""
_PATH_LISTS = ("patches", "patchesJson6902", "replacements")
_INLINE_LISTS = ("patchesStrategicMerge", "generators", "transformers", "validators")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_REMOTE = re.compile(r"(git::)?([a-z][a-z0-9-]*@[^/]+[:/]|github\.com[/:])", re.IGNORECASE)

_Mention = tuple[FieldPath, str, str]
"""Field path, text as written, role."""


def is_remote(text: str) -> bool:
    """Whether Kustomize fetches this: a URL with a scheme, ``user@host:path``, or ``github.com/…`` without a scheme.

    After Kustomize's own parser (api/internal/git/repospec.go, extractHost).
    """
    return bool(_SCHEME.match(text.removeprefix("git::")) or _REMOTE.match(text))


def find_kustomizations(tree: SourceTree, remotes: Mapping[str, str] | None = None) -> dict[str, Kustomization]:
    """Read every kustomization of the tree; gives them by folder, folders sorted.

    ``remotes`` gives for a URL the folder here that holds its content: what is mapped so counts as local.
    """
    paths = _kustomization_files(tree)
    tree.preload(paths.values())
    data = {folder: _data(tree, path) for folder, path in paths.items()}
    folders = {folder for folder, value in data.items() if value is not None}
    places = _Places(tree, folders, remotes or {})
    return {
        folder: _kustomization(places, folder, paths[folder], value)
        for folder, value in data.items()
        if value is not None
    }


def fetched_kustomizations(tree: SourceTree) -> list[Kustomization]:
    """Read every kustomization of what was fetched: no part of the repository, but what it names was fetched too."""
    paths = sorted(path for path in tree.fetched.files if path.rpartition("/")[2] in FILE_NAMES)
    tree.preload(paths)
    places = _Places(tree, (), {})
    data = ((path, _data(tree, path)) for path in paths)
    return [_kustomization(places, path.rpartition("/")[0], path, value) for path, value in data if value is not None]


def _kustomization_files(tree: SourceTree) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in tree.folders():
        names = set(tree.children(folder))
        name = next((name for name in FILE_NAMES if name in names), "")
        path = name if folder == "." else f"{folder}/{name}"
        if name and not tree.is_chart_template(path):
            found[folder] = path
    return found


def _data(tree: SourceTree, path: str) -> dict[str, Json] | None:
    """Give the file's mapping, empty where there is none; None for another kind (such as Flux's)."""
    documents = tree.read(path).documents
    value = documents[0].value if documents else None
    if not isinstance(value, dict):
        return {}
    foreign = isinstance(value.get("apiVersion"), str) and api_group(value["apiVersion"]) not in {
        "",
        "kustomize.config.k8s.io",
    }
    return None if foreign else value


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a kustomization's entries may lead: the tree, its kustomizations' folders, the mapped remotes."""

    tree: SourceTree
    folders: Collection[str]
    remotes: Mapping[str, str]


def _kustomization(places: _Places, folder: str, path: str, data: Mapping[str, Json]) -> Kustomization:
    references = tuple(_reference(places, folder, path, mention) for mention in _mentions(places.tree, folder, data))
    charts = tuple(_mapped_charts(places, folder, path, data))
    return Kustomization(folder, path, data, (*references, *charts), data.get("kind") == "Component")


def _mapped_charts(places: _Places, folder: str, path: str, data: Mapping[str, Json]) -> Iterator[Reference]:
    """Give the charts of ``helmCharts`` that are not vendored, but in a folder that stands for their repository."""
    for at, item in enumerate(_mappings(data, "helmCharts") if places.remotes else ()):
        repository, own = item.get("repo"), join(folder, chart_folder(item, _chart_home(data)))
        mapped = mapped_repository(places.remotes, repository) if isinstance(repository, str) else None
        if isinstance(repository, str) and mapped is not None and not places.tree.is_folder(own):
            named = posixpath.normpath(f"{mapped}/{item.get('name')}")
            target = named if _exists(places, named, "helmCharts") else mapped
            exists = _exists(places, target, "helmCharts")
            yield Reference(path, 0, ("helmCharts", at, "repo"), target, repository, "helmCharts", exists)


def _reference(places: _Places, folder: str, path: str, mention: _Mention) -> Reference:
    field_path, written, role = mention
    target = join(folder, written)
    outside = target == ".." or target.startswith("../") or written.startswith("/")
    exists = not outside and _exists(places, target, role)
    remote = not exists and is_remote(written)
    mapped = mapped_entry(places.remotes, written) if remote and role in _FETCHED else None
    if mapped is not None:
        return Reference(path, 0, field_path, mapped, written, role, _exists(places, mapped, role))
    shown = written if remote else target
    return Reference(path, 0, field_path, shown, written, role, exists, remote, outside and not remote)


def _exists(places: _Places, target: str, role: str) -> bool:
    tree = places.tree
    if role == "helmCharts":
        return tree.is_file(f"{target}/Chart.yaml")
    if role in _FOLDER_ROLES:
        if target in places.folders or (role != "components" and tree.is_file(target)):
            return True
        # A folder reached through a symlink has its kustomization in the place that the link points to.
        return tree.is_folder(target) and any(tree.is_file(f"{target}/{name}") for name in FILE_NAMES)
    return tree.is_file(target)


def join(folder: str, written: str) -> str:
    """Give the repository path of a text written relative to a folder; outside the root it starts with ``..``."""
    return posixpath.normpath(posixpath.join(folder, written))


def _mentions(tree: SourceTree, folder: str, data: Mapping[str, Json]) -> Iterator[_Mention]:
    for role in ("resources", "bases", "components", *_FILE_LISTS):
        yield from _texts(data, role, role)
    # Patches given as texts are of Kustomize before 5: they fail the build, and still mean files.
    yield from _texts(data, "patches", "patches")
    for role in _PATH_LISTS:
        for at, item in enumerate(_mappings(data, role)):
            yield from _text(item, "path", (role, at), role)
    for role in _INLINE_LISTS:
        yield from (m for m in _texts(data, role, role) if not _is_inline(tree, folder, m[1]))
    for role in ("configMapGenerator", "secretGenerator"):
        yield from _generator(data, role)
    if isinstance(data.get("openapi"), dict):
        yield from _text(data["openapi"], "path", ("openapi",), "openapi")
    yield from _helm(tree, folder, data)


def _generator(data: Mapping[str, Json], role: str) -> Iterator[_Mention]:
    for at, item in enumerate(_mappings(data, role)):
        for path, written, _ in _texts(item, "files", role, (role, at)):
            # ``key=path`` names the key; a path alone is its own key.
            yield path, written.rpartition("=")[2] if written.count("=") == 1 else written, role
        yield from _texts(item, "envs", role, (role, at))
        yield from _text(item, "env", (role, at), role)


def _helm(tree: SourceTree, folder: str, data: Mapping[str, Json]) -> Iterator[_Mention]:
    """Give the files that inflated charts read; of a chart with a repository the folder only where it is vendored."""
    for at, item in enumerate(_mappings(data, "helmCharts")):
        field_path: FieldPath = ("helmCharts", at)
        yield from _text(item, "valuesFile", field_path, "valuesFile")
        yield from _texts(item, "additionalValuesFiles", "valuesFile", field_path)
        chart = chart_folder(item, _chart_home(data))
        if chart and (not item.get("repo") or tree.is_folder(join(folder, chart))):
            yield (*field_path, "name"), chart, "helmCharts"


def _chart_home(data: Mapping[str, Json]) -> str:
    settings = data.get("helmGlobals")
    home = settings.get("chartHome") if isinstance(settings, dict) else None
    return home if isinstance(home, str) else ""


def chart_folder(item: Mapping[str, Json], home: str) -> str:
    """Give the folder in which Kustomize looks for a chart of ``helmCharts``, relative to the kustomization's.

    ``home`` is ``helmGlobals.chartHome``. '' where the entry has no name.
    """
    name, version = item.get("name"), item.get("version")
    if not isinstance(name, str) or not name:
        return ""
    versioned = f"{name}-{version}" if item.get("repo") and version else ""
    return posixpath.join(home or "charts", versioned, name)


def _is_inline(tree: SourceTree, folder: str, text: str) -> bool:
    """Whether an entry that may be a path or YAML is YAML: several lines or a mapping, and no file has that name."""
    return ("\n" in text or ": " in text or text.startswith("{")) and not tree.is_file(join(folder, text))


def _mappings(data: Mapping[str, Json], key: str) -> list[dict[str, Json]]:
    """Give a list's elements with their positions kept: what is no mapping counts as an empty one."""
    value = data.get(key)
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _text(item: Mapping[str, Json], key: str, field_path: FieldPath, role: str) -> Iterator[_Mention]:
    value = item.get(key)
    if isinstance(value, str) and value:
        yield (*field_path, key), value, role


def _texts(item: Mapping[str, Json], key: str, role: str, field_path: FieldPath = ()) -> Iterator[_Mention]:
    value = item.get(key)
    for at, text in enumerate(value if isinstance(value, list) else ()):
        if isinstance(text, str) and text:
            yield (*field_path, key, at), text, role
