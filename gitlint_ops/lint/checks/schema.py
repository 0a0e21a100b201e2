"""Checks that every rendered object is one that the API server takes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from gitlint_ops.lint.checks.edits import renamed
from gitlint_ops.lint.checks.image_reference import is_unresolved
from gitlint_ops.lint.checks.unrendered import unrendered_resources
from gitlint_ops.lint.checks.until_installed import until_installed
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.schemas import Fault, UnknownKind, Verdicts
from gitlint_ops.lint.schemas.crds import CustomKinds
from gitlint_ops.lint.schemas.lifecycle import lifecycle_of
from gitlint_ops.lint.schemas.locations import has_unasked
from gitlint_ops.lint.schemas.wording import QUOTE_HINT
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.match import value_at
from gitlint_ops.repo.index import CONFIG_GROUPS, api_group
from gitlint_ops.repo.model import Delivery, DirectoryUnit, KustomizeUnit
from gitlint_ops.repo.set_aside import is_fragment, is_part_of
from gitlint_ops.repo.views import metadata_text
from gitlint_ops.source import Document, FieldPath
from gitlint_ops.source.narrowing import mapping

_CRD = "CustomResourceDefinition"
_FOLDER = "a folder that schema_folders of .gitlint-ops.yaml names"
_UNASKED = "; the addresses of schema_locations are asked only with --network"
_LOCAL = "config.kubernetes.io/local-config"
_VARIABLE = re.compile(r"\$\{[^{}]*\}")


class Judged(NamedTuple):
    """An object with its verdict. ``whole`` and ``prefix`` say where it lies where it is an item of a List."""

    item: RenderedObject
    whole: RenderedObject
    prefix: FieldPath
    verdict: tuple[Fault, ...] | UnknownKind


def schema_error(context: CheckContext) -> Iterator[Violation]:
    """Give everything that the schema of its kind refuses in a rendered object."""
    for judged in judged_objects(context):
        if isinstance(judged.verdict, UnknownKind) or _is_stray_patch(context, judged.item):
            continue
        for fault in _of_any_version(context, judged.item, judged.verdict):
            if not fault.exact and _may_be_completed(context, judged.item):
                continue
            violation = Violation(
                f"{judged.item.label}: {_advised(context, judged, fault)}",
                object=judged.whole,
                field_path=judged.prefix + fault.field_path,
                on_key=fault.on_key,
                exact=fault.exact,
                cause=_cause(judged.item, fault),
            )
            fix = renamed(context, violation, fault.nearest) if fault.nearest else None
            yield until_installed(context, replace(violation, fix=fix), judged.whole, _has(context, judged, fault))
    yield from _in_sources(context)


def _advised(context: CheckContext, judged: Judged, fault: Fault) -> str:
    """Give a fault's message; a value that Flux substitutes loses the quotes that it has in the source."""
    flux = getattr(judged.whole.unit, "flux", None)
    if flux is None or not fault.message.endswith(QUOTE_HINT):
        return fault.message
    spans = [origin.span for origin in context.provenance.origins(judged.whole, judged.prefix + fault.field_path)]
    lines = (_VARIABLE.search(context.tree.line_text(span.path, span.line)) for span in spans)
    found = next((line for line in lines if line is not None), None)
    if found is None:
        return fault.message
    return (
        f"{fault.message.removesuffix(QUOTE_HINT)}; Kustomize drops the quotes before Flux substitutes: write "
        f"${{quote}}{found[0]}${{quote}}, with quote: '\"' in spec.postBuild.substitute of Kustomization {flux.name}"
    )


def _has(context: CheckContext, judged: Judged, fault: Fault) -> Callable[[RenderedObject], bool]:
    """Give what tells whether an object, rendered again, has the same fault: a value set there may have its own."""
    told = (fault.field_path, fault.message)

    def is_faulty(again: RenderedObject) -> bool:
        data = value_at(again.data, judged.prefix)
        verdict = _verdicts(context).of(replace(judged.item, data=data)) if isinstance(data, Mapping) else ()
        return not isinstance(verdict, UnknownKind) and told in ((f.field_path, f.message) for f in verdict)

    return is_faulty


def _cause(item: RenderedObject, fault: Fault) -> str:
    """Give what fields that are unknown in one mapping share: a template's line may write them all."""
    return f"{item.kind}: unknown fields of {fault.field_path[:-1]}" if fault.on_key and fault.exact else ""


def _is_stray_patch(context: CheckContext, item: RenderedObject) -> bool:
    """Whether an object that nothing delivers has a part of the fields of one that a kustomization gives."""
    if item.delivery.controller != "none" or not isinstance(item.unit, DirectoryUnit):
        return False
    built = context.once("built-objects", lambda: _built(context))
    return is_fragment(item.data) or any(is_part_of(item.data, other.data) for other in built[item.kind, item.name])


def _may_be_completed(context: CheckContext, item: RenderedObject) -> bool:
    """Whether what an object that nothing delivers lacks may be in a patch, as deliveries here give it to its kind."""
    if item.delivery.controller != "none":
        return False
    return item.kind in context.once("schema.completed-kinds", lambda: frozenset(_patched_kinds(context)))


def _patched_kinds(context: CheckContext) -> Iterator[str]:
    for delivery in context.deliveries:
        patches = mapping(delivery.object, "spec").get("patches")
        for patch in patches if isinstance(patches, list) else ():
            yield str(mapping(patch, "target").get("kind") or "") if isinstance(patch, Mapping) else ""


def _built(context: CheckContext) -> Mapping[tuple[str, str], list[RenderedObject]]:
    found: dict[tuple[str, str], list[RenderedObject]] = defaultdict(list)
    for item in context.objects:
        if isinstance(item.unit, KustomizeUnit):
            found[item.kind, item.name].append(item)
    return found


def _of_any_version(context: CheckContext, item: RenderedObject, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Give the faults that an object has in the version that replaces its own too.

    The others are there because the version is an old one, and that is said by the rules of outdated APIs.
    """
    life = lifecycle_of(item.api_version, item.kind) if faults else None
    if life is None or not life.replacement or " " in life.replacement:
        return faults
    later = verdict_as(context, item, life.replacement)
    if isinstance(later, UnknownKind):
        return faults
    lasting = {fault.field_path for fault in later}
    return tuple(fault for fault in faults if fault.field_path in lasting)


def _in_sources(context: CheckContext) -> Iterator[Violation]:
    """Give what is wrong in resources of kustomizations that did not render, of what no patch or variable can mend.

    What is missing there may be in a patch, and what holds a variable is not its value yet.
    """
    verdicts = _verdicts(context)
    for document, delivery, item, prefix in _unrendered(context):
        verdict = verdicts.of(item) if _is_applied(item) else ()
        for fault in _of_fields(verdict):
            field_path = prefix + fault.field_path
            span = context.tree.span(document.path, document.index, field_path, on_key=fault.on_key)
            if span is not None and fault.exact and not is_unresolved(context.tree.line_text(span.path, span.line)):
                yield Violation(f"{item.label}: {fault.message}", span=span, deliveries=(delivery,))


def _unrendered(context: CheckContext) -> Iterator[tuple[Document, Delivery, RenderedObject, FieldPath]]:
    """Give the objects of documents that did not render, those of a List each with its place in the document."""
    for document, delivery in unrendered_resources(context):
        for item, prefix in _items(as_rendered(document, delivery)):
            yield document, delivery, item, prefix


def _of_fields(verdict: tuple[Fault, ...] | UnknownKind) -> tuple[Fault, ...]:
    """Give the faults that a field has by itself: what the whole object shows may be mended by a patch."""
    return () if isinstance(verdict, UnknownKind) else tuple(fault for fault in verdict if not fault.beyond_schema)


def as_rendered(document: Document, delivery: Delivery) -> RenderedObject:
    """Give an object in a file as if its delivery had rendered it as it stands."""
    value = document.value
    metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    name, namespace = (str(metadata.get(key) or "") for key in ("name", "namespace"))
    unit = delivery.units[0]
    return RenderedObject(value["apiVersion"], value["kind"], namespace, name, value, delivery, unit)


def verdict_as(context: CheckContext, item: RenderedObject, api_version: str) -> tuple[Fault, ...] | UnknownKind:
    """Give the verdict on an object if it had another apiVersion."""
    data = {**item.data, "apiVersion": api_version}
    return _verdicts(context).of(replace(item, api_version=api_version, data=data))


def unknown_kind(context: CheckContext) -> Iterator[Violation]:
    """Give each API group with kinds of which no schema is known, once, at its first object.

    A group's definitions come from one project and are added together, so that a finding a kind would only be noise.
    """
    groups: dict[str, list[Judged]] = defaultdict(list)
    for judged in judged_objects(context):
        if isinstance(judged.verdict, UnknownKind):
            groups[judged.verdict.group].append(judged)
    for group, found in groups.items():
        first = found[0]
        yield Violation(
            _unknown_message(group, found) + (_UNASKED if has_unasked(context.config) else ""),
            object=first.whole,
            field_path=(*first.prefix, "kind"),
            deliveries=tuple({judged.item.delivery.id: judged.item.delivery for judged in found}.values()),
        )


def _unknown_message(group: str, found: list[Judged]) -> str:
    counts = Counter(judged.item.kind for judged in found)
    objects = f"{len(found)} objects are" if len(found) > 1 else "1 object is"
    if len(counts) == 1:
        versions = ", ".join(sorted({judged.item.api_version for judged in found}))
        return (
            f"no schema of {found[0].item.kind} ({versions}) is known, so {objects} not checked; keep its "
            f"CustomResourceDefinition in this repository, or its JSON schema in {_FOLDER}"
        )
    kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(counts.items()))
    return (
        f"no schemas of {len(counts)} kinds of {group} are known, so {objects} not checked: {kinds}; keep their "
        f"CustomResourceDefinitions in this repository, or their JSON schemas in {_FOLDER}"
    )


def judged_objects(context: CheckContext) -> tuple[Judged, ...]:
    """Give every rendered object that a controller applies, with its verdict."""
    return context.once("schema.judged", lambda: tuple(_judge_all(context)))


def _verdicts(context: CheckContext) -> Verdicts:
    return context.once("schema.verdicts", lambda: _judge_of(context))


def _judge_of(context: CheckContext) -> Verdicts:
    versions = context.rendering.graph.kubernetes_versions
    return Verdicts(context.config, context.tree.root, custom_kinds(context), versions, context.spares)


def _judge_all(context: CheckContext) -> Iterator[Judged]:
    verdicts = _verdicts(context)
    for whole in context.objects:
        for item, prefix in _items(whole):
            if _is_applied(item):
                yield Judged(item, whole, prefix, verdicts.of(item))


def custom_kinds(context: CheckContext) -> CustomKinds:
    """Give the definitions of the repository: rendered ones with their environment, then those in files."""
    return context.once("schema.custom-kinds", lambda: _collect_kinds(context))


def _collect_kinds(context: CheckContext) -> CustomKinds:
    kinds = CustomKinds()
    for item in context.of_kinds({_CRD}):
        kinds.add(item.data, item.delivery.environment)
    for document in context.tree.objects():
        if document.value["kind"] == _CRD:
            kinds.add(document.value)
    return kinds


def _items(whole: RenderedObject) -> Iterator[tuple[RenderedObject, FieldPath]]:
    """Give an object, or the objects of a List; what is no object in a List is left to who renders it."""
    items = whole.data.get("items")
    if not (whole.kind.endswith("List") and isinstance(items, list)):
        yield whole, ()
        return
    for at, data in enumerate(items):
        if isinstance(data, dict) and isinstance(data.get("apiVersion"), str) and isinstance(data.get("kind"), str):
            name = metadata_text(data, "name")
            yield replace(whole, api_version=data["apiVersion"], kind=data["kind"], name=name, data=data), ("items", at)


def _is_applied(item: RenderedObject) -> bool:
    """Whether a controller applies an object: not a tool's own configuration, nor one that is marked as local."""
    is_local = str(mapping(item.data, "metadata", "annotations").get(_LOCAL, "")).lower() == "true"
    return api_group(item.api_version) not in CONFIG_GROUPS and not is_local
