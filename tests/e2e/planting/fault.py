"""What is planted: a fault, in the forms that decide in which places it can stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Files = Mapping[str, str]
"""Contents by path, relative to the folder of the fault."""
HERE = "HERE"
"""Stands in texts for the fault's own folder, and makes names that no other fault of the same run has."""
SLOT = "SLOT"
"""Stands in an object, a template or a kustomization for what is good or bad."""
MARK = " # planted"
"""Ends the line at which the fault is to be found."""
Step = str | tuple[str, str] | int
"""A key of a mapping; (key, value): the item of a list that has it; 0: the only item of a list of texts."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule, and what it is to find."""

    rule: str
    name: str = ""
    """Tells faults of one rule apart."""
    beside: Files = field(default_factory=dict)
    """Files that the fault needs in its repository, such as the children of a root."""
    pruned: bool = False
    """Whether the delivery above has to prune by itself."""
    never: Mapping[str, str] = field(default_factory=dict)
    """Why the fault cannot stand in a place that faults of its form can, by the place's name."""

    @property
    def id(self) -> str:
        """What tells this fault from all others."""
        return f"{self.rule} {self.name}".strip()


@dataclass(frozen=True, kw_only=True)
class Value(Fault):
    """A value that reaches a chart: its key, good and bad as YAML writes them, and the template that reads it."""

    good: str
    bad: str
    key: str = "slot"
    template: str = ""
    chart: Files = field(default_factory=dict)
    """Further files of the chart."""
    misspelt: bool = False
    """Whether the key is what is wrong."""
    text: bool = True
    """Whether the value is a text, which variables and parameters can carry without a change of type."""

    @property
    def line(self) -> str:
        """The key with its bad value, marked."""
        return f"{self.key}: {self.bad}{MARK}\n"

    @property
    def default(self) -> str:
        """The key with its good value."""
        return f"{self.key}: {self.good}\n"

    @property
    def chart_template(self) -> str:
        """The template that puts the value to its place."""
        return self.template


@dataclass(frozen=True, kw_only=True)
class Field(Value):
    """One field of one object, whose text has a slot for the field's value."""

    object: str
    field: tuple[Step, ...] = ()
    patched: bool = True
    """Whether a patch of the object may set the field: an object's identity is not patched."""

    @property
    def chart_template(self) -> str:
        """The object as a template that takes the field from a value."""
        return self.filled("{{ .Values.slot | toJson }}")

    def filled(self, value: str) -> str:
        """Give the object with this in its slot: a value, a variable, a template action."""
        return self.object.replace(SLOT, value)

    @property
    def bad_object(self) -> str:
        """The object with the bad value, marked."""
        return self.filled(self.bad + MARK)

    @property
    def good_object(self) -> str:
        """The object as it should be."""
        return self.filled(self.good)

    @property
    def kind(self) -> str:
        """The object's kind."""
        return str(yaml.safe_load(self.good_object)["kind"])

    @property
    def object_name(self) -> str:
        """The object's own name."""
        return str(yaml.safe_load(self.good_object)["metadata"]["name"])


@dataclass(frozen=True, kw_only=True)
class Object(Fault):
    """A whole object (or several), marked: what is wrong with it is no value, but what it is or lacks."""

    object: str

    @property
    def bad_object(self) -> str:
        """The object, marked."""
        return self.object


@dataclass(frozen=True, kw_only=True)
class Entry(Fault):
    """Lines of a kustomization, marked; ``BASE`` in them is what the kustomization builds upon."""

    text: str
    object: str
    """What lies below."""


@dataclass(frozen=True, kw_only=True)
class Setting(Fault):
    """Kustomize's settings in a delivery: lines of an Application's kustomize block and of a Flux Kustomization."""

    object: str
    argocd: str = ""
    flux: str = ""


@dataclass(frozen=True, kw_only=True)
class Tree(Fault):
    """Whole files, one line of which is marked: a fault that is a matter of several files, or of a file's own kind."""

    place: str
    files: Files
    links: Files = field(default_factory=dict)
    """Targets of symlinks by their path."""
    found: tuple[str, int, bool] | None = None
    """Path, line and exactness, where no line can be marked: a file that is not YAML, a symlink."""

    @property
    def id(self) -> str:
        """What tells this fault from all others: its rule and place."""
        return f"{self.rule} {self.place}"


Whole = Field | Object
"""What can be planted as an object of its own."""
Place = Callable[[Any], Files]
"""Gives the files of a small repository with the fault in one place; takes the form of fault that can stand there."""


def kustomization(**fields: Any) -> str:
    """Give a kustomization with these fields, in this order."""
    return str(yaml.safe_dump(fields, sort_keys=False))


def indented(text: str, width: int) -> str:
    """Give lines moved to the right by so many columns."""
    return "".join(f"{' ' * width}{line}\n" for line in text.splitlines())


def quoted(value: str) -> str:
    """Give a value as a quoted text, which is what parameters and variables are."""
    return json.dumps(yaml.safe_load(value) if value.startswith('"') else value)
