"""A whole repository rendered: the loop's result put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.profiling import span
from gitlint_ops.render.answers import Answers
from gitlint_ops.render.loop import Loop
from gitlint_ops.render.model import RenderedObject, Rendering, SubstitutionError
from gitlint_ops.render.objects import rendered_objects
from gitlint_ops.render.older_helm import installed_with_helm_3
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
    pool = Pool(engine, answers)
    rendering = _render(tree, engine, config, pool)
    older = installed_with_helm_3(tree, rendering, config.controllers)
    if not older:
        return rendering
    return _render(tree, engine, replace(config, controllers={**config.controllers, **older}), pool)


def _render(tree: SourceTree, engine: EngineClient, config: Config, pool: Pool) -> Rendering:
    with span("phase", "survey"):
        context = survey(tree, engine, config)
    with span("phase", "rendering"):
        loop = Loop(context, pool)
        loop.run()
        objects, errors = _objects(loop)
    return Rendering(
        graph=_graph(loop),
        objects=objects,
        rendered_units=sum(len(outcome.answers) for outcome in loop.outcomes.values()),
        unrendered=_unrendered(loop),
        substitution_errors=errors,
        warnings=_warnings(loop),
        unchecked=_unchecked(loop),
        broken_references=broken_references(context),
        readers=readers_of_files(
            context, loop.deliveries.values(), {key: outcome.answers for key, outcome in loop.outcomes.items()}
        ),
    )


def _objects(loop: Loop) -> tuple[Mapping[str, tuple[RenderedObject, ...]], tuple[SubstitutionError, ...]]:
    scopes = Scopes(declared.data for declared in loop.context.index.all("CustomResourceDefinition"))
    objects: dict[str, tuple[RenderedObject, ...]] = {}
    errors: list[SubstitutionError] = []
    for key, delivery in loop.deliveries.items():
        objects[key], found = rendered_objects(delivery, loop.outcomes[key].answers, scopes)
        errors += found
    return objects, tuple(errors)


def _unrendered(loop: Loop) -> tuple[tuple[Delivery | None, Unrendered], ...]:
    found: list[tuple[Delivery | None, Unrendered]] = []
    for key, delivery in loop.deliveries.items():
        found += [(delivery, item) for item in (*delivery.unrendered, *loop.outcomes[key].failures)]
    for generator in loop.generators.values():
        found += [(None, item) for item in dict.fromkeys(generator.unanswered)]
    return (*found, *((None, item) for item in loop.dropped.values()))


def _warnings(loop: Loop) -> tuple[tuple[str, str], ...]:
    """Give each warning of a unit once, however many deliveries share the unit; files passed over count as one each."""
    said: dict[tuple[str, str], None] = {}
    for outcome in loop.outcomes.values():
        for unit, answer in outcome.answers:
            said |= {(unit.path, str(message)): None for message in answer.get("warnings") or ()}
            skipped = answer.get("skipped") or ()
            said |= {(unit.path, f"{item.get('path')} is passed over: {item.get('reason')}"): None for item in skipped}
    return tuple(said)


def _unchecked(loop: Loop) -> tuple[tuple[str, str], ...]:
    """Give each file that the engine left out, and why, once."""
    answers = (answer for outcome in loop.outcomes.values() for _, answer in outcome.answers)
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
