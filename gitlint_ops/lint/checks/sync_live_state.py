"""Checks for what only a cluster writes, pasted into Git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.edits import removal
from gitlint_ops.lint.checks.images import runs
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.documents import document_at
from gitlint_ops.lint.model import Effect, Fix, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source import Document, SourceTree, Span
from gitlint_ops.source.model import FieldPath, display_path
from gitlint_ops.source.narrowing import mapping

_TELLING = ("resourceVersion", "uid", "managedFields", "ownerReferences", "deletionTimestamp", "selfLink")
"""The fields of metadata that the API server or a controller writes, and that do harm or tell of a paste."""
_ATTENDANT = ("generation", "creationTimestamp", "deletionGracePeriodSeconds")
"""Further ones, which do nothing by themselves."""
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ANNOTATIONS = ("deployment.kubernetes.io/revision", "pv.kubernetes.io/bind-completed")


def live_state_in_git(context: CheckContext) -> Iterator[Violation]:
    """Report objects that carry what a cluster wrote, once for each document, with a fix that takes it out."""
    seen: dict[tuple[str, int], Violation] = {}
    for item in context.objects:
        fields = live_fields(item.data, context.options["keep_status_of"])
        if not fields or not runs(item):
            continue
        document = _document(context.tree, item, fields)
        if document is not None:
            key = (document.path, document.index)
            if key not in seen:
                seen[key] = _in_file(context, document)
            yield replace(seen[key], deliveries=(item.delivery,))
        else:
            yield Violation(_message(item.label, fields), object=item, field_path=fields[0], on_key=True)


def live_fields(data: Mapping[str, Any], keep_status_of: list[str]) -> list[FieldPath]:
    """Give the fields of an object that only a cluster writes, with a value that only a cluster gives.

    ``creationTimestamp: null`` and a status without values are what ``kubectl create --dry-run`` prints.
    """
    metadata = mapping(data, "metadata")
    annotations = mapping(metadata, "annotations")
    found: list[FieldPath] = [("metadata", name) for name in _TELLING if _says_something(metadata.get(name))]
    if _LAST_APPLIED in annotations:
        found.append(("metadata", "annotations", _LAST_APPLIED))
    if _says_something(data.get("status")) and data.get("kind") not in keep_status_of:
        found.append(("status",))
    if found:
        found += [("metadata", name) for name in _ATTENDANT if _says_something(metadata.get(name))]
        found += [("metadata", "annotations", name) for name in _ANNOTATIONS if name in annotations]
    return found


def _says_something(value: Any) -> bool:
    """Whether a value holds anything but empty containers and texts."""
    if isinstance(value, dict):
        return any(_says_something(item) for item in value.values())
    if isinstance(value, list):
        return any(_says_something(item) for item in value)
    return value not in (None, "")


def _message(label: str, fields: list[FieldPath]) -> str:
    names = ", ".join(display_path(path) for path in fields)
    harm = next(text for name, text in _HARM.items() if any(path[-1] == name for path in fields))
    return (
        f"{label} was pasted from a cluster: {names} {'are' if fields[1:] else 'is'} written by the cluster, not by "
        f"people. {harm}. Take {'them' if fields[1:] else 'it'} out"
    )


_HARM: Mapping[str, str] = {
    "resourceVersion": "The API server refuses each change once the live object has another resourceVersion",
    "ownerReferences": "Where the owner is not there, the garbage collector deletes the object",
    "uid": "The API server refuses the object wherever it has another uid, so it cannot be created anew",
    "managedFields": "A server-side apply with it is refused",
    "deletionTimestamp": "It describes an object that was being deleted",
    _LAST_APPLIED: "It is stale with the next change, and tools that compute their patches from it go wrong",
    "status": "It tells of another time or another cluster, and nothing that applies the object sets it",
    "selfLink": "It names the object that was copied",
}
"""What each field does, heaviest first."""


def _document(tree: SourceTree, item: RenderedObject, fields: list[FieldPath]) -> Document | None:
    """Give the source document that has the same object with all these fields."""
    if not item.source_path:
        return None
    document = document_at(tree, Span(item.source_path, max(item.source_line, 1)))
    if document is None or not isinstance(document.value, Mapping) or document.value.get("kind") != item.kind:
        return None
    has_all = all(tree.span(document.path, document.index, path) for path in fields)
    return document if has_all else None


def _in_file(context: CheckContext, document: Document) -> Violation:
    fields = live_fields(document.value, context.options["keep_status_of"])
    span = context.tree.span(document.path, document.index, fields[0], on_key=True)
    label = f"{document.value['kind']} {mapping(document.value, 'metadata').get('name', '')}"
    return Violation(_message(label, fields), span=span, fix=_fix(context.tree, document, fields))


# The fix


def _fix(tree: SourceTree, document: Document, fields: list[FieldPath]) -> Fix | None:
    """Take the lines of the fields out; None where one shares its lines with something else."""
    removed = _with_emptied(document.value, fields)
    edits = [removal(tree, document, path) for path in removed]
    kept = [edit for edit in edits if edit is not None]
    if len(kept) < len(edits):
        return None
    return Fix("Take out what the cluster wrote", tuple(kept), effect=Effect(tuple(removed)))


def _with_emptied(data: Mapping[str, Any], fields: list[FieldPath]) -> list[FieldPath]:
    """Give the fields, with ``metadata.annotations`` as a whole in place of its entries where none would be left."""
    entries = [path for path in fields if path[:2] == ("metadata", "annotations")]
    annotations = data["metadata"].get("annotations") if entries else None
    if not entries or len(entries) < len(annotations or ()):
        return fields
    return [path for path in fields if path not in entries] + [("metadata", "annotations")]
