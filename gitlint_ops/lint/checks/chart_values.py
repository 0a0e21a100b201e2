"""Values of charts that are not rendered here: of HelmReleases, of Applications, of the values files they name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.unrendered import failed_units
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.repo.model import Delivery, HelmUnit
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import items, texts


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a delivery's chart: written in its declaration at ``field_path``, or in a document of a file."""

    delivery: Delivery
    value: Mapping[str, Any]
    field_path: FieldPath = ()
    file: str = ""
    document: int = 0
    is_text: bool = False
    """Whether the declaration holds them as a text of YAML (``helm.values``)."""
    later: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """The layers that win over these values."""

    def is_overridden(self, path: FieldPath) -> bool:
        """Say whether a later layer sets a field too."""
        return any(_has(layer, path) for layer in self.later)

    def place(self, context: CheckContext, below: FieldPath, violation: Violation) -> Violation:
        """Put a violation at a field of these values."""
        if self.is_text:
            return _in_text(context, self, below, violation)
        if not self.file:
            return at_field(context, self.delivery, (*self.field_path, *below), violation)
        span, exact = context.tree.nearest(self.file, self.document, below)
        return Violation(violation.message, span=span, exact=exact, deliveries=(self.delivery,))


def _has(value: Json, path: FieldPath) -> bool:
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[str(step)]
    return True


def _in_text(context: CheckContext, values: Values, below: FieldPath, violation: Violation) -> Violation:
    delivery = values.delivery
    generator = context.graph.generators.get(delivery.generator)
    document = generator.document if generator else delivery.document
    if document is None:
        return at_field(context, delivery, values.field_path, replace(violation, exact=False))
    outer = delivery.document_path or (("spec", "template") if generator else ())
    place = Place(document[0], document[1], (*outer, *values.field_path), inner=(0, below))
    span, exact = context.provenance.places.resolve(place)
    return Violation(violation.message, span=span, exact=exact, deliveries=(delivery,))


def unrendered_values(context: CheckContext) -> Iterator[Values]:
    """Give the values of every delivery that names a chart and was not rendered (mostly: the chart is elsewhere)."""
    for delivery in context.deliveries:
        if delivery.units and not any(u.failed for u in delivery.unrendered):
            continue
        spec = delivery.object.get("spec")
        if isinstance(spec, Mapping):
            yield from _of_release(delivery, spec)
            yield from _of_application(context, delivery, spec)
    for delivery, unit in failed_units(context):
        if isinstance(unit, HelmUnit):
            yield from _of_unit(context, delivery, unit)


def _of_unit(context: CheckContext, delivery: Delivery, unit: HelmUnit) -> Iterator[Values]:
    """Give the layers of a chart that lies here and does not render: for want of its dependencies, say."""
    prefix = "" if unit.path == "." else f"{unit.path}/"
    files = unit.chart_values_files or (f"{prefix}values.yaml",)
    layers = [values for path in files for values in _of_file(context, delivery, path)]
    for layer in unit.layers:
        if layer.form == "file":
            layers += _of_file(context, delivery, str(layer.value))
        elif layer.form == "inline" and isinstance(layer.value, Mapping):
            layers.append(Values(delivery, layer.value, layer.field_path))
    for at, values in enumerate(layers):
        yield replace(values, later=tuple(other.value for other in layers[at + 1 :]))


def _of_release(delivery: Delivery, spec: Mapping[str, Any]) -> Iterator[Values]:
    if delivery.kind == "HelmRelease" and isinstance(spec.get("values"), Mapping):
        yield Values(delivery, spec["values"], ("spec", "values"))


def _of_application(context: CheckContext, delivery: Delivery, spec: Mapping[str, Any]) -> Iterator[Values]:
    for path, source in sources_of(delivery, spec):
        helm = source.get("helm")
        if not isinstance(helm, Mapping):
            continue
        if isinstance(helm.get("valuesObject"), Mapping):
            yield Values(delivery, helm["valuesObject"], (*path, "helm", "valuesObject"))
        elif isinstance(helm.get("values"), str):
            for embedded in context.provenance.places.embedded(helm["values"])[:1]:
                if isinstance(embedded.value, Mapping):
                    yield Values(delivery, embedded.value, (*path, "helm", "values"), is_text=True)
        for name in texts(helm.get("valueFiles")):
            yield from _of_file(context, delivery, _resolve(delivery, source, name))


def sources_of(delivery: Delivery, spec: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """Give the sources of an Application with their paths."""
    if delivery.kind != "Application":
        return
    for index, source in items(spec.get("sources")):
        yield ("spec", "sources", index), source
    if not spec.get("sources") and isinstance(spec.get("source"), Mapping):
        yield ("spec", "source"), spec["source"]


def _resolve(delivery: Delivery, source: Mapping[str, Any], name: str) -> str:
    """Give the repository path of a values file that lies here, '' of another repository's or a URL."""
    local = {ref.ref: ref for ref in delivery.sources if ref.local or ref.assumed_local}
    if name.startswith("$"):
        ref, _, rest = name[1:].partition("/")
        return posixpath.normpath(rest) if ref in local else ""
    here = any(ref.path == source.get("path") for ref in local.values())
    if not here or "://" in name or not source.get("path"):
        return ""
    return posixpath.normpath(name.lstrip("/") if name.startswith("/") else f"{source['path']}/{name}")


def _of_file(context: CheckContext, delivery: Delivery, path: str) -> Iterator[Values]:
    if not path or path.startswith("..") or not context.tree.is_file(path):
        return
    for document in context.tree.read(path).documents:
        if isinstance(document.value, Mapping):
            yield Values(delivery, document.value, file=path, document=document.index)


def image_entries(value: Json, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str, str]]:
    """Give the images in a chart's values: the field to change, the image's name ('' for a lone tag), the tag.

    Known are ``image: name:tag`` and ``{repository: …, tag: …}``. A digest follows the tag behind an ``@``. Without
    a tag the chart's own default applies, so there is nothing to say.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from image_entries(item, (*path, index))
    if not isinstance(value, Mapping):
        return
    yield from _tagged(value, path)
    for key, item in value.items():
        if key in ("image", "baseImage") and isinstance(item, str):
            image, at, digest = item.partition("@")
            name, _, tag = image.rpartition(":")
            if name and "/" not in tag:
                yield (*path, key), name, f"{tag}{at}{digest}"
        else:
            yield from image_entries(item, (*path, key))


def _tagged(value: Mapping[str, Any], path: FieldPath) -> Iterator[tuple[FieldPath, str, str]]:
    tag = value.get("tag")
    name = next((value[key] for key in ("repository", "name", "image") if isinstance(value.get(key), str)), "")
    is_image = bool(value.get("repository")) or (bool(path) and "image" in str(path[-1]).lower())
    if not is_image or isinstance(tag, bool) or not isinstance(tag, str | int | float):
        return
    if str(tag).strip():
        registry, digest = value.get("registry"), value.get("digest")
        full = f"{registry}/{name}" if isinstance(registry, str) and registry and name else name
        yield (*path, "tag"), full, str(tag).strip() + (f"@{digest}" if digest else "")
