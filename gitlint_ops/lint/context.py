"""What a check is given: sources, rendered objects, the rule's options, and one memory for all rules of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from gitlint_ops.lint.model import Rule
from gitlint_ops.lint.spares import Spares
from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.reach import Reaches
from gitlint_ops.repo.model import NOT_APPLIED, Delivery, Environment, RepoGraph

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.engine import EngineClient
    from gitlint_ops.lint.conduct import Conduct
    from gitlint_ops.render import Provenance
    from gitlint_ops.render.compare import Base, Causes
    from gitlint_ops.source import SourceTree

T = TypeVar("T")


def group_of(api_version: str) -> str:
    """Give the API group of an apiVersion: ``apps`` for ``apps/v1``, ``''`` for the core group."""
    return api_version.rpartition("/")[0]


def _places_of_kinds(objects: Iterable[RenderedObject]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(objects):
        found[item.kind].append(at)
    return found


@dataclass(frozen=True)
class CheckContext:
    """Everything that a check may look at. One instance a rule; ``shared`` is the same for all rules of a run."""

    tree: SourceTree
    rendering: Rendering
    config: Config
    provenance: Provenance
    engine: EngineClient
    rule: Rule
    options: Mapping[str, Any]
    """The rule's options: its defaults, overridden by the configuration, already validated."""
    shared: dict[str, Any] = field(default_factory=dict)
    base: Base | None = None
    """What the run compares with: the old tree, its rendering, and ``changes``. None without ``--base``; never None
    for a rule with ``needs_base``, which is skipped then."""
    spares: Spares = field(default_factory=Spares)
    """What earlier runs found nothing in, for checks that take one thing at a time."""

    @property
    def graph(self) -> RepoGraph:
        """The final graph, after the rendering added the deliveries it found."""
        return self.rendering.graph

    @property
    def compared(self) -> Base:
        """The base, for a rule that needs one. Raises ValueError where the run has none."""
        if self.base is None:
            raise ValueError(f"the rule {self.rule.name} needs a base to compare with")
        return self.base

    @property
    def causes(self) -> Causes:
        """The source lines behind changes. Raises ValueError where the run has no base."""
        base = self.compared
        return self.once("causes", lambda: base.causes(self.tree, self.rendering, self.provenance))

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every delivery, in id order."""
        return self.once(
            "deliveries", lambda: tuple(self.graph.deliveries[key] for key in sorted(self.graph.deliveries))
        )

    @property
    def objects(self) -> tuple[RenderedObject, ...]:
        """Every rendered object, deliveries in id order."""
        return self.once("objects", self.rendering.all_objects)

    @property
    def reaches(self) -> Reaches:
        """The roots, and how far each reaches."""
        return self.once("reaches", lambda: Reaches(self.rendering))

    @property
    def conduct(self) -> Conduct:
        """How the run went beside its findings: known to the rules of the category hygiene, which run last."""
        return cast("Conduct", self.shared["conduct"])

    def objects_of(self, delivery: Delivery) -> tuple[RenderedObject, ...]:
        """Give the rendered objects of one delivery, in its unit's order."""
        return self.rendering.objects.get(delivery.id, ())

    def of_kinds(self, kinds: Collection[str], groups: Collection[str] | None = None) -> Iterator[RenderedObject]:
        """Give the rendered objects of these kinds; ``groups`` are API groups (``""`` the core group), None for any."""
        objects = self.objects
        places = self.once("places-of-kinds", lambda: _places_of_kinds(objects))
        for at in sorted(at for kind in frozenset(kinds) for at in places.get(kind, ())):
            if groups is None or group_of(objects[at].api_version) in groups:
                yield objects[at]

    def unrendered_readers(self, path: str) -> Iterator[Delivery]:
        """Give the deliveries that read a file and did not render: what is wrong in the file concerns them too."""
        unrendered = self.rendering.unrendered
        failed = self.once(
            "deliveries-that-failed", lambda: {d.id for d, item in unrendered if d and item.error_kind != NOT_APPLIED}
        )
        for name in self.rendering.readers.get(path, ()):
            if name in failed:
                yield self.graph.deliveries[name]

    def environment(self, of: Delivery | RenderedObject) -> Environment | None:
        """Give the environment of a delivery or a rendered object, None where none was recognised."""
        return self.graph.environment_of(of.delivery if isinstance(of, RenderedObject) else of)

    def is_production(self, of: Delivery | RenderedObject) -> bool:
        """Say whether a delivery or a rendered object belongs to a production environment."""
        environment = self.environment(of)
        return environment is not None and environment.production

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Give ``make()``, computed once a run under this key and shared by all rules (a scan of all files, say)."""
        if key not in self.shared:
            self.shared[key] = make()
        found: T = self.shared[key]
        return found

    def for_rule(self, rule: Rule, options: Mapping[str, Any]) -> CheckContext:
        """Give the same context for another rule; the shared memory stays the same."""
        return replace(self, rule=rule, options=options)
