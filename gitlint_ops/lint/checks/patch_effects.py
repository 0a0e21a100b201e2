"""Checks of what patches do: those that change nothing, and those whose target is not there. The engine is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.delivery_patches import overrides_without_effect, unmatched_overrides
from gitlint_ops.lint.checks.edits import removed
from gitlint_ops.lint.checks.misspelt_patches import misspelt_patches
from gitlint_ops.lint.checks.overlay_size import bases_of
from gitlint_ops.lint.checks.patch_entries import (
    Leaves,
    Named,
    PatchEntry,
    leaves_of,
    named_below,
    patch_entries,
    set_by,
    settings_of,
    what_it_patches,
)
from gitlint_ops.lint.checks.patch_targets import (
    fits_api,
    is_hit,
    is_named,
    is_of_kind,
    marking,
    metadata_of,
    missing_message,
)
from gitlint_ops.lint.checks.trial_builds import build_request, builds_of, users_of
from gitlint_ops.lint.checks.unmatched_patches import unmatched_patches
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Fix, Violation
from gitlint_ops.render.provenance.selectors import matches_any
from gitlint_ops.repo.model import Kustomization, KustomizeUnit
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import at_pointer

Answer = dict[str, Any] | EngineError
_Objects = list[dict[str, Any]]
_Documents = Sequence[tuple[Json, Leaves]]
_ABSENT = object()
_Suspect = tuple[Kustomization, FieldPath, str]
"""A kustomization, the field or entry that may change nothing, and the message where it does not."""
_LABELLING = ("commonAnnotations", "commonLabels", "labels")


# What changes nothing


def no_op_patch(context: CheckContext) -> Iterator[Violation]:
    """Report patches and label transformers without which the kustomization builds the very same objects."""
    yield from overrides_without_effect(context)
    suspects: dict[str, list[_Suspect]] = {}
    for suspect in (*_suspected_patches(context), *_suspected_labels(context)):
        suspects.setdefault(suspect[0].folder, []).append(suspect)
    whole = _whole_builds(context, sorted(suspects))
    for kustomization, path, message in _without_effect(context, suspects, whole):
        span, exact = context.tree.nearest(kustomization.path, 0, path, on_key=len(path) == 1)
        deliveries = deliveries_of_folder(context, kustomization.folder)
        fix = _removing(context, kustomization, path)
        yield Violation(message, span=span, exact=exact, deliveries=deliveries, fix=fix)


def _removing(context: CheckContext, kustomization: Kustomization, path: FieldPath) -> Fix | None:
    """Take an entry out whose patch stands in the kustomization itself: a file would be left that nothing reads."""
    documents = context.tree.read(kustomization.path).documents
    files = {reference.field_path[: len(path)] for reference in kustomization.references}
    taken = removed(context.tree, documents[0], path) if documents and path not in files else None
    return Fix("Remove what changes nothing", (taken[0],), safe=False) if taken else None


def _without_effect(
    context: CheckContext, suspects: Mapping[str, Sequence[_Suspect]], whole: Mapping[str, _Objects | None]
) -> Iterator[_Suspect]:
    """Build each folder without all of its suspects at once; only where that differs, without each by itself."""
    folders = [folder for folder in sorted(suspects) if whole[folder] is not None]
    bare = context.engine.call_many([build_request(context, f, _without(suspects[f])) for f in folders])
    guilty = [s for f, answer in zip(folders, bare, strict=True) if _gave(answer) == whole[f] for s in suspects[f]]
    yield from guilty
    rest = [s for f in folders for s in suspects[f] if s not in guilty and len(suspects[f]) > 1]
    answers = context.engine.call_many([build_request(context, s[0].folder, _without([s])) for s in rest])
    yield from (s for s, answer in zip(rest, answers, strict=True) if _gave(answer) == whole[s[0].folder])


def _whole_builds(context: CheckContext, folders: Sequence[str]) -> Mapping[str, _Objects | None]:
    """Give what the folders build to, None where one fails; what was rendered as it stands is not built again."""
    found: dict[str, _Objects | None] = {}
    for delivery in context.deliveries:
        for unit in delivery.units:
            if isinstance(unit, KustomizeUnit) and unit.path in folders and not (unit.flux or unit.edits):
                objects = [dict(o.data) for o in context.objects_of(delivery) if o.unit is unit]
                if objects:
                    found[unit.path] = objects
    missing = [folder for folder in folders if folder not in found]
    answers = context.engine.call_many([build_request(context, folder) for folder in missing])
    return found | {folder: _gave(answer) for folder, answer in zip(missing, answers, strict=True)}


def _gave(answer: Answer) -> _Objects | None:
    return None if isinstance(answer, EngineError) else list(answer["objects"])


def _suspected_patches(context: CheckContext) -> Iterator[_Suspect]:
    """Give the patches all of whose values stand below already; the engine then tells whether that is so."""
    for folder, entries in patch_entries(context).items():
        kustomization = context.graph.kustomizations[folder]
        for entry in entries if not kustomization.component else ():
            stands = entry.values and all(_stands_below(context, entry, value) for value in entry.values)
            if stands and not _is_stated_per_environment(context, entry):
                message = (
                    f"this patch of {what_it_patches(entry, entry.values[0])} changes nothing: what it sets is in the "
                    "base already, or was moved there. Remove it, or correct the value that it was to change"
                )
                yield kustomization, entry.field_path, message


def _is_stated_per_environment(context: CheckContext, entry: PatchEntry) -> bool:
    """Whether another overlay of the same base sets the same fields to other values: each then states its own."""
    folder = entry.kustomization.folder
    users = users_of(context)
    beside = {user for base in bases_of(context, entry.kustomization) for user in users.get(base, ())} - {folder}
    own = settings_of(entry)
    others = (other for user in beside for other in patch_entries(context).get(user, ()))
    return any(own.keys() & (settings := settings_of(other)).keys() and settings != own for other in others)


def _stands_below(context: CheckContext, entry: PatchEntry, value: Json) -> bool:
    known = [_below(context, entry.kustomization.folder, name) for name in _names(context, entry, value)]
    if isinstance(value, list):
        return bool(known) and all(
            _operation_stands(operation, documents) for operation in value for documents in known
        )
    wanted = set_by(value) if isinstance(value, Mapping) else {}
    stands = (_leaf_stands(path, leaf, documents) for path, leaf in wanted.items() for documents in known)
    return bool(wanted) and bool(known) and all(stands)


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
    return not pattern or matches_any(str(pattern), (text,))


def _inputs(context: CheckContext, kustomization: Kustomization) -> list[Named]:
    """Give the documents that a kustomization takes in, without its own patches."""
    own = {entry.file for entry in patch_entries(context).get(kustomization.folder, ())}
    return [item for item in named_below(context, kustomization.folder) if item.file not in own]


def _below(context: CheckContext, folder: str, name: tuple[str, str]) -> list[tuple[Json, Leaves]]:
    """Give the documents of that kind and name, resources and patches, that a kustomization takes in."""
    kustomization = context.graph.kustomizations[folder]
    memo: dict[tuple[str, str, str], list[tuple[Json, Leaves]]] = context.once("documents-below", dict)
    if (folder, *name) not in memo:
        found = [item for item in _inputs(context, kustomization) if (item.kind, item.name) == name]
        memo[(folder, *name)] = [(item.value, _leaves(context, item)) for item in found]
    return memo[(folder, *name)]


def _leaves(context: CheckContext, item: Named) -> Leaves:
    """Give the scalars of a document; many overlays take in the same ones."""
    memo: dict[tuple[str, int, str], Leaves] = context.once("leaves-of-documents", dict)
    key = (item.file, item.line, item.name)
    if key not in memo:
        memo[key] = leaves_of(item.value)
    return memo[key]


def _leaf_stands(path: FieldPath, leaf: Json, documents: _Documents) -> bool:
    if leaf is None:
        return all(path != other[: len(path)] for _, leaves in documents for other in leaves)
    return any(path in leaves and leaves[path] == leaf for _, leaves in documents)


def _operation_stands(operation: Json, documents: _Documents) -> bool:
    """Whether a JSON patch operation writes what is there; an insertion into a list never does."""
    if not isinstance(operation, Mapping) or operation.get("op") not in ("add", "replace", "test"):
        return False
    pointer = str(operation.get("path", ""))
    return any(at_pointer(value, pointer) == operation.get("value", _ABSENT) for value, _ in documents)


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


def _without(suspects: Sequence[_Suspect]) -> dict[str, Json]:
    """Give a kustomization's data without these fields and entries."""
    data = dict(suspects[0][0].data)
    for _, path, _ in sorted(suspects, key=lambda suspect: [str(step).zfill(9) for step in suspect[1]], reverse=True):
        items = data.get(str(path[0]))
        kept = [i for at, i in enumerate(items) if at != path[1]] if isinstance(items, list) and len(path) > 1 else []
        data |= {str(path[0]): kept}
    return {key: value for key, value in data.items() if value != []}


# Targets that are not there


def patch_target_missing(context: CheckContext) -> Iterator[Violation]:
    """Report patches with a target that no object matches, which Kustomize passes over, and those that it refuses."""
    yield from unmatched_patches(context)
    yield from misspelt_patches(context)
    yield from unmatched_overrides(context)
    unsure = [entry for entries in patch_entries(context).values() for entry in entries if _is_unsure(context, entry)]
    tries = [(entry, folder) for entry in unsure for folder in builds_of(context, entry.kustomization)]
    answers = context.engine.call_many([_probing(context, entry, folder) for entry, folder in tries])
    by_entry: dict[int, list[Answer]] = {}
    for (entry, _), answer in zip(tries, answers, strict=True):
        by_entry.setdefault(id(entry), []).append(answer)
    for entry in unsure:
        found = by_entry.get(id(entry), [])
        built = [answer for answer in found if not isinstance(answer, EngineError)]
        if built and len(built) == len(found) and not any(is_hit(answer) for answer in built):
            yield _missing(context, entry, built)


def _is_unsure(context: CheckContext, entry: PatchEntry) -> bool:
    """Whether no document below plainly is what the entry is for: the engine is asked of those only."""
    target = entry.target
    kustomization = entry.kustomization
    if target is None or _awaits_contents(context, kustomization) or (kustomization.component and is_of_kind(target)):
        return False
    folders = [kustomization.folder, *builds_of(context, kustomization)]
    return not any(_plainly_means(target, item) for folder in folders for item in named_below(context, folder))


def _awaits_contents(context: CheckContext, kustomization: Kustomization) -> bool:
    """Whether a resource file holds no object yet: ``flux bootstrap`` fills its gotk-components.yaml in later."""
    files = [r.target for r in kustomization.references if r.role == "resources" and context.tree.is_file(r.target)]
    return any(not context.tree.read(path).documents for path in files)


def _plainly_means(target: Mapping[str, Any], item: Named) -> bool:
    metadata = metadata_of(item.value)
    return (
        fits_api(target, str(item.value["apiVersion"]))
        and _may_mean(target, item.kind, item.name)
        and target.get("namespace") in (None, "", metadata.get("namespace"))
        and _selects(target.get("labelSelector"), metadata.get("labels"))
        and _selects(target.get("annotationSelector"), metadata.get("annotations"))
    )


def _selects(selector: Any, texts: Any) -> bool:
    """Whether a selector of equalities alone fits; of any other kind the engine is asked."""
    there = texts if isinstance(texts, Mapping) else {}
    pairs = [pair.split("=") for pair in str(selector or "").split(",") if pair]
    return all(len(pair) == 2 and there.get(pair[0].strip()) == pair[1].strip() for pair in pairs)


def _probing(context: CheckContext, entry: PatchEntry, folder: str) -> dict[str, Any]:
    """Give the build in which the entry is a mark on its targets, and in which no later entry can remove them."""
    items = entry.kustomization.data.get(entry.field)
    earlier = items[: entry.index] if isinstance(items, list) else []
    data = {**entry.kustomization.data, entry.field: [*earlier, marking(entry.target or {})]}
    if entry.field == "patches":
        data.pop("patchesJson6902", None)
    return build_request(context, folder, data, entry.kustomization.folder)


def _missing(context: CheckContext, entry: PatchEntry, built: Sequence[Mapping[str, Any]]) -> Violation:
    named = is_named(entry.target or {})
    span, exact = entry.span(context, "target", "name") if named else entry.span(context, "target")
    deliveries = tuple(
        d for folder in builds_of(context, entry.kustomization) for d in deliveries_of_folder(context, folder)
    )
    return Violation(
        missing_message(entry.target or {}, built),
        span=span,
        exact=exact,
        deliveries=deliveries,
        severity=None if named else context.options["pattern_severity"],
    )
