"""CustomResourceDefinitions become JSON schemas, with the meaning that the API server gives to structural schemas.

Source: k8s.io/apiextensions-apiserver, packages apiserver/schema (pruning, defaulting) and apiserver/validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.schemas.fault import SchemaView
from gitlint_ops.source.narrowing import items, mapping, texts

if TYPE_CHECKING:
    from jsonschema_rs import Draft4Validator

_TYPE_META: dict[str, Any] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"type": "object"},
}
_DROPPED = frozenset({"default", "description", "example", "externalDocs", "format", "nullable", "title"})
_CONVERTED = frozenset({"additionalProperties", "items", "properties", "required"})
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf")
MAX_DEPTH = 100
"""Deepest nesting of a schema that is followed; a deeper one is not checked below."""


@dataclass(slots=True)
class CustomKind:
    """One version of a CustomResourceDefinition: its JSON schema, converted and compiled when first used."""

    api_version: str
    kind: str
    written: Mapping[str, Any]
    """Its ``openAPIV3Schema``."""
    pruned: bool = True
    """Whether the API server drops fields that the schema does not know."""
    environment: str = ""
    """The environment whose render gave it; '' for one that lies in a file."""
    _schema: Mapping[str, Any] | None = None
    _validator: Draft4Validator | None = None

    def says_the_same(self, other: CustomKind) -> bool:
        """Whether another definition of the kind, for the same environment, has the same schema."""
        mine, theirs = (self.written, self.pruned, self.environment), (other.written, other.pruned, other.environment)
        return mine == theirs

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON schema, with the meaning of a structural schema."""
        if self._schema is None:
            self._schema = _root(self.written, pruned=self.pruned)
        return self._schema

    @property
    def validator(self) -> Draft4Validator:
        """The compiled validator. Raises ValueError where the definition's schema is not usable."""
        if self._validator is None:
            # The patterns are Go's (RE2): the few that the validator's own dialect has no word for are left out.
            self._validator = _compile(self.schema) or _compile(_readable_patterns(self.schema))
        if self._validator is None:
            raise ValueError(f"the schema of {self.kind} ({self.api_version}) is not usable")
        return self._validator

    @property
    def view(self) -> SchemaView:
        """The schema as messages need it."""
        return SchemaView(self.schema, self.kind)


class CustomKinds:
    """The custom kinds that a repository defines, keyed by apiVersion and kind."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], list[CustomKind]] = {}
        self._served: dict[tuple[str, str], set[str]] = {}

    def add(self, definition: Mapping[str, Any], environment: str = "") -> None:
        """Take a CustomResourceDefinition; equal ones are kept once, a malformed one (its own finding) adds nothing."""
        for kind in custom_kinds(definition, environment):
            known = self._kinds.setdefault((kind.api_version, kind.kind), [])
            if not any(kind.says_the_same(other) for other in known):
                known.append(kind)
            self._served.setdefault((group_of(kind.api_version), kind.kind), set()).add(kind.api_version)

    def find(self, api_version: str, kind: str, environment: str) -> tuple[CustomKind, ...]:
        """Give the definitions that may hold for an object: those of its environment, else all."""
        known = self._kinds.get((api_version, kind), [])
        own = tuple(item for item in known if item.environment == environment and environment)
        return own or tuple(known)

    def api_versions(self, group: str, kind: str) -> tuple[str, ...]:
        """Give the apiVersions that the definitions of a kind serve, sorted."""
        return tuple(sorted(self._served.get((group, kind), ())))


def _compile(schema: Mapping[str, Any]) -> Draft4Validator | None:
    from jsonschema_rs import Draft4Validator, ReferencingError, ValidationError

    try:
        # Draft 4 knows the boolean exclusiveMinimum of OpenAPI 3.0.
        return Draft4Validator(dict(schema), validate_formats=False, offline=True)
    except (ReferencingError, ValidationError, ValueError):
        return None


def _readable_patterns(schema: Any) -> Any:
    """Leave out the patterns that do not compile, at any depth."""
    if isinstance(schema, list):
        return [_readable_patterns(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    pattern = schema.get("pattern")
    unreadable = isinstance(pattern, str) and _compile({"pattern": pattern}) is None
    return {key: _readable_patterns(item) for key, item in schema.items() if not (unreadable and key == "pattern")}


def custom_kinds(definition: Mapping[str, Any], environment: str = "") -> Iterator[CustomKind]:
    """Give the served versions of a CustomResourceDefinition of apiextensions.k8s.io/v1."""
    spec = mapping(definition.get("spec"))
    kind, group = mapping(spec.get("names")).get("kind"), spec.get("group")
    if (
        definition.get("apiVersion") != "apiextensions.k8s.io/v1"
        or not isinstance(kind, str)
        or not isinstance(group, str)
    ):
        return
    for _, version in items(spec.get("versions")):
        if version.get("served") is False or not isinstance(version.get("name"), str):
            continue
        schema = mapping(mapping(version.get("schema")).get("openAPIV3Schema"))
        pruned = not spec.get("preserveUnknownFields")
        yield CustomKind(f"{group}/{version['name']}", kind, schema, pruned, environment)


def _root(schema: Mapping[str, Any], *, pruned: bool) -> Mapping[str, Any]:
    if not schema or not pruned:
        return {"type": "object"}
    return _structural({**schema, "x-kubernetes-embedded-resource": True}, MAX_DEPTH)


def _structural(schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    """Convert a structural schema: what pruning drops is an unknown field, what defaulting fills is not required."""
    if depth == 0:
        return {}
    result = _plain(schema)
    own = mapping(schema.get("properties"))
    properties = {name: _structural(mapping(item), depth - 1) for name, item in own.items()}
    if schema.get("x-kubernetes-embedded-resource") is True:
        # metadata is ObjectMeta, which the API server checks by itself and never prunes by the definition.
        properties |= _TYPE_META
    if isinstance(schema.get("items"), dict):
        result["items"] = _structural(schema["items"], depth - 1)
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _structural(schema["additionalProperties"], depth - 1)
    elif _prunes(schema):
        result["additionalProperties"] = False
    if properties or result.get("additionalProperties") is False:
        # Even where it is empty: a validator that is told of no properties does not name the unknown one.
        result["properties"] = properties
    required = [name for name in texts(schema.get("required")) if "default" not in mapping(own.get(name))]
    return {**result, "required": required} if required else result


def _prunes(schema: Mapping[str, Any]) -> bool:
    return (
        schema.get("type") == "object"
        and schema.get("x-kubernetes-preserve-unknown-fields") is not True
        and schema.get("additionalProperties") is not True
    )


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the value validations of a schema, in the words of JSON Schema."""
    result = {
        key: value
        for key, value in schema.items()
        if key not in _DROPPED and not key.startswith("x-kubernetes-") and key not in _CONVERTED
    }
    for key in _LISTS_OF_SCHEMAS:
        if key in result:
            result[key] = [_validations(item) for _, item in items(result[key])]
    if isinstance(result.get("not"), dict):
        result["not"] = _validations(result["not"])
    if schema.get("x-kubernetes-int-or-string") is True:
        result["type"] = ["integer", "string"]
        result.pop("anyOf", None)
    if schema.get("nullable") is True and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    return result


def _validations(schema: Mapping[str, Any], depth: int = MAX_DEPTH) -> dict[str, Any]:
    """Convert a schema below allOf, anyOf, oneOf or not: value validations only, nothing is pruned there."""
    if depth == 0:
        return {}
    result = _plain(schema)
    if "properties" in schema:
        own = mapping(schema["properties"])
        result["properties"] = {name: _validations(mapping(item), depth - 1) for name, item in own.items()}
    if isinstance(schema.get("items"), dict):
        result["items"] = _validations(schema["items"], depth - 1)
    required = texts(schema.get("required"))
    return {**result, "required": required} if required else result
