"""Where the cause of a failed rendering lies: the engine's errors name a file at best, and often only its base name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from gitlint_ops.lint.builds import built, files_of, is_named, place_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.object_causes import incomplete_object, object_without_metadata, repeated_object
from gitlint_ops.repo.kustomizations import FILE_NAMES
from gitlint_ops.repo.model import Kustomization, Unrendered
from gitlint_ops.source import FieldPath, Json, Problem, Span
from gitlint_ops.source.narrowing import index_in

UNMATCHED_PATCH = re.compile(r"unique target for patch (?P<kind>\w+)\.\S*?/(?P<name>\S+?)\.\[?\w")
"""What Kustomize says of a strategic-merge patch whose object is not there."""
_REFUSED_TYPE = re.compile(r"cannot unmarshal \w+ into (?:Go struct field )?\w+\.(?P<field>\S+) of type")
_UNKNOWN_FIELD = re.compile(r"unknown field \"([^\"]+)\"")
UNMATCHED_REPLICAS = re.compile(r"resource with name (?P<name>\S+) does not match a config with the following GVK")
"""What Kustomize says of an entry of ``replicas`` that names nothing."""
_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.(?:ya?ml|tpl|txt)\b")
_EMPTY = re.compile(r"\b[Kk]ustomization(?:\.ya?ml)? is empty$")
_YAML_ERROR = re.compile(r"\byaml: |MalformedYAML")
_REFUSED_OPERATION = re.compile(r"(?:operation does not apply: [\w ]+: |for path: )[\"']?(/[^\s\"':]+)")
_SEVERAL_FILES = re.compile(r"multiple kustomization files under: (?P<folder>\S+)")
_JSON_PATCH_ROLES = ("patches", "patchesJson6902")
_PATCH_ROLES = frozenset({"patches", "patchesStrategicMerge"})


def cause_of(item: Unrendered, context: CheckContext) -> tuple[Span, bool]:
    """Give the place to mend of a failed rendering, and whether it is the very one (else a file's start)."""
    span = (
        _missing(item, context)
        or _unreadable(item, context)
        or _named_place(item, context)
        or _unmatched_patch(item, context)
        or _unmatched_replicas(item, context)
        or _refused_operation(item, context)
        or _refused_field(item, context)
        or repeated_object(item, context)
        or incomplete_object(item, context)
        or object_without_metadata(item, context)
        or _cycle(item, context)
        or _empty(item, context)
        or _doubled(item, context)
    )
    span = span or (item.span if item.exact else None)
    return (span, True) if span else (_own_place(item, context), False)


def source_of(item: Unrendered, context: CheckContext) -> Span | None:
    """Give the place of what a skipped rendering lacks: the remote source, a file that does not parse; else None."""
    unreadable = _unreadable(item, context)
    if unreadable:
        return unreadable
    for kustomization in built(item, context):
        for reference in kustomization.references:
            if reference.remote and f" {reference.written} " in f" {item.reason} ":
                return place_of(reference, context)
    chart = context.graph.charts.get(item.path)
    dependencies = chart.data.get("dependencies") if chart else None
    for at, entry in enumerate(dependencies if isinstance(dependencies, list) else ()):
        if isinstance(entry, dict) and entry.get("repository") and str(entry["repository"]) in item.reason:
            return context.tree.nearest(_chart_file(item.path), 0, ("dependencies", at, "repository"))[0]
    return None


def _chart_file(folder: str) -> str:
    return "Chart.yaml" if folder == "." else f"{folder}/Chart.yaml"


def _missing(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the reference that leads nowhere, or out of the repository."""
    if item.error_kind not in ("missing-file", "outside-root"):
        return None
    for kustomization in built(item, context):
        for reference in kustomization.references:
            if not reference.exists and not reference.remote and item.error_path in ("", reference.target):
                return place_of(reference, context)
    return None


def _unreadable(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the file that does not parse: the one that the error names without its folder, else any that is read."""
    files = frozenset(files_of(item, context))
    problems = [p for p in context.tree.problems() if p.span.path in item.reason or _is_part(p.span.path, item, files)]
    named = (p for p in problems if p.span.path.rpartition("/")[2] in item.reason)
    others = (p for p in problems if item.unit == "kustomize" and _YAML_ERROR.search(item.reason) and _stops(p))
    found = next(named, None) or next(others, None)
    return found.span if found else None


def _is_part(path: str, item: Unrendered, files: Collection[str]) -> bool:
    inside = item.unit != "kustomize" and (item.path == "." or path.startswith(f"{item.path}/"))
    return inside or path in files


def _stops(problem: Problem) -> bool:
    """Say whether Kustomize stops at a problem; a key that a kustomization itself holds twice does not stop it."""
    name = problem.span.path.rpartition("/")[2]
    return problem.kind == "invalid-yaml" or (problem.kind == "duplicate-key" and name not in FILE_NAMES)


def _named_place(item: Unrendered, context: CheckContext) -> Span | None:
    """Give the line that the engine names; what is missing at a file's end is one line beyond it."""
    if not (item.error_line and context.tree.is_file(item.error_path)):
        return None
    last = len(context.tree.text(item.error_path).splitlines())
    return context.tree.line_span(item.error_path, max(1, min(item.error_line, last)))


def _unmatched_patch(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the name that a strategic-merge patch gives to its object, which is not there."""
    found = UNMATCHED_PATCH.search(item.reason)
    if found is None:
        return None
    for kustomization in built(item, context):
        for reference in kustomization.references:
            if reference.role in _PATCH_ROLES and reference.exists:
                for document in context.tree.read(reference.target).documents:
                    if is_named(document, found["kind"], found["name"]):
                        return context.tree.nearest(document.path, document.index, ("metadata", "name"))[0]
        inline = next(_inline_objects(kustomization, found["kind"], found["name"], context), None)
        if inline:
            return inline
    return None


def _unmatched_replicas(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the entry of ``replicas`` that names nothing."""
    found = UNMATCHED_REPLICAS.search(item.reason)
    for kustomization in built(item, context) if found else ():
        entries = kustomization.data.get("replicas")
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and found and entry.get("name") == found["name"]:
                return context.tree.nearest(kustomization.path, 0, ("replicas", at, "name"))[0]
    return None


def _inline_objects(kustomization: Kustomization, kind: str, name: str, context: CheckContext) -> Iterator[Span]:
    """Give the lines that name the object in its inline strategic-merge patches."""
    wanted = [
        re.compile(rf"\b{key}[\"']?:\s*[\"']?{re.escape(text)}\b") for key, text in (("kind", kind), ("name", name))
    ]
    for role, key in (("patches", ("patch",)), ("patchesStrategicMerge", ())):
        entries = kustomization.data.get(role)
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            text = entry.get("patch") if key and isinstance(entry, dict) else entry
            if isinstance(text, str) and all(pattern.search(text) for pattern in wanted):
                place = context.tree.nearest(kustomization.path, 0, (role, at, *key))[0]
                yield _line_in(place, wanted[-1], context) or place


def _line_in(place: Span, pattern: re.Pattern[str], context: CheckContext) -> Span | None:
    """Give the first line of a place that a pattern is found in."""
    lines = range(place.line, place.end_line + 1)
    found = (at for at in lines if pattern.search(context.tree.line_text(place.path, at)))
    line = next(found, 0)
    return context.tree.line_span(place.path, line) if line else None


def _refused_operation(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the operation of a JSON patch that does not apply, by its path: in a patch file, or in an inline patch."""
    found = _REFUSED_OPERATION.search(item.reason)
    for kustomization in built(item, context) if found else ():
        path = found[1] if found else ""
        place = next(_operations_of_files(kustomization, path, context), None)
        place = place or next(_inline_operations(kustomization, path, context), None)
        if place:
            return place
    return None


def _operations_of_files(kustomization: Kustomization, path: str, context: CheckContext) -> Iterator[Span]:
    for reference in kustomization.references:
        if reference.role in _JSON_PATCH_ROLES and reference.exists:
            for document in context.tree.read(reference.target).documents:
                for at in _operations(document.value, path):
                    yield context.tree.nearest(document.path, document.index, (at, "path"))[0]


def _operations(value: Any, path: str) -> Iterator[int]:
    for at, operation in enumerate(value if isinstance(value, list) else ()):
        if isinstance(operation, dict) and operation.get("path") == path:
            yield at


def _inline_operations(kustomization: Kustomization, path: str, context: CheckContext) -> Iterator[Span]:
    operation = re.compile(rf"\bpath[\"']?:\s*[\"']?{re.escape(path)}[\"']?\s*(?:[,}}]|$)")
    for role in _JSON_PATCH_ROLES:
        entries = kustomization.data.get(role)
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and isinstance(entry.get("patch"), str):
                line = _line_in(context.tree.nearest(kustomization.path, 0, (role, at, "patch"))[0], operation, context)
                if line:
                    yield line


def _refused_field(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the kustomization's field that has a wrong type or that Kustomize does not know."""
    refused, unknown = _REFUSED_TYPE.search(item.reason), _UNKNOWN_FIELD.search(item.reason)
    for kustomization in built(item, context) if refused or unknown else ():
        if item.error_path in ("", kustomization.path):
            field_path = _field_at(kustomization.data, refused["field"]) if refused else ()
            field_path = field_path or (_field_named(kustomization.data, unknown[1]) if unknown else ())
            if field_path:
                return context.tree.nearest(kustomization.path, 0, field_path, on_key=unknown is not None)[0]
    return None


def _field_at(value: Json, dotted: str) -> FieldPath:
    """Give the field of a dotted path like ``images.0.newTag``, as far as it leads; Go 1.26 leaves out ``0``."""
    if isinstance(value, list):
        step, _, rest = dotted.partition(".")
        at = index_in(value, step)
        return () if at is None else (at, *_field_at(value[at], rest))
    keys = [key for key in value if dotted == key or dotted.startswith(f"{key}.")] if isinstance(value, dict) else []
    key = max(keys, key=len, default=None)
    return () if key is None else (key, *_field_at(value[key], dotted[len(key) + 1 :]))


def _field_named(value: Json, name: str, path: FieldPath = ()) -> FieldPath:
    """Give the outermost field of a name."""
    if isinstance(value, dict) and name in value:
        return (*path, name)
    entries = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    found = [_field_named(below, name, (*path, step)) for step, below in entries]
    return min((field_path for field_path in found if field_path), key=len, default=())


def _cycle(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the reference that closes a circle: to a folder that is built already when it is reached."""
    if item.error_kind != "cycle":
        return None
    above: set[str] = set()
    for kustomization in built(item, context):
        above.add(kustomization.folder)
        for reference in kustomization.references:
            if reference.target in above:
                return place_of(reference, context)
    return None


def _empty(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the kustomization that holds nothing: the file itself is the place."""
    is_empty = _EMPTY.search(item.reason) and context.tree.is_file(item.error_path)
    return context.tree.line_span(item.error_path, 1) if is_empty else None


def _doubled(item: Unrendered, context: CheckContext) -> Span | None:
    """Find the folder that has several kustomization files, at the first of them."""
    found = _SEVERAL_FILES.search(item.reason)
    kustomization = context.graph.kustomizations.get(found["folder"]) if found else None
    return context.tree.line_span(kustomization.path, 1) if kustomization else None


def _own_place(item: Unrendered, context: CheckContext) -> Span:
    path = _told_file(item, context) or _named_file(item, context) or _own_file(item, context)
    if path:
        return context.tree.line_span(path, 1)
    return item.span or Span(item.path or ".", 1)


def _told_file(item: Unrendered, context: CheckContext) -> str:
    """Give the file that the engine names; of a Kustomize build it is the last one read, which need not be at fault."""
    is_own = item.unit != "kustomize" or "invalid Kustomization" in item.reason or _YAML_ERROR.search(item.reason)
    return item.error_path if is_own and context.tree.is_file(item.error_path) else ""


def _named_file(item: Unrendered, context: CheckContext) -> str:
    """Give the file of a chart that the reason names, by its path or by that with the chart's name for its folder."""
    for text in _FILE.findall(item.reason) if item.unit == "helm" else ():
        for path in (text, f"{item.path}/{text.partition('/')[2]}".removeprefix("./")):
            if context.tree.is_file(path):
                return path
    return ""


def _own_file(item: Unrendered, context: CheckContext) -> str:
    kustomization = context.graph.kustomizations.get(item.path)
    if item.unit == "kustomize" and kustomization:
        return kustomization.path
    if item.unit == "helm" and item.path in context.graph.charts:
        return _chart_file(item.path)
    return ""
