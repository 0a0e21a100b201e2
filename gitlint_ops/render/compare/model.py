"""The types of a comparison: which objects differ between the base commit and the work tree, and in which fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath, Json, Span

ChangeKind = Literal["added", "removed", "changed"]
Side = Literal["base", "head"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs. ``before`` and ``after`` are its values, None where it is not there.

    A list's elements are matched by what identifies them (a container's name, a mount's path), so that a field may
    stand at another index on each side.
    """

    kind: ChangeKind
    before_path: FieldPath
    """The field in the base's object (for an added field: what encloses it there)."""
    after_path: FieldPath
    """The field in the head's object (for a removed field: what encloses it there)."""
    keys: FieldPath = ()
    """The field as it is the same in all objects: elements by what identifies them, ``containers``, ``name=web``."""
    before: Json = field(default=None, repr=False)
    after: Json = field(default=None, repr=False)
    generated: bool = False
    """Only a generated name's hash differs: what it names has another content."""
    order: bool = False
    """Only the order of a list's elements differs, where order may have a meaning."""

    @property
    def path(self) -> FieldPath:
        """The field where it is: in the head's object, or for a removed one in the base's."""
        return self.before_path if self.kind == "removed" else self.after_path

    @property
    def shown(self) -> str:
        """The field as people read it: ``spec.template.spec.containers[web].image``."""
        text = ""
        for step in self.keys:
            name = str(step)
            if isinstance(step, int):
                text += f"[{step}]"
            elif name.startswith("="):
                text += f"[{name[1:]}]"
            elif "." in name or "/" in name:
                text += f"['{name}']"
            else:
                text += f".{name}" if text else name
        return text


@dataclass(frozen=True, slots=True, eq=False)
class ObjectChange:
    """An object of one delivery that is new, gone or different. ``before`` and ``after`` are None where it is not."""

    kind: ChangeKind
    before: RenderedObject | None
    after: RenderedObject | None
    fields: tuple[FieldChange, ...] = ()
    """For a changed object: what differs, in the order of the fields. Empty for added and removed ones."""

    @property
    def object(self) -> RenderedObject:
        """The object as it will be; of a removed one, as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change has an object on at least one side")
        return found

    @property
    def delivery(self) -> Delivery:
        """The delivery that applies it, or applied it."""
        return self.object.delivery

    @property
    def environment(self) -> str:
        """The name of its environment, '' where none was recognised."""
        return self.delivery.environment

    @property
    def label(self) -> str:
        """Kind and name, without a generated hash: ``Deployment web``."""
        return self.object.label

    def at(self, *steps: str | int) -> Iterator[FieldChange]:
        """Give the changes of a field and of what is below it or around it; an index or ``"*"`` is any element."""
        for change in self.fields:
            if _overlaps(change.path, steps):
                yield change


def _overlaps(path: FieldPath, steps: FieldPath) -> bool:
    return all(step in ("*", own) or isinstance(step, int) for own, step in zip(path, steps, strict=False))


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A delivery whose objects are not known on a side, and why."""

    delivery: Delivery
    side: Side
    reason: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The source line behind a change. ``side`` tells of which tree ``span`` is: what was deleted is in the base."""

    span: Span
    side: Side
    edited: bool
    """Whether the change edited this very line."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that a merge changes of what is rendered."""

    objects: tuple[ObjectChange, ...] = ()
    """In order of delivery, kind, namespace and name."""
    uncompared: tuple[Uncompared, ...] = ()
    added: tuple[Delivery, ...] = ()
    """Deliveries that are new."""
    removed: tuple[Delivery, ...] = ()
    """Deliveries that go away, as they were."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """For each delivery of the head that was there before: its id to that of the base's delivery."""

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The deliveries whose objects change, each once, in id order."""
        return tuple(d for _, d in sorted({c.delivery.id: c.delivery for c in self.objects}.items()))

    def of_delivery(self, name: str) -> tuple[ObjectChange, ...]:
        """Give the changes of one delivery, by id."""
        return tuple(change for change in self.objects if change.delivery.id == name)

    def of_environment(self, name: str) -> tuple[ObjectChange, ...]:
        """Give the changes of one environment."""
        return tuple(change for change in self.objects if change.environment == name)
