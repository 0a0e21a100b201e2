"""What is wrong in a configuration, in words and at a line: from jsonschema's errors and ruamel.yaml's marks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any


def meant(error: Any) -> Any:
    """Give, for a value that fits no alternative, what is wrong for the one that its type means."""
    if error.validator != "oneOf":
        return error
    types = {"object": Mapping, "boolean": bool}
    for nested in error.context:
        branch = error.schema["oneOf"][nested.schema_path[0]]
        if isinstance(error.instance, types.get(branch.get("type", ""), str)):
            return nested
    return error


def unknown_key(error: Any) -> str:
    """Give the first key that the schema does not know, '' for another error."""
    if error.validator != "additionalProperties":
        return ""
    known = error.schema.get("properties", {})
    return next((str(key) for key in error.instance if key not in known), "")


def wording(error: Any) -> str:
    """Say what is wrong, where, and what would be right."""
    place = ".".join(str(step) for step in error.absolute_path)
    key = unknown_key(error)
    if error.validator == "enum" and isinstance(error.instance, str):
        return f"{place}: there is no '{error.instance}'; {_hint(error.instance, error.validator_value, 'there are')}"
    if error.validator == "pattern" and "description" in error.schema:
        return f"{place}: '{error.instance}' does not fit: {error.schema['description']}"
    if error.validator == "anyOf":
        keys = " or ".join(f"'{required}'" for option in error.validator_value for required in option["required"])
        return f"{place}: {keys} is missing"
    if not key:
        return f"{place or 'the file'}: {error.message}"
    known = list(error.schema.get("properties", {}))
    return f"unknown key '{place + '.' if place else ''}{key}'; {_hint(key, known, 'known keys')}"


def _hint(word: str, known: list[str], introduction: str) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"{introduction}: {', '.join(known)}"


def line_of(data: Any, steps: list[Any], key: str = "") -> int:
    """Give the 1-based line of a place in a ruamel round-trip value."""
    line = 0
    for step in [*steps, *([key] if key else [])]:
        marks = getattr(data, "lc", None)
        if marks is None:
            break
        try:
            line = marks.key(step)[0] + 1 if isinstance(step, str) else marks.item(step)[0] + 1
            data = data[step] if not (key and step == key) else None
        except (KeyError, IndexError, TypeError):
            break
    return line
