"""Reading an object's fields as its controller decodes them: absent is empty, a wrong type is an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gitlint_ops.source.model import FieldPath, Json, display_path

_SHOWN = 40
_MAY_HOLD_SECRETS = frozenset({"data", "stringData", "substitute", "parameters", "values", "valuesObject"})
"""Fields below which a message names the type only."""


class ShapeError(Exception):
    """A field has a type that the controller's API refuses. ``field_path`` is the field within its object."""

    def __init__(self, field_path: FieldPath, message: str) -> None:
        super().__init__(message)
        self.field_path = field_path
        self.message = message


@dataclass(frozen=True, slots=True)
class View:
    """A value inside an object, and the field path that leads to it. Every reader raises ShapeError on a wrong type."""

    value: Json
    path: FieldPath = ()

    def __bool__(self) -> bool:
        return self.value is not None

    def __getitem__(self, key: str) -> View:
        return View(self.mapping().get(key), (*self.path, key))

    def at(self, *keys: str) -> View:
        """Give the view of a nested field: ``view.at("spec", "source")``."""
        view = self
        for key in keys:
            view = view[key]
        return view

    def mapping(self) -> dict[str, Any]:
        """Give the value as a mapping; an absent one is empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.wrong("a mapping")
        return self.value

    def items(self) -> tuple[View, ...]:
        """Give the elements of a list; an absent one is empty."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return tuple(View(element, (*self.path, index)) for index, element in enumerate(self.value))

    def entries(self) -> Iterator[tuple[str, View]]:
        """Give the keys of a mapping with the views of their values."""
        for key in self.mapping():
            yield key, self[key]

    def text(self, default: str = "") -> str:
        """Give the value as a string; an absent one is ``default``."""
        if self.value is None:
            return default
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Give the value as a list of strings."""
        return tuple(element.text() for element in self.items())

    def labels(self) -> dict[str, str]:
        """Give the value as a mapping of strings, as labels and annotations are."""
        return {key: view.text() for key, view in self.entries()}

    def flag(self, *, default: bool = False) -> bool:
        """Give the value as a boolean; an absent one is ``default``."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def wrong(self, expected: str) -> ShapeError:
        """Give the error that says that this field should be ``expected``."""
        place = display_path(self.path) or "the object"
        shown = describe(self.value, with_value=_MAY_HOLD_SECRETS.isdisjoint(self.path))
        return ShapeError(self.path, f"{place} is {shown}, it must be {expected}")


def describe(value: Json, *, with_value: bool = True) -> str:
    """Say what a YAML value is, in a few words: ``the number 3``, ``a list``; long texts are cut."""
    if value is None:
        return "null"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    if not with_value:
        return f"a {kind}"
    text = str(value).lower() if kind == "boolean" else str(value)
    text = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
    return f"the string '{text}'" if kind == "string" else f"the {kind} {text}"


def group_of(data: Json) -> str:
    """Give the API group of an object ('' for the core group and for what is no object)."""
    version = data.get("apiVersion") if isinstance(data, dict) else None
    return version.rpartition("/")[0] if isinstance(version, str) else ""


def kind_of(data: Json) -> str:
    """Give the kind of an object, '' where there is none."""
    kind = data.get("kind") if isinstance(data, dict) else None
    return kind if isinstance(kind, str) else ""


def metadata_text(data: Json, key: str) -> str:
    """Give a string of an object's metadata (``name``, ``namespace``), '' where it is absent or no string."""
    metadata = data.get("metadata") if isinstance(data, dict) else None
    value = metadata.get(key) if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else ""


def metadata_map(data: Json, key: str) -> dict[str, str]:
    """Give the string entries of an object's ``labels`` or ``annotations``; anything else in them is left out."""
    metadata = data.get("metadata") if isinstance(data, dict) else None
    value = metadata.get(key) if isinstance(metadata, dict) else None
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}


def sync_options(data: Json) -> frozenset[str]:
    """Give the options of Argo CD's annotation on an object: ``Prune=false``, ``Replace=true``."""
    text = metadata_map(data, "annotations").get("argocd.argoproj.io/sync-options", "")
    return frozenset(word.strip() for word in text.split(",")) - {""}
