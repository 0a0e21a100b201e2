"""What a CustomResourceDefinition demands beyond its schema, which is not evaluated: its CEL rules, named here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.model import Skipped
from gitlint_ops.render.model import Rendering
from gitlint_ops.source import SourceTree

_RULES = "x-kubernetes-validations"
_CRD = "CustomResourceDefinition"


def unevaluated_rules(tree: SourceTree, rendering: Rendering) -> Iterator[Skipped]:
    """Give each custom kind with CEL rules of which an object is rendered, once, with the file that defines it.

    Defaults that a definition would fill in are left aside too: they are not in Git, so no rule here judges them.
    """
    used = {(item.api_version, item.kind) for item in rendering.all_objects()}
    told: set[tuple[str, str]] = set()
    for path, definition in _definitions(tree, rendering):
        for api_version, kind in _kinds_with_rules(definition):
            if (api_version, kind) in used - told:
                told.add((api_version, kind))
                reason = f"the CEL rules of {kind} ({api_version}) are not evaluated; its fields and their types are"
                yield Skipped("custom-kind", path, reason)


def _definitions(tree: SourceTree, rendering: Rendering) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for item in rendering.all_objects():
        if item.kind == _CRD:
            yield item.source_path or item.unit.path, item.data
    for document in tree.objects():
        if document.value["kind"] == _CRD:
            yield document.path, document.value


def _kinds_with_rules(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    spec = definition.get("spec")
    if not isinstance(spec, Mapping) or not isinstance(spec.get("names"), Mapping):
        return
    versions = spec.get("versions")
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, Mapping) and _has_rules(version.get("schema")):
            yield f"{spec.get('group')}/{version.get('name')}", str(spec["names"].get("kind"))


def _has_rules(schema: Any) -> bool:
    if isinstance(schema, Mapping):
        return _RULES in schema or any(_has_rules(below) for below in schema.values())
    return isinstance(schema, list) and any(_has_rules(below) for below in schema)
