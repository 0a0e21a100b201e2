"""Drone, and Woodpecker, which came from it: steps in containers, with commands or with a plugin's settings.

Syntax: https://docs.drone.io/pipeline/overview/, https://woodpecker-ci.org/docs/usage/workflow-syntax
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import combinations, first_document, items, text, texts
from gitlint_ops.source.narrowing import mapping

DRONE, WOODPECKER = "Drone", "Woodpecker"
_DRONE_FILES = (".drone.yml", ".drone.yaml")
WOODPECKER_FILE = re.compile(r"^\.woodpecker(/.+)?\.ya?ml$")
_PROGRAMS = (".drone.star", ".drone.jsonnet")
_MAX_MATRIX = 64
_TAGS = frozenset({"tag", "release"})
_PULLS = frozenset({"pull_request", "pull_request_closed", "pull_request_metadata"})


def read_drone(reading: Reading) -> Iterator[Pipeline]:
    """Give the pipelines of ``.drone.yml``, one a document."""
    for path in filter(reading.tree.is_file, _PROGRAMS):
        reading.gap(path, "it is a program that writes the pipeline, which is not run, so what it does is not checked")
    for path in filter(reading.tree.is_file, _DRONE_FILES):
        for document in reading.tree.read(path).documents:
            content, place = mapping(document.value), Place(path, (), document.index)
            if content.get("kind") == "template":
                shown = text(content.get("load"))
                reading.gap(path, f"the template {shown} is kept on the Drone server, so its steps are not checked")
            elif content.get("steps"):
                yield _pipeline(DRONE, content, place, text(content.get("name")) or "the pipeline")


def read_woodpecker(reading: Reading) -> Iterator[Pipeline]:
    """Give the workflows of ``.woodpecker/`` or ``.woodpecker.yml``, one a file."""
    for path in reading.tree.files:
        content = mapping(first_document(reading.tree, path)) if WOODPECKER_FILE.search(path) else {}
        if content.get("steps") or content.get("pipeline"):
            name = posixpath.basename(path).partition(".y")[0].lstrip(".")
            yield _pipeline(WOODPECKER, content, Place(path), name)


def _pipeline(system: str, content: Mapping[str, Any], place: Place, name: str) -> Pipeline:
    jobs = (_job(content, place, name, chosen) for chosen in _matrix(content))
    return Pipeline(system, place.path, first_jobs(jobs), _triggers(content))


def _matrix(content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Give the variables of each run of a workflow."""
    matrix = mapping(content.get("matrix"))
    included = items(matrix.get("include"))
    axes = {key: items(value) for key, value in matrix.items() if key != "include"}
    yield from (texts(entry) for entry in included[:_MAX_MATRIX])
    if axes or not included:
        yield from (texts(chosen) for chosen in combinations(axes, _MAX_MATRIX))


def _triggers(content: Mapping[str, Any]) -> Triggers:
    """Read ``trigger`` (Drone) or ``when`` (Woodpecker); what names no event runs for all."""
    conditions = [mapping(entry) for entry in (*items(content.get("trigger")), *items(content.get("when")))]
    events = {event for condition in conditions for event in _chosen(condition.get("event"))}
    branches = [branch for condition in conditions for branch in _chosen(condition.get("branch"))]
    return Triggers(
        branches=tuple(branches),
        pushes=not events or "push" in events,
        tags=bool(events & _TAGS),
        pull_requests=not events or bool(events & _PULLS),
        others=bool(events - _TAGS - _PULLS - {"push"}),
    )


def _chosen(value: Any) -> list[str]:
    """Give the values of a condition: one, a list, or those that it includes."""
    return [text(item) for item in items(mapping(value).get("include") if isinstance(value, Mapping) else value)]


def _job(content: Mapping[str, Any], place: Place, name: str, chosen: Mapping[str, str]) -> Job:
    entries = [*_named(content, "steps", place), *_named(content, "pipeline", place)]
    beside = [value for value, _ in _named(content, "services", place)]
    steps = (_step(value, here) for value, here in entries)
    return Job(
        name=name,
        place=place,
        steps=first_steps(steps),
        variables={**texts(content.get("environment")), **chosen},
        environment=next(iter(_chosen(mapping(content, "trigger").get("target"))), ""),
        condition=str(content.get("trigger") or content.get("when") or ""),
        images=tuple(text(value.get("image")) for value in (*beside, *(value for value, _ in entries))),
    )


def _named(content: Mapping[str, Any], key: str, place: Place) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """Give the entries of a list, or of a mapping by name, each with its place."""
    value = content.get(key)
    found = value.items() if isinstance(value, Mapping) else enumerate(items(value))
    for at, entry in found:
        if mapping(entry):
            yield entry, place.below(key, at)


def _step(value: Mapping[str, Any], place: Place) -> Step:
    """Give a step; one with settings runs the plugin that its image is."""
    settings = mapping(value.get("settings"))
    commands = [(entry, place.below("commands", at)) for at, entry in enumerate(items(value.get("commands")))]
    if isinstance(value.get("commands"), str):
        commands = [(value["commands"], place.below("commands"))]
    return Step(
        place=place.below("image") if settings else place,
        scripts=tuple(Script(entry, here) for entry, here in commands if isinstance(entry, str)),
        action=_plugin(text(value.get("image"))) if settings else "",
        inputs={name: ",".join(text(item) for item in items(entry)) for name, entry in settings.items()},
        folder=posixpath.normpath(text(value.get("directory")) or "."),
        variables=_variables(value.get("environment")),
        condition=str(value.get("when") or ""),
    )


def _plugin(image: str) -> str:
    """Give a plugin by its image's name, without registry and tag: ``plugins/docker``."""
    return "/".join(image.lower().split("/")[-2:]).partition(":")[0]


def _variables(value: Any) -> dict[str, str]:
    """Give a step's variables, from a mapping or from a list of ``NAME=value``."""
    if isinstance(value, list):
        return {name: given for name, _, given in (text(entry).partition("=") for entry in value)}
    return texts(value)
