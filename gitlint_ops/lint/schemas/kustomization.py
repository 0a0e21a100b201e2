"""What Kustomize refuses in a kustomization file, by the fields that its Go types have (data/kustomization.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitlint_ops.lint.schemas.fault import Fault, SchemaView
from gitlint_ops.lint.schemas.wording import faults_of

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_FILE = Path(__file__).parent / "data" / "kustomization.json"
_VERSIONS = {"Kustomization": "kustomize.config.k8s.io/v1beta1", "Component": "kustomize.config.k8s.io/v1alpha1"}


def kustomization_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Give the unknown fields, wrong types and wrong kind of a kustomization; nothing where Kustomize takes it.

    As Kustomize decodes it (api/types/kustomization.go): null counts as absent, and a field's name in another case is
    the same name.
    """
    yield from _head(data)
    validator, view = _schema()
    if validator.is_valid(dict(data)):
        return
    for error in validator.iter_errors(dict(data)):
        for fault in faults_of(error, view, secret="secretGenerator" in error.instance_path):
            if not (fault.on_key and _is_other_case(fault, view)):
                yield fault


def _head(data: Mapping[str, Any]) -> Iterator[Fault]:
    kind, version = data.get("kind") or "Kustomization", data.get("apiVersion")
    if not isinstance(kind, str):
        return
    if kind not in _VERSIONS:
        yield Fault(("kind",), f"kind must be Kustomization or Component, not '{kind}'")
        return
    wanted = _VERSIONS[kind]
    if version and isinstance(version, str) and version != wanted:
        yield Fault(("apiVersion",), f"apiVersion must be {wanted} for a {kind}, not '{version}'")


def _is_other_case(fault: Fault, view: SchemaView) -> bool:
    known = view.at(fault.field_path[:-1])[0].get("properties") or {}
    return str(fault.field_path[-1]).lower() in {str(name).lower() for name in known}


@cache
def _schema() -> tuple[Validator, SchemaView]:
    from jsonschema_rs import validator_for

    root: dict[str, Any] = json.loads(_FILE.read_bytes())
    reference = str(root["$ref"]).rpartition("/")[2]
    # A keyword beside $ref means nothing to draft 7.
    schema = {"$schema": root["$schema"], "allOf": [{"$ref": root["$ref"]}], "definitions": root["definitions"]}
    view = SchemaView({"$ref": f"#/definitions/{reference}"}, "Kustomization", root["definitions"])
    return validator_for(schema), view
