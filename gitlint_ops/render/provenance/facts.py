"""What a chart's templates know besides values: the release, its namespace, and the chart's own name and versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.hit import Subject
from gitlint_ops.render.provenance.match import is_container, scalar_text
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.trial import altered_text, edited
from gitlint_ops.repo.model import HelmUnit
from gitlint_ops.source import FieldPath


@dataclass(frozen=True, slots=True)
class Fact:
    """One of them: its text, another text for a trial, the request that brings that about, and where it is written."""

    text: str
    other: str
    request: dict[str, Any]
    place: Place
    why: str


def facts(places: Places, unit: HelmUnit, subject: Subject, declaring: Declaring) -> Iterator[Fact]:
    """Give the facts whose text the field holds, those that are written in this repository."""
    if is_container(subject.value):
        return
    wanted = scalar_text(subject.value)
    for found in (*_settings(places, unit, subject, declaring), *_chart_facts(places, unit)):
        if found.text and found.text in wanted:
            yield found


def _settings(places: Places, unit: HelmUnit, subject: Subject, declaring: Declaring) -> Iterator[Fact]:
    top = declaring.place(subject.object.delivery)
    if top is None:
        return
    prefix: FieldPath = ("spec", "template") if declaring.is_template(top) else ()
    helm = _helm_block(subject, unit)
    release = ((*helm, "releaseName"), ("spec", "releaseName"), ("metadata", "name"))
    namespace = (
        (*helm, "namespace"),
        ("spec", "destination", "namespace"),
        ("spec", "targetNamespace"),
        ("metadata", "namespace"),
    )
    for name, text, paths in (("release", unit.release, release), ("namespace", unit.namespace, namespace)):
        for place in (top.below(*prefix, *path) for path in paths):
            written = places.value(place)
            if isinstance(written, str) and written and (written in text or "{{" in written):
                other = altered_text(text)
                yield Fact(text, other, {name: other}, place, f"the {name} of the delivery")
                break


def _helm_block(subject: Subject, unit: HelmUnit) -> FieldPath:
    """Give the ``helm`` block of the Application's source that gives the unit."""
    for source in subject.object.delivery.sources:
        if source.local and source.path.strip("/") == unit.path:
            return (*source.field_path, "helm")
    return ("spec", "source", "helm")


def _chart_facts(places: Places, unit: HelmUnit) -> Iterator[Fact]:
    path = "Chart.yaml" if unit.path == "." else f"{unit.path}/Chart.yaml"
    if not places.tree.is_file(path):
        return
    for field in ("appVersion", "version", "name"):
        value, span = places.value(Place(path, 0, (field,))), places.tree.span(path, 0, (field,))
        text = edited(places.tree, span) if span is not None else None
        if text is None or is_container(value):
            continue
        plain = scalar_text(value)
        yield Fact(
            plain, altered_text(plain), {"files": {path: text}}, Place(path, 0, (field,)), f"the chart's {field}"
        )


def key_fact(places: Places, place: Place) -> Fact | None:
    """Give a key of values as a fact (templates range over mappings); None where it is not a plain key of a file."""
    if place.object is not None or place.inner is not None or place.known is not None:
        return None
    span = places.tree.span(place.path, place.document, place.field_path, on_key=True)
    text = edited(places.tree, span) if span is not None else None
    key = str(place.field_path[-1])
    if text is None:
        return None
    return Fact(key, altered_text(key), {"files": {place.path: text}}, replace(place, key=True), "the values key")
