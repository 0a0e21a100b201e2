"""Plain manifests: files with Kubernetes objects that no kustomization reads and that belong to no chart."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.environments import is_container
from gitlint_ops.repo.index import api_group, is_applicable
from gitlint_ops.repo.model import DirectoryUnit
from gitlint_ops.repo.set_aside import told_by_content, told_by_path
from gitlint_ops.source import Document

_CHART_FOLDERS = frozenset({"charts", "ci", "crds", "files", "templates"})
_READ_BY_DIRECTORY = (".yaml", ".yml", ".json", ".jsonnet")
"""The file names that an Argo CD directory source reads."""
_GLOB_SPECIAL = re.compile(r"([*?\[\]{}!,\\])")


def plain_units(context: Context, claimed_files: Collection[str]) -> Iterator[tuple[DirectoryUnit, str]]:
    """Give a directory unit with its first file for each folder of unclaimed plain manifests, by path.

    A folder takes its subfolders in where nothing in them is built otherwise and none of them is an environment's.
    """
    files = [p for p in _unread_files(context, claimed_files) if not _in_kustomization(context, p)]
    folders = {_folder(path) for path in files}
    mixed = _mixed_folders(context, claimed_files, folders)
    mixed.update(above for path in files if told_by_path(context.tree, path) for above in _above(_folder(path)))
    groups: dict[str, list[str]] = {}
    for path in files:
        groups.setdefault(_top(_folder(path), folders, mixed), []).append(path)
    for folder in sorted(groups):
        for part in _parted(context, groups[folder]):
            yield _unit(context, folder, part), part[0]


def _parted(context: Context, files: list[str]) -> Iterable[list[str]]:
    """Part the manifests of a folder from what only looks like manifests."""
    parts: dict[str, list[str]] = {}
    for path in files:
        parts.setdefault(told_by_content(context.tree, path), []).append(path)
    return parts.values()


def orphans(context: Context, claimed_files: Collection[str]) -> dict[str, list[str]]:
    """Give the names of the manifests, by folder, that lie in or below a kustomization's folder and that nothing reads.

    Objects of Argo CD and Flux are left out: they are applied by hand where they start a delivery.
    """
    found: dict[str, list[str]] = {}
    for path in _unread_files(context, claimed_files):
        if _in_kustomization(context, path) and not all(_is_declaring(d) for d in context.tree.read(path).documents):
            found.setdefault(_folder(path), []).append(posixpath.basename(path))
    return found


def _is_declaring(document: Document) -> bool:
    group = api_group(document.value.get("apiVersion")) if isinstance(document.value, dict) else ""
    return group == "argoproj.io" or group.endswith("fluxcd.io")


def _in_kustomization(context: Context, path: str) -> bool:
    """Whether a file lies beside a kustomization, or below one that is not the repository's root."""
    return _folder(path) in context.kustomizations or any(f in context.kustomizations for f in _above(path))


def _unread_files(context: Context, claimed_files: Collection[str]) -> list[str]:
    found: dict[str, None] = {}
    skip = {*claimed_files, *context.readers}
    for document in context.tree.documents():
        path = document.path
        if path not in found and path not in skip and _may_be_applied(document) and not _belongs(context, path):
            found[path] = None
    return list(found)


def _may_be_applied(document: Document) -> bool:
    """Whether a document is an object with a name (or a list of objects), and not encrypted."""
    if not is_applicable(document):
        return False
    value = document.value
    metadata = value.get("metadata")
    named = isinstance(metadata, dict) and bool(metadata.get("name") or metadata.get("generateName"))
    encrypted = isinstance(value.get("sops"), dict)
    return (named and not encrypted) or (value["kind"].endswith("List") and isinstance(value.get("items"), list))


def _belongs(context: Context, path: str) -> bool:
    """Whether a file is part of something else: hidden, of a chart, or of a template's path."""
    if _folder(path) in context.tree.chart_folders or "{{" in path:
        return True
    parts = path.split("/")
    return any(part.startswith(".") for part in parts) or any(
        part in _CHART_FOLDERS and ("/".join(parts[:at]) or ".") in context.tree.chart_folders
        for at, part in enumerate(parts)
    )


def _mixed_folders(context: Context, claimed_files: Collection[str], folders: Iterable[str]) -> set[str]:
    """Give the folders that cannot be taken whole: something in them is built otherwise, or they hold environments."""
    mixed = {"."}
    for path in (*context.kustomizations, *context.tree.chart_folders, *claimed_files, *context.readers):
        _add_above(mixed, path)
    for folder in folders:
        parts = folder.split("/")
        for at, part in enumerate(parts):
            if vocabulary.is_environment_name(part) or is_container("/".join(parts[:at])):
                _add_above(mixed, "/".join(parts[: at + 1]))
    return mixed


def _add_above(mixed: set[str], path: str) -> None:
    """Add the folders above a path; what is above one that is there is there too."""
    for folder in _above(path):
        if folder in mixed:
            return
        mixed.add(folder)


def _top(folder: str, folders: Collection[str], mixed: Collection[str]) -> str:
    whole = [above for above in _above(folder) if above in folders and above not in mixed]
    return whole[-1] if whole and folder not in mixed else folder


def _above(path: str) -> Iterator[str]:
    """Give the folders above a path, nearest first, without the root."""
    current = posixpath.dirname(path)
    while current:
        yield current
        current = posixpath.dirname(current)


def _unit(context: Context, folder: str, files: list[str]) -> DirectoryUnit:
    recurse = any(_folder(path) != folder for path in files)
    prefix = "" if folder == "." else f"{folder}/"
    if recurse:
        present = {path for path in context.tree.files_under(folder) if path.endswith(_READ_BY_DIRECTORY)}
    else:
        present = {f"{prefix}{n}" for n in context.tree.children(folder) if n.endswith(_READ_BY_DIRECTORY)}
    include = "" if present == set(files) else _glob([path.removeprefix(prefix) for path in files])
    return DirectoryUnit(folder, recurse, include)


def _glob(names: list[str]) -> str:
    """Give a glob that matches exactly these paths, in the syntax of Argo CD's directory include."""
    escaped = [_GLOB_SPECIAL.sub(r"\\\1", name) for name in names]
    return escaped[0] if len(escaped) == 1 else "{" + ",".join(escaped) + "}"


def _folder(path: str) -> str:
    return posixpath.dirname(path) or "."
