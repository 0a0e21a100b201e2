"""Objects that tell a controller to deliver something: found in files, and among rendered objects with their source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from gitlint_ops.render.answers import Answer
from gitlint_ops.render.objects import Item, items_of, metadata_of
from gitlint_ops.repo import Context
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Declared, Delivery, HelmUnit, Unit
from gitlint_ops.source import Document, SourceTree

_FLUX_KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
_FLUX_HELM = "helm.toolkit.fluxcd.io"
_DECLARING = frozenset(
    {
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        (_FLUX_KUSTOMIZE, "Kustomization"),
        (_FLUX_HELM, "HelmRelease"),
        ("fluxcd.controlplane.io", "FluxInstance"),
        ("fluxcd.controlplane.io", "ResourceSet"),
    }
)
_LOOKED_UP = frozenset({("", "ConfigMap"), ("", "Secret"), ("argoproj.io", "AppProject")})
"""What deliveries refer to by name, beside every kind of source.toolkit.fluxcd.io."""
_FLUX_SOURCES = "source.toolkit.fluxcd.io"
_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
DECLARING_GROUPS = frozenset(group for group, _ in _DECLARING)
LOOKED_UP_BY_NAME = frozenset(kind for group, kind in _LOOKED_UP if not group)
"""Kinds that many a unit gives, and that matter to others only where one names the object."""
_OPEN = r"\{\{|\$\{"
"""What begins a text that a template or a substitution fills in."""


def kind_of(data: Mapping[str, Any]) -> tuple[str, str]:
    """Give an object's API group and kind."""
    return api_group(str(data.get("apiVersion") or "")), str(data.get("kind") or "")


def name_of(data: Mapping[str, Any]) -> str:
    """Give an object's metadata.name, '' where it has none."""
    return str(metadata_of(data).get("name") or "")


def is_declaring(data: Mapping[str, Any]) -> bool:
    """Whether an object tells a controller to deliver something."""
    return kind_of(data) in _DECLARING


def is_release(declared: Declared) -> bool:
    """Whether an object is a Flux HelmRelease, whose values may come from objects that others render."""
    return kind_of(declared.data)[0] == _FLUX_HELM


def is_worth_indexing(data: Mapping[str, Any]) -> bool:
    """Whether deliveries or schemas look a rendered object up by its name."""
    kind = kind_of(data)
    return kind in _LOOKED_UP or kind == _DEFINITION or kind[0] == _FLUX_SOURCES


def may_declare(unit: Unit, holds: Callable[[re.Pattern[str]], bool]) -> bool:
    """Whether a unit may give what others are found by; ``holds`` tells whether what it is made of matches somewhere.

    Not judged: LOOKED_UP_BY_NAME. Definitions in files are known by themselves, those in templates are not.
    """
    telling = {*_DECLARING, *_LOOKED_UP, (_FLUX_SOURCES, "")} | ({_DEFINITION} if isinstance(unit, HelmUnit) else set())
    return any(holds(_api_of(group)) and holds(_kind_like(kind)) for group, kind in telling if group)


@cache
def _api_of(group: str) -> re.Pattern[str]:
    """Match an apiVersion of a group, and no label or annotation of its."""
    return re.compile(rf"(?<![\w.-]){re.escape(group)}/(?:v\d|{_OPEN})")


@cache
def _kind_like(kind: str) -> re.Pattern[str]:
    """Match where a kind is written, as YAML, as JSON or inside a text, or is still to be filled in."""
    return re.compile(rf"kind[\"'\s:\\]+(?:{kind}\b|{_OPEN})")


def declared_in_files(context: Context) -> list[Declared]:
    """Give the declaring objects written in files, as such or in a List, in path and document order."""
    found = [d for group, kind in _DECLARING for d in context.index.all(kind, group) if d.parent is None]
    for wrapper in context.index.all("List"):
        items = wrapper.data.get("items")
        objects = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        found += [Declared(item, wrapper.path, None, wrapper.line) for item in objects if is_declaring(item)]
    return sorted(found, key=lambda d: (d.path, d.line, d.document or 0))


def declared_in_answer(
    tree: SourceTree, delivery: Delivery, unit: Unit, answer: Answer
) -> tuple[list[Declared], list[Declared]]:
    """Give an answer's declaring objects, and those that others look up, each with the file it comes from."""
    declaring: list[Declared] = []
    looked_up: list[Declared] = []
    for item in items_of(answer, unit, delivery):
        if is_declaring(item.data):
            declaring.append(_with_source(tree, delivery, item))
        elif is_worth_indexing(item.data):
            looked_up.append(_with_source(tree, delivery, item))
    return declaring, looked_up


def _with_source(tree: SourceTree, delivery: Delivery, item: Item) -> Declared:
    if not item.path or tree.is_chart_template(item.path):
        return Declared(item.data, item.path, None, item.line or 1, delivery)
    document = _document_of(tree, item)
    if document is None:
        return Declared(item.data, item.path, None, item.line or 1, delivery)
    return Declared(item.data, item.path, document.index, document.line, delivery)


def _document_of(tree: SourceTree, item: Item) -> Document | None:
    """Find the document behind a rendered object: the only one of its kind, else the one whose name fits best."""
    kind = kind_of(item.data)
    same = [d for d in tree.read(item.path).documents if d.is_object and kind_of(d.value) == kind]
    exact = same if len(same) == 1 else [d for d in same if d.index == item.document]
    if exact:
        return exact[0]
    return next(_by_name(same, name_of(item.data)), None)


def _by_name(documents: list[Document], name: str) -> Iterator[Document]:
    yield from (d for d in documents if name_of(d.value) == name)
    # namePrefix and nameSuffix put text around the name that is written.
    yield from (d for d in documents if name_of(d.value) and name_of(d.value) in name)
