"""Where the objects are that Kustomize refuses: what stands there twice, or lacks its kind, name or metadata."""

from __future__ import annotations

import difflib
import re

from gitlint_ops.lint.builds import built, files_of, is_named, place_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Unrendered
from gitlint_ops.source import Json, Span

_REPEATED_OBJECT = re.compile(r"merging resources from '(?P<written>[^']+)': may not add resource with an already")
_REGISTERED = re.compile(
    r"may not add resource with an already registered id: (?P<kind>[^.\s]+)\.\S*?/(?P<name>\S+)\.\S"
)
_INCOMPLETE_OBJECT = re.compile(
    r"missing (?P<lacking>kind|metadata\.name) in object \{\{(?P<version>\S*) (?P<kind>\S*)\} \{\{(?P<name>\S*) "
)
_NO_METADATA = "missing Resource metadata"
"""What Kustomize says of an object that lacks them, of a text that is no object, and of no file."""
_RESOURCE_ROLES = frozenset({"resources", "bases"})


def repeated_object(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the resource that gives an object which another gave already."""
    found = _REPEATED_OBJECT.search(item.reason)
    for kustomization in built(item, context) if found else ():
        given = [
            r for r in kustomization.references if found and r.role == "resources" and r.written == found["written"]
        ]
        if given:
            # Of a line that stands there twice, the later one is one too many.
            return place_of(given[-1], context)
    return None if found else _repeated_by_folders(item, context)


def _repeated_by_folders(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the later of two entries, folders among them, of which each gives the object that the engine names."""
    found = _REGISTERED.search(item.reason)
    for kustomization in built(item, context) if found else ():
        entries = (r for r in kustomization.references if r.role in _RESOURCE_ROLES and r.exists)
        given = [r for r in entries if found and _gives(context, r.target, found["kind"], found["name"])]
        if len(given) > 1:
            return place_of(given[-1], context)
    return None


def _gives(context: CheckContext, target: str, kind: str, name: str) -> bool:
    """Whether a file, or what a kustomization folder is built from, holds an object of that kind and name."""
    pending, seen = [target], set[str]()
    while pending:
        path = pending.pop()
        folder = context.graph.kustomizations.get(path)
        documents = context.tree.read(path).documents if folder is None and context.tree.is_file(path) else ()
        if any(is_named(document, kind, name) for document in documents):
            return True
        if folder is not None and path not in seen:
            seen.add(path)
            pending += [r.target for r in folder.references if r.role in _RESOURCE_ROLES and r.exists]
    return False


def incomplete_object(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the object without a kind or a name: at a key spelt like the one that lacks, else at what encloses it."""
    found = _INCOMPLETE_OBJECT.search(item.reason)
    for path in dict.fromkeys(files_of(item, context)) if found else ():
        for document in context.tree.read(path).documents if context.tree.is_file(path) else ():
            if found and _is_incomplete(document.value, found):
                *above, lacking = found["lacking"].split(".")
                inside = document.value.get(above[0]) if above else document.value
                near = difflib.get_close_matches(lacking, list(inside) if isinstance(inside, dict) else (), 1)
                field_path = (*above, *near) or ("apiVersion",)
                return context.tree.nearest(path, document.index, field_path, on_key=True)[0]
    return None


def _is_incomplete(value: Json, found: re.Match[str]) -> bool:
    """Whether a document has the apiVersion, the kind and the name that the error tells, of which one is empty."""
    if not isinstance(value, dict):
        return False
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    has = (value.get("apiVersion") or "", value.get("kind") or "", name or "")
    return has == (found["version"], found["kind"], found["name"])


def object_without_metadata(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the document among the resources that has no metadata: an object that lacks them, or a text that is none."""
    for kustomization in built(item, context) if _NO_METADATA in item.reason else ():
        for reference in kustomization.references:
            if reference.role in _RESOURCE_ROLES and context.tree.is_file(reference.target):
                for document in context.tree.read(reference.target).documents:
                    value = document.value
                    if value is not None and not (isinstance(value, dict) and value.get("metadata")):
                        return context.tree.nearest(document.path, document.index, ("kind",), on_key=True)[0]
    return None
