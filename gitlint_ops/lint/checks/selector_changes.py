"""Checks of changes that the API server refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.compare import FieldChange, ObjectChange
from gitlint_ops.render.compare.immutable import immutable_changes, made_anew_by

_MAX_SHOWN = 3


def selector_changed(context: CheckContext) -> Iterator[Violation]:
    """Report workloads whose selector a change touches: it can only be deleted and made anew."""
    for change in context.compared.changes.objects:
        fields = [field for field in immutable_changes(change) if field.path[:2] == ("spec", "selector")]
        if fields and change.after is not None and _stays_in_place(change):
            yield Violation(
                _message(change, fields),
                span=context.causes.in_head(change, fields[0]),
                object=change.after,
                field_path=fields[0].after_path,
                severity="warning" if made_anew_by(change.after) else None,
            )


def _stays_in_place(change: ObjectChange) -> bool:
    """Whether the object is the one that is there: in another cluster there is none yet."""
    return change.before is not None and change.before.delivery.cluster == change.delivery.cluster


def _message(change: ObjectChange, fields: Sequence[FieldChange]) -> str:
    shown = ", ".join(map(_shown, fields[:_MAX_SHOWN])) + (" and more" if len(fields) > _MAX_SHOWN else "")
    start = f"the selector of {change.label} changes ({shown}), and the selector of a {change.object.kind} is immutable"
    setting = made_anew_by(change.object)
    if setting:
        return (
            f"{start}: because of {setting} it is deleted and made anew, so its pods are gone until the new ones are "
            "ready. Keep the selector, or let a workload of another name take over first"
        )
    return (
        f"{start}: the API server refuses the change, and each sync fails until somebody deletes the "
        f"{change.object.kind} with its pods. Keep the selector (add labels to the pod template only), or give the "
        "workload a new name"
    )


def _shown(field: FieldChange) -> str:
    name = str(field.keys[-1]).removeprefix("=")
    if field.kind == "added":
        return f"{name} is new" if isinstance(field.after, dict) else f"{name}: {field.after} is new"
    if field.kind == "removed":
        return f"{name} is gone"
    return f"{name}: {field.before} becomes {field.after}" if not isinstance(field.after, list) else name
