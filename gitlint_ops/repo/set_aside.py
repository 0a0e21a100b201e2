"""What somebody decided not to apply: its path says so (retired, documentation, tests), or a comment has it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.model import Declared, Kustomization
from gitlint_ops.repo.views import group_of, kind_of, metadata_text
from gitlint_ops.repo.vocabulary import is_documentation, is_retired, is_test_data
from gitlint_ops.source import SourceTree

RETIRED = "its path says that it is retired, and nothing delivers it"
DOCUMENTATION = "its path says that it is documentation, and nothing delivers it"
TEST_DATA = "it belongs to tests, and nothing delivers it"
STRAY = "it is a part of an object, as patches are, and no kustomization reads it as a patch"
TO_FILL = "the name of its object is still to be filled in, and nothing delivers it"
RECORD = "a cluster printed it (it has the uid of a live object), and nothing delivers it"
SWITCHED_OFF = "its kustomization has it in a comment, and nothing delivers it"

_ESSENTIAL = {
    ("argoproj.io", "Application"): frozenset({"project", "destination", "source", "sources", "sourceHydrator"}),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): frozenset({"interval", "prune", "sourceRef"}),
    ("helm.toolkit.fluxcd.io", "HelmRelease"): frozenset({"interval", "chart", "chartRef"}),
}
"""What no object of these kinds does without: one that has none of it is a patch of another."""
_PLACEHOLDER = re.compile(r"\$\{?[A-Za-z_]|<[A-Za-z_][\w -]*>|\{\{|__\w+__|%\w+%")
_TESTS = frozenset({"chainsaw-test.yaml", "kuttl-test.yaml"})
"""Files that make a folder the steps of a test, which applies some of its objects and expects the others."""


def set_aside(context: Context, path: str) -> str:
    """Give why a file that nothing delivers is not meant to be applied, '' where nothing says so."""
    if reason := told_by_path(context.tree, path) or told_by_content(context.tree, path):
        return reason
    return SWITCHED_OFF if is_switched_off(context.tree, context.kustomizations, path) else ""


def told_by_content(tree: SourceTree, path: str) -> str:
    """Give why a file, where nothing delivers it, is none to be applied by what its objects are; else ''."""
    if is_to_fill(tree, path):
        return TO_FILL
    return RECORD if path.endswith(".json") and _is_record(tree, path) else ""


def _is_record(tree: SourceTree, path: str) -> bool:
    """Whether a file is what ``kubectl get -o json`` prints: people write YAML, and no uid."""
    values = [document.value for document in tree.read(path).documents]
    items = [value["items"] for value in values if isinstance(value, dict) and isinstance(value.get("items"), list)]
    return any(metadata_text(value, "uid") for value in (*values, *(item for listed in items for item in listed)))


def is_to_fill(tree: SourceTree, path: str) -> bool:
    """Whether an object in a file has a placeholder for its name: somebody's script makes manifests of it."""
    names = (metadata_text(document.value, "name") for document in tree.read(path).documents)
    return any(_PLACEHOLDER.search(name) for name in names)


def told_by_path(tree: SourceTree, path: str) -> str:
    """Give why a file, where nothing delivers it, is none to be applied by what its path says; else ''."""
    if is_retired(path):
        return RETIRED
    if is_documentation(path):
        return DOCUMENTATION
    return TEST_DATA if is_test_data(path) or _is_step(tree, posixpath.dirname(path)) else ""


def _is_step(tree: SourceTree, folder: str) -> bool:
    return not _TESTS.isdisjoint(tree.children(folder or "."))


def is_part_of(value: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether one object's ``spec`` has some of the other's fields and no further ones: a patch of it, left behind."""
    spec, other = value.get("spec"), whole.get("spec")
    return isinstance(spec, Mapping) and isinstance(other, Mapping) and spec.keys() < other.keys()


def is_fragment(value: Mapping[str, Any]) -> bool:
    """Whether a declaring object has nothing of what its kind needs: a patch that is applied by other means."""
    spec, essential = value.get("spec"), _ESSENTIAL.get((group_of(value), kind_of(value)))
    return essential is not None and isinstance(spec, Mapping) and essential.isdisjoint(spec)


def is_stray_patch(context: Context, declared: Declared) -> bool:
    """Whether an object in a file that no kustomization reads is a part of one that a kustomization does read."""
    if declared.parent is not None or declared.path in context.readers:
        return False
    if is_fragment(declared.data):
        return True
    named = context.index.named(kind_of(declared.data), metadata_text(declared.data, "name"), group_of(declared.data))
    return any(other.path in context.readers and is_part_of(declared.data, other.data) for other in named)


def is_switched_off(tree: SourceTree, kustomizations: Mapping[str, Kustomization], path: str) -> bool:
    """Whether a kustomization above a file or folder names it in a comment: ``# - web.yaml``, ``# - ./web/``."""
    folder = posixpath.dirname(path)
    while True:
        kustomization = kustomizations.get(folder or ".")
        if kustomization is not None:
            name = posixpath.relpath(path, folder or ".")
            comment = re.compile(rf"\s*#\s*-\s*[\"']?(?:\./)?{re.escape(name)}/?[\"']?\s*(?:#.*)?")
            if any(comment.fullmatch(line) for line in tree.lines(kustomization.path)):
                return True
        if not folder:
            return False
        folder = posixpath.dirname(folder)
