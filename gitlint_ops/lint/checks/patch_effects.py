"""Checks of what patches do: those that change nothing, and those whose target is not there. The engine is asked."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.overlays import deliveries_of
from gitlint_ops.lint.checks.patch_entries import (
    Leaves,
    PatchEntry,
    leaves_of,
    named_below,
    patch_entries,
    set_by,
    what_it_patches,
)
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source.model import Json

Answer = dict[str, Any] | EngineError
_PROBE = "gitlintOpsProbe"
_LABELLING = ("commonAnnotations", "commonLabels", "labels")
_GENERATED = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_ALIKE = 0.6
_PLAIN = re.compile(r"[\w./-]+")


# What changes nothing


def no_op_patch(context: CheckContext) -> Iterator[Violation]:
    """Report patches and label transformers without which the kustomization builds the very same objects."""
    suspects = [*_suspected_patches(context), *_suspected_labels(context)]
    folders = sorted({kustomization.folder for kustomization, _, _ in suspects})
    whole = dict(zip(folders, context.engine.call_many([_build(context, f) for f in folders]), strict=True))
    without = context.engine.call_many([_build(context, k.folder, _without(k, path)) for k, path, _ in suspects])
    for (kustomization, path, message), answer in zip(suspects, without, strict=True):
        if _same(whole[kustomization.folder], answer):
            span, exact = context.tree.nearest(kustomization.path, 0, path, on_key=len(path) == 1)
            yield Violation(message, span=span, exact=exact, deliveries=deliveries_of(context, kustomization.folder))


_Suspect = tuple[Kustomization, tuple[str | int, ...], str]


def _suspected_patches(context: CheckContext) -> Iterator[_Suspect]:
    """Give the patches all of whose values stand below already; the engine then tells whether that is so."""
    for folder, entries in patch_entries(context).items():
        kustomization = context.graph.kustomizations[folder]
        for entry in entries if not kustomization.component else ():
            if entry.values and all(_stands_below(context, entry, value) for value in entry.values):
                message = (
                    f"this patch of {what_it_patches(entry, entry.values[0])} changes nothing: what it sets is in the "
                    "base already, or was moved there. Remove it, or correct the value that it was to change"
                )
                yield kustomization, entry.field_path, message


def _stands_below(context: CheckContext, entry: PatchEntry, value: Json) -> bool:
    known = [_below(context, entry.kustomization.folder, name) for name in _names(context, entry, value)]
    if isinstance(value, list):
        return bool(known) and all(_operation_stands(operation, known) for operation in value)
    wanted = set_by(value) if isinstance(value, Mapping) else {}
    return bool(wanted) and bool(known) and all(_leaf_stands(path, leaf, known) for path, leaf in wanted.items())


def _names(context: CheckContext, entry: PatchEntry, value: Json) -> list[tuple[str, str]]:
    """Give kind and name of the documents below that an entry may be for."""
    if entry.target is None:
        metadata = value.get("metadata") if isinstance(value, Mapping) else None
        return [(str(value.get("kind")), str(metadata.get("name")))] if isinstance(metadata, Mapping) else []
    below = dict.fromkeys((item.kind, item.name) for item in _inputs(context, entry.kustomization))
    return [(kind, name) for kind, name in below if _may_mean(entry.target, kind, name)]


def _may_mean(target: Mapping[str, Any], kind: str, name: str) -> bool:
    return _matches(target.get("kind"), kind) and _matches(target.get("name"), name)


def _matches(pattern: Any, text: str) -> bool:
    """Whether a target's field fits; it is an anchored regular expression (kustomize, types.SelectorRegex)."""
    try:
        return not pattern or re.fullmatch(str(pattern), text) is not None
    except re.error:
        return False


def _inputs(context: CheckContext, kustomization: Kustomization) -> list[Any]:
    """Give the documents that a kustomization takes in, without its own patches."""
    own = {entry.file for entry in patch_entries(context).get(kustomization.folder, ())}
    return [item for item in named_below(context, kustomization.folder) if item.file not in own]


def _below(context: CheckContext, folder: str, name: tuple[str, str]) -> list[Leaves]:
    kustomization = context.graph.kustomizations[folder]
    memo: dict[tuple[str, str, str], list[Leaves]] = context.once("leaves-below", dict)
    if (folder, *name) not in memo:
        memo[(folder, *name)] = [
            leaves_of(item.value) for item in _inputs(context, kustomization) if (item.kind, item.name) == name
        ]
    return memo[(folder, *name)]


def _leaf_stands(path: tuple[str | int, ...], leaf: Json, known: Sequence[Sequence[Leaves]]) -> bool:
    if leaf is None:
        return all(path != other[: len(path)] for documents in known for leaves in documents for other in leaves)
    return all(any(path in leaves and leaves[path] == leaf for leaves in documents) for documents in known)


def _operation_stands(operation: Json, known: Sequence[Sequence[Leaves]]) -> bool:
    """Whether a JSON patch operation writes a scalar that is there; list positions are compared by the engine only."""
    if not isinstance(operation, Mapping) or operation.get("op") not in ("add", "replace", "test"):
        return False
    value, last = operation.get("value"), str(operation.get("path", "")).rpartition("/")[2]
    key = last.replace("~1", "/").replace("~0", "~")
    scalars = list(leaves_of(value).values()) if isinstance(value, (Mapping, list)) else [value]
    return all(
        any(leaf in scalars and key in map(str, path) for leaves in documents for path, leaf in leaves.items())
        for documents in known
    )


def _suspected_labels(context: CheckContext) -> Iterator[_Suspect]:
    for kustomization in context.graph.kustomizations.values():
        for field in _LABELLING if not kustomization.component else ():
            pairs = _pairs(kustomization.data.get(field))
            section = "annotations" if field == "commonAnnotations" else "labels"
            inputs = _inputs(context, kustomization) if pairs else []
            if inputs and all(_carries(item.value, section, pairs) for item in inputs):
                message = (
                    f"{field} changes nothing: every object of this kustomization has these {section} already. "
                    "Remove it here, or in the base"
                )
                yield kustomization, (field,), message


def _pairs(value: Json) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    entries = [entry.get("pairs") for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
    return {key: text for pairs in entries if isinstance(pairs, Mapping) for key, text in pairs.items()}


def _carries(value: Mapping[str, Any], section: str, pairs: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    there = metadata.get(section) if isinstance(metadata, Mapping) else None
    return isinstance(there, Mapping) and all(there.get(key) == text for key, text in pairs.items())


def _without(kustomization: Kustomization, path: tuple[str | int, ...]) -> dict[str, Json]:
    field = str(path[0])
    items = kustomization.data.get(field)
    kept = [item for at, item in enumerate(items) if at != path[1]] if len(path) == 2 and isinstance(items, list) else []
    return {**kustomization.data, field: kept} if kept else {k: v for k, v in kustomization.data.items() if k != field}


def _build(context: CheckContext, folder: str, data: Mapping[str, Json] | None = None, of: str = "") -> dict[str, Any]:
    """Give the request that builds a folder, with other contents for its kustomization (or for that of ``of``)."""
    request: dict[str, Any] = {"verb": "kustomize", "path": folder, "load_restrictor": "none", "enable_helm": True}
    if data is not None:
        request["files"] = {context.graph.kustomizations[of or folder].path: json.dumps(data)}
    return request


def _same(one: Answer, other: Answer) -> bool:
    """Whether two builds gave equal objects; a build that failed is equal to none."""
    if isinstance(one, EngineError) or isinstance(other, EngineError):
        return False
    return bool(one["objects"] == other["objects"])


# Targets that are not there


def patch_target_missing(context: CheckContext) -> Iterator[Violation]:
    """Report patches with a target that no object matches; Kustomize applies them to nothing, and says nothing."""
    unsure = [entry for entries in patch_entries(context).values() for entry in entries if _is_unsure(context, entry)]
    tries = [(entry, folder) for entry in unsure for folder in _builds_of(context, entry.kustomization)]
    answers = context.engine.call_many([_probing(context, entry, folder) for entry, folder in tries])
    by_entry: dict[int, list[Answer]] = {}
    for (entry, _), answer in zip(tries, answers, strict=True):
        by_entry.setdefault(id(entry), []).append(answer)
    for entry in unsure:
        found = by_entry.get(id(entry), [])
        built = [answer for answer in found if not isinstance(answer, EngineError)]
        if built and len(built) == len(found) and not any(_is_hit(answer) for answer in built):
            yield _missing(context, entry, built)


def _is_unsure(context: CheckContext, entry: PatchEntry) -> bool:
    """Whether no document below plainly is what the entry is for: the engine is asked of those only."""
    target = entry.target
    if target is None:
        return False
    if any(target.get(key) for key in ("namespace", "labelSelector", "annotationSelector")):
        return True
    kustomization = entry.kustomization
    folders = [kustomization.folder, *_builds_of(context, kustomization)]
    return not any(_plainly_means(target, item) for folder in folders for item in named_below(context, folder))


def _plainly_means(target: Mapping[str, Any], item: Any) -> bool:
    group, _, version = str(item.value["apiVersion"]).rpartition("/")
    wanted = (target.get("group"), target.get("version"))
    same_api = wanted[0] in (None, "", group) and wanted[1] in (None, "", version)
    return same_api and _may_mean(target, item.kind, item.name)


def _builds_of(context: CheckContext, kustomization: Kustomization) -> tuple[str, ...]:
    """Give the folders to build to see what a kustomization does: itself, or those that use a component."""
    if not kustomization.component:
        return (kustomization.folder,)
    users = context.once("component-users", lambda: _users(context))
    found: dict[str, None] = {}
    pending = list(users.get(kustomization.folder, ()))
    while pending:
        folder = pending.pop()
        component = context.graph.kustomizations[folder].component
        pending += [user for user in users.get(folder, ()) if component and user not in found]
        if not component:
            found[folder] = None
    return tuple(sorted(found))


def _users(context: CheckContext) -> Mapping[str, list[str]]:
    users: dict[str, list[str]] = {}
    for folder, kustomization in context.graph.kustomizations.items():
        for target in kustomization.folders():
            if target != folder and target in context.graph.kustomizations:
                users.setdefault(target, []).append(folder)
    return users


def _probing(context: CheckContext, entry: PatchEntry, folder: str) -> dict[str, Any]:
    """Give the build in which the entry is a mark on its targets, and in which no later entry can remove them."""
    mark = json.dumps([{"op": "add", "path": f"/{_PROBE}", "value": True}])
    items = entry.kustomization.data.get(entry.field)
    earlier = items[: entry.index] if isinstance(items, list) else []
    data = {**entry.kustomization.data, entry.field: [*earlier, {"target": dict(entry.target or {}), "patch": mark}]}
    if entry.field == "patches":
        data.pop("patchesJson6902", None)
    return _build(context, folder, data, entry.kustomization.folder)


def _is_hit(answer: Mapping[str, Any]) -> bool:
    return any(_PROBE in item for item in answer["objects"])


def _metadata(item: Mapping[str, Any]) -> Mapping[str, Any]:
    found = item.get("metadata")
    return found if isinstance(found, Mapping) else {}


def _missing(context: CheckContext, entry: PatchEntry, built: Sequence[Mapping[str, Any]]) -> Violation:
    target = entry.target or {}
    named = bool(target.get("name")) and _PLAIN.fullmatch(str(target["name"])) is not None
    message = (
        f"no object matches this patch's target ({_words(target)}), so Kustomize applies it to nothing and says "
        f"nothing{_hint(target, built)}"
    )
    span, exact = entry.span(context, "target", "name") if named else entry.span(context, "target")
    deliveries = tuple(d for folder in _builds_of(context, entry.kustomization) for d in deliveries_of(context, folder))
    return Violation(
        message, span=span, exact=exact, deliveries=deliveries, severity=None if named else context.options["pattern_severity"]
    )


def _words(target: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in target.items() if value)


def _hint(target: Mapping[str, Any], built: Sequence[Mapping[str, Any]]) -> str:
    """Say what is there of the kind: a name spelt alike, else the names; or the kind of the name."""
    objects = [item for answer in built for item in answer["objects"]]
    kind, name = str(target.get("kind") or ""), str(target.get("name") or "")
    names = sorted({str(_metadata(item).get("name")) for item in objects if item.get("kind") == kind})
    close = difflib.get_close_matches(name, names, 1, _ALIKE) if name else []
    if close and close[0] != name:
        return f"; did you mean '{close[0]}'?"
    kinds = sorted({str(item.get("kind")) for item in objects if _metadata(item).get("name") == name})
    if kinds and kind not in kinds:
        return f"; '{name}' is a {' and a '.join(kinds)} here"
    apis = sorted({str(item.get("apiVersion")) for item in objects if item.get("kind") == kind})
    if name in names and apis:
        return f"; {kind} {name} is of {', '.join(apis)} here"
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"; of that kind there is {shown}" if names else ""
