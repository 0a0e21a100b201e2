"""The version table: which version of what runs in which environment, and the line that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Delivery, Environment

Sort = Literal["image", "chart", "git"]
"""A container image, a Helm chart, or the revision of another Git repository that an Application takes."""


@dataclass(frozen=True, slots=True)
class Running:
    """A version of something, in one delivery."""

    sort: Sort
    name: str
    """The image without its tag, the chart, or the repository."""
    version: str
    """The tag, with ``@`` and the digest where there is one; a chart's version or range; '' where none is named."""
    delivery: Delivery
    locate: Callable[[], Violation] = field(repr=False, compare=False)
    """Finds ``at``; only asked for what is reported, for finding a line in a file takes time."""
    workload: str = ""
    """Name, without its environment, of the object that runs the image; '' for charts and where none is rendered."""

    @property
    def at(self) -> Violation:
        """The place that sets the version, as a violation without a message."""
        return self.locate()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one environment runs of a component; ``versions`` are distinct, the newest that can be told first."""

    environment: str
    versions: tuple[str, ...]
    running: tuple[Running, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Component:
    """An image, chart or repository of an application, and its versions by environment ('' for no environment)."""

    sort: Sort
    name: str
    workloads: tuple[str, ...]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class App:
    """An application: what several environments have of one thing."""

    name: str
    components: tuple[Component, ...]


@dataclass(frozen=True)
class VersionTable:
    """All applications, by name, and the environments in promotion order."""

    environments: tuple[Environment, ...]
    apps: tuple[App, ...]
    unordered: frozenset[str] = frozenset()
    """Environments whose names tell no place in the promotion order."""

    @cached_property
    def _ordered(self) -> Mapping[str, Environment]:
        return {item.name: item for item in self.environments if item.name not in self.unordered}

    def before(self, component: Component, environment: str) -> tuple[Environment, ...]:
        """Give the environments of the next lower rank that run the component; none for the first of them."""
        known = self._ordered
        if environment not in known or environment not in component.cells:
            return ()
        rank = known[environment].rank
        lower = [known[name] for name in component.cells if name in known and known[name].rank < rank]
        nearest = max((item.rank for item in lower), default=0)
        return tuple(sorted((item for item in lower if item.rank == nearest), key=lambda item: item.name))

    def earlier(self, component: Component, environment: str) -> tuple[Environment, ...]:
        """Give all environments before one that run the component, the nearest first."""
        found: list[Environment] = []
        nearest = self.before(component, environment)
        while nearest:
            found += nearest
            nearest = self.before(component, nearest[0].name)
        return tuple(found)
