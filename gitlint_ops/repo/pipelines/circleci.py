"""CircleCI: the jobs of ``.circleci/``, with commands, parameters, matrices and orbs.

Syntax: https://circleci.com/docs/reference/configuration-reference/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import combinations, first_document, items, substituted, text, texts
from gitlint_ops.source.narrowing import mapping

SYSTEM = "CircleCI"
FOLDER = ".circleci"
_PARAMETER = re.compile(r"<<\s*(?:pipeline\.)?parameters\.(?P<name>[\w-]+)\s*>>")
_MAX_DEPTH = 6
_MAX_MATRIX = 64
_ALONE = re.compile(r"[\w-]+/[\w-]+|[\w-]+")


@dataclass(slots=True)
class _Config:
    reading: Reading
    path: str
    content: Mapping[str, Any]
    orbs: Mapping[str, Any]


def read_circleci(reading: Reading) -> Iterator[Pipeline]:
    """Give the pipelines of the files in ``.circleci/``: the configuration, and those that a setup continues with."""
    for name in reading.tree.children(FOLDER):
        path = f"{FOLDER}/{name}"
        content = mapping(first_document(reading.tree, path)) if name.endswith((".yml", ".yaml")) else {}
        if content.get("jobs") or content.get("workflows"):
            config = _Config(reading, path, content, mapping(content.get("orbs")))
            yield Pipeline(SYSTEM, path, first_jobs(_jobs(config)), Triggers(others=True))


def _jobs(config: _Config) -> Iterator[Job]:
    """Give the jobs as the workflows run them; in a file without workflows, every job once."""
    runs = list(_runs(config))
    if not runs:
        runs = [(name, {}, Place(config.path, ("jobs", name)), "") for name in mapping(config.content, "jobs")]
    for name, arguments, place, condition in runs:
        declared = mapping(config.content, "jobs", name)
        if declared:
            yield _job(config, name, declared, arguments, condition)
        elif "/" in name:
            yield from _orb_job(config, name, arguments, place)


def _runs(config: _Config) -> Iterator[tuple[str, dict[str, Any], Place, str]]:
    """Give each run of a job by a workflow: the job, its arguments, the place, its filters as a text."""
    for workflow, value in mapping(config.content, "workflows").items():
        for at, entry in enumerate(items(mapping(value).get("jobs"))):
            place = Place(config.path, ("workflows", workflow, "jobs", at))
            for name, settings in mapping(entry).items() if isinstance(entry, Mapping) else [(text(entry), {})]:
                condition = str(dict(mapping(settings, "filters"))) if mapping(settings, "filters") else ""
                axes = {key: list(items(item)) for key, item in mapping(settings, "matrix", "parameters").items()}
                for chosen in combinations(axes, _MAX_MATRIX):
                    yield name, {**mapping(settings), **chosen}, place, condition


def _known(declared: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, str]:
    """Give what is known of a job's or command's parameters: their defaults, then the arguments."""
    defaults = {key: mapping(item).get("default") for key, item in mapping(declared, "parameters").items()}
    return texts({key: item for key, item in defaults.items() if item is not None}) | texts(arguments)


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    return substituted(value, _PARAMETER, known.get)


def _job(config: _Config, name: str, declared: Mapping[str, Any], arguments: Mapping[str, Any], condition: str) -> Job:
    place = Place(config.path, ("jobs", name))
    known = _known(config.content, {}) | _known(declared, arguments)
    value = mapping(_filled({k: v for k, v in declared.items() if k != "parameters"}, known))
    folder = _folder(text(value.get("working_directory")), ".")
    steps = _steps(config, items(value.get("steps")), place.below("steps"), folder, None, 0)
    return Job(
        name=name,
        place=place,
        steps=first_steps(steps),
        variables=texts(value.get("environment")),
        environment=known.get("environment", known.get("env", "")),
        condition=condition,
        images=tuple(text(mapping(image).get("image")) for image in items(value.get("docker"))),
    )


def _orb_job(config: _Config, name: str, arguments: Mapping[str, Any], place: Place) -> Iterator[Job]:
    """Give a job that an orb brings along, as one step; the job of an orb of one's own organisation is a gap."""
    step = _orb_step(config, name, arguments, place)
    if step is not None:
        yield Job(name=name, place=place, steps=(step,))


def _folder(written: str, fallback: str) -> str:
    if not written or written.startswith(("~", "/")):
        return fallback
    return posixpath.normpath(posixpath.join(fallback, written))


def _steps(config: _Config, values: Any, place: Place, folder: str, caller: Place | None, depth: int) -> Iterator[Step]:
    for at, value in enumerate(values):
        here = place.below(at)
        entries = mapping(value).items() if isinstance(value, Mapping) else [(text(value), {})]
        for name, settings in entries:
            inside = here.below(name) if isinstance(value, Mapping) else here
            yield from _step(config, name, settings, inside, folder, caller, depth)


def _step(
    config: _Config, name: str, settings: Any, place: Place, folder: str, caller: Place | None, depth: int
) -> Iterator[Step]:
    command = mapping(config.content, "commands", name)
    if name == "run":
        yield _run(settings, place, folder, caller)
    elif name in ("when", "unless"):
        yield from _steps(config, items(mapping(settings).get("steps")), place.below("steps"), folder, caller, depth)
    elif command and depth < _MAX_DEPTH and config.reading.may_follow(place.path):
        body = _filled(command.get("steps"), _known(command, mapping(settings)))
        below = Place(config.path, ("commands", name, "steps"))
        yield from _steps(config, items(body), below, folder, caller or place, depth + 1)
    elif "/" in name and _ALONE.fullmatch(name):
        step = _orb_step(config, name, mapping(settings), place)
        if step is not None:
            yield replace(step, caller=caller, folder=folder)


def _run(settings: Any, place: Place, folder: str, caller: Place | None) -> Step:
    options = mapping(settings)
    script = Script(text(options.get("command")), place.below("command")) if options else Script(text(settings), place)
    return Step(
        place=place,
        scripts=(script,) if script.text else (),
        folder=_folder(text(options.get("working_directory")), folder),
        variables=texts(options.get("environment")),
        caller=caller,
    )


def _orb_step(config: _Config, name: str, arguments: Mapping[str, Any], place: Place) -> Step | None:
    """Give a step of an orb under the orb's registry name: ``circleci/helm/upgrade-helm-chart``."""
    orb, _, command = name.partition("/")
    source = text(config.orbs.get(orb)).partition("@")[0]
    if not source.startswith("circleci/"):
        shown = source or orb
        reason = f"what {command} of the orb {shown} does is not in this repository, so it is not checked"
        config.reading.gap(config.path, reason)
        return None
    return Step(place=place, action=f"{source}/{command}".lower(), inputs=arguments)
