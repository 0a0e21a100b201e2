"""What a schema says of an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.source import FieldPath


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that the API server would refuse: the field, and a message without the object's name.

    ``exact`` is False where the field is missing, so that only what encloses it has a place. ``beyond_schema`` says
    that the whole object shows the fault (a mount without its volume): a patch elsewhere in it may mend it.
    """

    field_path: FieldPath
    message: str
    on_key: bool = False
    exact: bool = True
    beyond_schema: bool = False
    nearest: str = ""
    """For an unknown field: the known one that is spelt most alike."""


@dataclass(frozen=True, slots=True)
class UnknownKind:
    """No schema for this kind is known."""

    group: str
    kind: str


@dataclass(frozen=True, slots=True)
class SchemaView:
    """A JSON schema as messages need it: the root, the definitions that ``$ref`` names, and the type's own name."""

    root: Mapping[str, Any]
    type_name: str
    definitions: Mapping[str, Any] = field(default_factory=dict)

    def at(self, path: FieldPath) -> tuple[Mapping[str, Any], str]:
        """Give the schema of a field and the name of the type that it is ('' where it has none of its own)."""
        schema, name = self._resolved(self.root, self.type_name)
        for step in path:
            schema, name = self._resolved(_below(schema, step), "")
        return schema, name

    def _resolved(self, schema: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], str]:
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema, name
        full = reference.rpartition("/")[2]
        # Definitions whose names have no dot are parts that a schema shares, not types.
        return self.definitions.get(full, {}), full.rpartition(".")[2] if "." in full else ""


def _below(schema: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
    if isinstance(step, int):
        found = schema.get("items")
    else:
        found = (schema.get("properties") or {}).get(step, schema.get("additionalProperties"))
    return found if isinstance(found, dict) else {}
