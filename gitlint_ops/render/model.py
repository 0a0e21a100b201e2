"""The types of the render room: rendered objects, and what a whole rendering gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.model import Delivery, Reference, RepoGraph, Unit, Unrendered
from gitlint_ops.source.model import FieldPath, Span


@dataclass(frozen=True, slots=True)
class Origin:
    """A source place behind a rendered field.

    ``exact``: editing this very line changes the field; else it is the nearest enclosing place. ``why`` says in a few
    words what the place is: "the image entry of the overlay", "the template line".
    """

    span: Span
    exact: bool
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedObject:
    """One Kubernetes object of one delivery, as its controller would apply it."""

    api_version: str
    kind: str
    namespace: str
    """As written, or the delivery's target namespace where the controller defaults it; '' for cluster-scoped ones."""
    name: str
    data: Mapping[str, Any] = field(repr=False)
    delivery: Delivery = field(repr=False)
    unit: Unit = field(repr=False)
    index: int = 0
    """The object's position in its unit's output."""
    source_path: str = ""
    """The file it comes from (resource file or template), '' where unknown."""
    source_line: int = 0
    repeated: tuple[FieldPath, ...] = ()
    """The fields whose keys a chart's template wrote twice: the last one counts."""

    @property
    def label(self) -> str:
        """Kind and name as messages give them: ``Deployment web``."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class SubstitutionError:
    """A Flux variable that nothing defines, in a rendered object."""

    object: RenderedObject
    variable: str
    message: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A whole repository rendered: the final graph, each delivery's objects, and everything that was not rendered."""

    graph: RepoGraph
    objects: Mapping[str, tuple[RenderedObject, ...]]
    """Keyed by delivery id."""
    rendered_units: int
    unrendered: tuple[tuple[Delivery | None, Unrendered], ...]
    substitution_errors: tuple[SubstitutionError, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    """(unit path, message): what Kustomize or Helm warned of."""
    unchecked: tuple[tuple[str, str], ...] = ()
    """(path, reason): files that check what is rendered, as a values.schema.json does, and that were left out."""
    broken_references: tuple[Reference, ...] = ()
    """References of kustomizations and charts to files and folders that are not there, in order of file."""
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """For each file, the ids of the deliveries that read it."""
    unchanged: frozenset[str] = frozenset()
    """Ids of the deliveries that were not looked at, as the tree that this is compared with gives the same."""

    def all_objects(self) -> tuple[RenderedObject, ...]:
        """Give every rendered object, deliveries in id order."""
        return tuple(o for key in sorted(self.objects) for o in self.objects[key])
