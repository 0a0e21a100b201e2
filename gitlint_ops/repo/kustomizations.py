"""Kustomizations: every folder with a kustomization file, and all that it refers to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Kustomization, Reference
from gitlint_ops.source import FieldPath, Json, SourceTree

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""In the order in which Kustomize looks for them; a folder with two of them does not build."""

_FOLDER_ROLES = frozenset({"resources", "bases", "components", "generators", "transformers", "validators"})
_FILE_LISTS = ("configurations", "crds")
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


def find_kustomizations(tree: SourceTree) -> dict[str, Kustomization]:
    """Read every kustomization of the tree; gives them by folder, folders sorted."""
    paths = _kustomization_files(tree)
    tree.preload(paths.values())
    data = {folder: _data(tree, path) for folder, path in paths.items()}
    folders = {folder for folder, value in data.items() if value is not None}
    return {
        folder: _kustomization(tree, folders, folder, paths[folder], value)
        for folder, value in data.items()
        if value is not None
    }


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


def _kustomization(
    tree: SourceTree, folders: Collection[str], folder: str, path: str, data: Mapping[str, Json]
) -> Kustomization:
    references = tuple(_reference(tree, folders, folder, path, mention) for mention in _mentions(tree, folder, data))
    return Kustomization(folder, path, data, references, data.get("kind") == "Component")


def _reference(tree: SourceTree, folders: Collection[str], folder: str, path: str, mention: _Mention) -> Reference:
    field_path, written, role = mention
    target = join(folder, written)
    outside = target == ".." or target.startswith("../") or written.startswith("/")
    exists = not outside and _exists(tree, folders, target, role)
    remote = not exists and is_remote(written)
    shown = written if remote else target
    return Reference(path, 0, field_path, shown, written, role, exists, remote, outside and not remote)


def _exists(tree: SourceTree, folders: Collection[str], target: str, role: str) -> bool:
    if role == "helmCharts":
        return tree.is_file(f"{target}/Chart.yaml")
    if role in _FOLDER_ROLES:
        if target in folders or (role != "components" and tree.is_file(target)):
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
    yield from _helm(data)


def _generator(data: Mapping[str, Json], role: str) -> Iterator[_Mention]:
    for at, item in enumerate(_mappings(data, role)):
        for path, written, _ in _texts(item, "files", role, (role, at)):
            # ``key=path`` names the key; a path alone is its own key.
            yield path, written.rpartition("=")[2] if written.count("=") == 1 else written, role
        yield from _texts(item, "envs", role, (role, at))
        yield from _text(item, "env", (role, at), role)


def _helm(data: Mapping[str, Json]) -> Iterator[_Mention]:
    settings = data.get("helmGlobals")
    home = settings.get("chartHome") if isinstance(settings, dict) else None
    for at, item in enumerate(_mappings(data, "helmCharts")):
        field_path: FieldPath = ("helmCharts", at)
        yield from _text(item, "valuesFile", field_path, "valuesFile")
        yield from _texts(item, "additionalValuesFiles", "valuesFile", field_path)
        name = item.get("name")
        if isinstance(name, str) and not item.get("repo"):
            yield (*field_path, "name"), posixpath.join(home if isinstance(home, str) else "charts", name), "helmCharts"


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
