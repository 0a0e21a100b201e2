"""Validation errors in words that a person understands; the value of a Secret is never among them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.schemas.fault import Fault, SchemaView
from gitlint_ops.source import FieldPath, display_path

MAX_SHOWN = 60
"""Longest value shown, in characters."""
MAX_LISTED = 12
"""Most allowed values or known fields that are listed."""
_ARTICLES = {"integer": "an integer", "object": "a mapping", "array": "a list", "boolean": "true or false"}
_QUANTITY = "Quantity"
QUOTE_HINT = "; put it in quotes"
"""The end of a message on a number or a truth value where a string belongs."""


def faults_of(error: Any, view: SchemaView, *, secret: bool) -> Iterator[Fault]:
    """Give the faults that one jsonschema-rs error stands for; of a Secret (``secret``) no value is shown."""
    path: FieldPath = tuple(error.instance_path)
    kind = type(error.kind).__name__
    if kind == "AdditionalProperties":
        for key in error.kind.unexpected:
            yield _unknown_field(path, key, view)
    elif kind == "Required":
        yield _missing_field(path, error.kind.property, view)
    else:
        word = _WORDINGS.get(kind, _other)
        shown = "this value" if secret else shown_value(error.instance)
        yield Fault(path, f"{_field(path)} {word(error, view, shown)}", exact=True)


def _field(path: FieldPath) -> str:
    return display_path(path) or "the object"


def _unknown_field(path: FieldPath, key: str, view: SchemaView) -> Fault:
    schema, type_name = view.at(path)
    known = list(schema.get("properties", {}))
    owner = type_name or (display_path(path) if path else view.type_name)
    message = f"{_field((*path, key))} is not a field of {owner}{_near(key, known)}"
    return Fault((*path, key), message, on_key=True, nearest=nearest_word(key, known))


def misspelt_fields(errors: Sequence[Any], view: SchemaView) -> frozenset[tuple[FieldPath, str]]:
    """Give the fields that unknown ones are meant for, each with the path around it: they are not missing as well."""
    found: set[tuple[FieldPath, str]] = set()
    for error in errors:
        if type(error.kind).__name__ == "AdditionalProperties":
            path: FieldPath = tuple(error.instance_path)
            known = list(view.at(path)[0].get("properties", {}))
            found.update((path, nearest_word(key, known)) for key in error.kind.unexpected)
    return frozenset(found)


def nearest_word(word: str, known: Sequence[str]) -> str:
    """Give the known word that is spelt most alike, '' where none is near."""
    lowered = {item.lower(): item for item in known}
    near = difflib.get_close_matches(word.lower(), lowered, 1, 0.7)
    return lowered[near[0]] if near else ""


def _near(word: str, known: Sequence[str]) -> str:
    near = nearest_word(word, known)
    if near:
        return f"; did you mean {near}?"
    return f"; its fields are {', '.join(sorted(known))}" if 0 < len(known) <= MAX_LISTED else ""


def _missing_field(path: FieldPath, key: str, view: SchemaView) -> Fault:
    _, type_name = view.at(path)
    by = f" by {type_name}" if type_name and path else ""
    return Fault(path, f"{_field((*path, key))} is required{by}, and missing", on_key=True, exact=False)


def _type(error: Any, _view: SchemaView, shown: str) -> str:
    types = [name for name in error.kind.types if name != "null"]
    return f"must be {_named(types)}, not {shown}{quote_hint(error.instance) if types == ['string'] else ''}"


def _named(types: Sequence[str]) -> str:
    return " or ".join(_ARTICLES.get(name, f"a {name}") for name in types)


def _enum(error: Any, _view: SchemaView, shown: str) -> str:
    allowed = [str(item) for item in error.kind.options if item is not None]
    listed = ", ".join(item or "''" for item in allowed[:MAX_LISTED]) + (", ..." if len(allowed) > MAX_LISTED else "")
    verb = "must be" if len(allowed) == 1 else "must be one of"
    near = nearest_word(str(error.instance), allowed) if len(allowed) > 1 else ""
    return f"{verb} {listed}, not {shown.removeprefix('the string ')}" + (f"; did you mean '{near}'?" if near else "")


def _alternatives(error: Any, view: SchemaView, shown: str) -> str:
    schema, type_name = view.at(tuple(error.instance_path))
    if type_name == _QUANTITY:
        return f"must be a quantity such as '500m', '1Gi' or 2, not {shown}"
    options = schema.get("oneOf") or schema.get("anyOf") or ()
    types = [name for option in options for name in _types(option) if name != "null"]
    if types and len(types) == len(options):
        return f"must be {_named(sorted(set(types)))}, not {shown}"
    return "fits none of the forms that its schema allows"


def _types(option: Any) -> Sequence[str]:
    found = option.get("type", ()) if isinstance(option, Mapping) else ()
    return (found,) if isinstance(found, str) else tuple(found)


def _several(_error: Any, _view: SchemaView, _shown: str) -> str:
    return "fits more than one of the forms of which its schema allows exactly one"


def _pattern(error: Any, _view: SchemaView, shown: str) -> str:
    return f"must match the pattern {error.kind.pattern}, and {shown} does not"


def _limit(text: str) -> Callable[[Any, SchemaView, str], str]:
    def word(error: Any, _view: SchemaView, shown: str) -> str:
        return f"{text.format(error.kind.limit)}, not {shown}"

    return word


def _other(error: Any, _view: SchemaView, shown: str) -> str:
    keyword = str(error.schema_path[-1]) if error.schema_path else "schema"
    return f"does not satisfy '{keyword}' of its schema, with {shown}"


_WORDINGS: Mapping[str, Callable[[Any, SchemaView, str], str]] = {
    "Type": _type,
    "Enum": _enum,
    "OneOfNotValid": _alternatives,
    "AnyOf": _alternatives,
    "OneOfMultipleValid": _several,
    "Pattern": _pattern,
    "Minimum": _limit("must be at least {}"),
    "Maximum": _limit("must be at most {}"),
    "ExclusiveMinimum": _limit("must be over {}"),
    "ExclusiveMaximum": _limit("must be under {}"),
    "MinLength": _limit("must have at least {} characters"),
    "MaxLength": _limit("must have at most {} characters"),
    "MinItems": _limit("must have at least {} items"),
    "MaxItems": _limit("must have at most {} items"),
}


def quote_hint(value: Any) -> str:
    """Give the hint for a value in the place of a string, '' where quotes mend nothing."""
    return QUOTE_HINT if isinstance(value, (bool, int, float)) else ""


def shown_value(value: Any) -> str:
    """Give a value as messages show it: its type and, where it is short and scalar, itself."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the string '{value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + '…'}'"
    return "a list" if isinstance(value, list) else "a mapping"
