"""A whole repository rendered: the loop's result put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.profiling import span
from gitlint_ops.render.answers import Answers, Difference
from gitlint_ops.render.claims import Claims
from gitlint_ops.render.controllers import INSTALLING_WORDS
from gitlint_ops.render.loop import Loop, Outcome
from gitlint_ops.render.model import RenderedObject, Rendering, SubstitutionError
from gitlint_ops.render.objects import rendered_objects
from gitlint_ops.render.older_helm import in_doubt, installed_with_helm_3
from gitlint_ops.render.plan import Pool
from gitlint_ops.render.readers import readers_of_files
from gitlint_ops.render.scope import Scopes
from gitlint_ops.repo import Context, broken_references, survey
from gitlint_ops.repo.kubernetes import version_at
from gitlint_ops.repo.model import Delivery, Environment, RepoGraph, Unrendered
from gitlint_ops.source import SourceTree


def render_repository(
    tree: SourceTree, engine: EngineClient, config: Config, answers: Answers | None = None
) -> Rendering:
    """Find and render every delivery of a repository.

    ``answers`` are those of another tree that hold here too; what is rendered here is added to them. A unit that fails
    is in the result's ``unrendered`` and stops no other. Raises EngineUnavailableError where the
    engine cannot be started.
    """
    return sketch_repository(tree, engine, config, answers).render()


def sketch_repository(
    tree: SourceTree,
    engine: EngineClient,
    config: Config,
    answers: Answers | None = None,
    difference: Difference | None = None,
) -> Sketch:
    """Find every delivery of a repository. What ``difference`` cannot touch is rendered only where that needs it.

    Takes and raises what ``render_repository`` does.
    """
    pool = Pool(engine, answers)
    sketch = Sketch(tree, engine, config, pool, difference)
    older = sketch.older_controllers()
    if not older:
        return sketch
    return Sketch(tree, engine, replace(config, controllers={**config.controllers, **older}), pool, difference)


class Sketch:
    """A repository whose deliveries are known, to be rendered as far as somebody needs it."""

    def __init__(
        self, tree: SourceTree, engine: EngineClient, config: Config, pool: Pool, difference: Difference | None = None
    ) -> None:
        with span("phase", "survey"):
            context = survey(tree, engine, config)
        with span("phase", "rendering"):
            self._loop = Loop(context, pool, difference)
            self._loop.run()
        self._whole: Rendering | None = None

    @property
    def deliveries(self) -> Mapping[str, Delivery]:
        """Every delivery, by id."""
        return self._loop.deliveries

    @property
    def untouched(self) -> Mapping[str, tuple[str, ...]]:
        """The deliveries that the difference cannot touch, by id, with what would be asked of the engine for each."""
        return self._loop.waiting.requests if self._loop.waiting else {}

    def count_files(self, name: str) -> int:
        """Give how many files a delivery, by id, reads."""
        return len(Claims(self._loop.context).files_of_all([self._loop.deliveries[name]]))

    @cached_property
    def scopes(self) -> Scopes:
        """The scopes of the kinds whose definitions are known."""
        return Scopes(declared.data for declared in self._loop.context.index.all("CustomResourceDefinition"))

    def render(self, left_out: frozenset[str] = frozenset()) -> Rendering:
        """Render what is not yet, but for the deliveries that are left out, by id."""
        if left_out:
            return self._render(left_out)
        self._whole = self._whole or self._render(left_out)
        return self._whole

    def older_controllers(self) -> Mapping[str, str]:
        """Give the versions that the repository installs of controllers with Helm 3, where that may matter."""
        loop = self._loop
        doubtful = in_doubt(loop.context.tree, loop.deliveries.values(), loop.context.config.controllers)
        words = [word for name in doubtful for word in INSTALLING_WORDS[name]]
        if not words:
            return {}
        telling = loop.waiting.mentioning(loop.deliveries.values(), words) if loop.waiting else loop.deliveries.keys()
        return installed_with_helm_3(self.render(frozenset(loop.deliveries.keys() - telling)), doubtful)

    def _render(self, left_out: frozenset[str]) -> Rendering:
        loop = self._loop
        wanted = [name for name in loop.deliveries if name not in left_out]
        loop.catch_up(wanted)
        outcomes = {name: loop.outcomes[name] for name in wanted}
        objects, errors = _objects(loop, outcomes, self.scopes)
        return Rendering(
            graph=_graph(loop),
            objects=objects,
            rendered_units=sum(len(outcome.answers) for outcome in outcomes.values()),
            unrendered=_unrendered(loop, outcomes),
            substitution_errors=errors,
            warnings=_warnings(outcomes),
            unchecked=_unchecked(outcomes),
            broken_references=broken_references(loop.context),
            readers=readers_of_files(
                loop.context, loop.deliveries.values(), {key: outcome.answers for key, outcome in outcomes.items()}
            ),
            unchanged=left_out,
        )


def _objects(
    loop: Loop, outcomes: Mapping[str, Outcome], scopes: Scopes
) -> tuple[Mapping[str, tuple[RenderedObject, ...]], tuple[SubstitutionError, ...]]:
    objects: dict[str, tuple[RenderedObject, ...]] = {}
    errors: list[SubstitutionError] = []
    for key, outcome in outcomes.items():
        objects[key], found = rendered_objects(loop.deliveries[key], outcome.answers, scopes)
        errors += found
    return objects, tuple(errors)


def _unrendered(loop: Loop, outcomes: Mapping[str, Outcome]) -> tuple[tuple[Delivery | None, Unrendered], ...]:
    found: list[tuple[Delivery | None, Unrendered]] = []
    for key, delivery in loop.deliveries.items():
        failures = outcomes[key].failures if key in outcomes else ()
        found += [(delivery, item) for item in (*delivery.unrendered, *failures)]
    for generator in loop.generators.values():
        found += [(None, item) for item in dict.fromkeys(generator.unanswered)]
    return (*found, *((None, item) for item in loop.dropped.values()))


def _warnings(outcomes: Mapping[str, Outcome]) -> tuple[tuple[str, str], ...]:
    """Give each warning of a unit once, however many deliveries share the unit; files passed over count as one each."""
    said: dict[tuple[str, str], None] = {}
    for outcome in outcomes.values():
        for unit, answer in outcome.answers:
            said |= {(unit.path, str(message)): None for message in answer.get("warnings") or ()}
            skipped = answer.get("skipped") or ()
            said |= {(unit.path, f"{item.get('path')} is passed over: {item.get('reason')}"): None for item in skipped}
    return tuple(said)


def _unchecked(outcomes: Mapping[str, Outcome]) -> tuple[tuple[str, str], ...]:
    """Give each file that the engine left out, and why, once."""
    answers = (answer for outcome in outcomes.values() for _, answer in outcome.answers)
    return tuple(sorted({item for answer in answers for item in answer.get("unchecked", {}).items()}))


def _graph(loop: Loop) -> RepoGraph:
    context = loop.context
    return RepoGraph(
        kustomizations=context.kustomizations,
        charts=context.charts,
        deliveries={key: loop.deliveries[key] for key in sorted(loop.deliveries)},
        generators={key: loop.generators[key] for key in sorted(loop.generators)},
        environments=_environments(context, loop),
        local_urls=context.locality.urls,
        assumptions=context.locality.assumptions,
        kubernetes_versions=_versions(loop),
    )


def _versions(loop: Loop) -> Mapping[str, str]:
    found = {key: version_at(loop.context, delivery) for key, delivery in loop.deliveries.items()}
    return {key: version for key, version in found.items() if version}


def _environments(context: Context, loop: Loop) -> Mapping[str, Environment]:
    """Give the environments that something uses, in promotion order: tops that turned out to be delivered left some."""
    used = {delivery.environment for delivery in loop.deliveries.values()}
    used |= {file.environment for chart in context.charts.values() for file in chart.values_files}
    found = [item for name, item in context.environments.items() if name in used]
    return {item.name: item for item in sorted(found, key=lambda item: (item.rank, item.name))}
