"""Bitbucket Pipelines: the steps of ``bitbucket-pipelines.yml``, in stages and in parallel, with their pipes.

Syntax: https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import first_document, items, text
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import mapping

SYSTEM = "Bitbucket Pipelines"
FILE = "bitbucket-pipelines.yml"
_TRIGGERS: Mapping[str, Triggers] = {
    "default": Triggers(),
    "tags": Triggers(pushes=False, tags=True),
    "pull-requests": Triggers(pushes=False, pull_requests=True),
    "custom": Triggers(pushes=False, others=True),
}


def read_bitbucket(reading: Reading) -> Iterator[Pipeline]:
    """Give a pipeline for each branch, tag or pull request pattern and for each that a person starts."""
    content = mapping(first_document(reading.tree, FILE))
    for section, value in mapping(content, "pipelines").items():
        named = {"": value} if section == "default" else mapping(value)
        for name, entries in named.items():
            place = Place(FILE, ("pipelines", section, *((name,) if name else ())))
            triggers = _TRIGGERS.get(section) or Triggers(branches=(str(name),))
            yield Pipeline(SYSTEM, FILE, first_jobs(_jobs(reading, content, entries, place, "")), triggers)


def _jobs(reading: Reading, content: Mapping[str, Any], entries: Any, place: Place, environment: str) -> Iterator[Job]:
    """Give the steps of a list: Bitbucket runs each in a container of its own, as others run a job."""
    if mapping(entries).get("import"):
        shown = text(mapping(entries)["import"])
        reading.gap(FILE, f"the pipeline {shown} is imported from another repository, so its steps are not checked")
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        here = place.below(at)
        if mapping(entry, "step"):
            yield _job(content, mapping(entry, "step"), here.below("step"), environment)
        for key in ("parallel", "stage"):
            inner = mapping(entry).get(key)
            steps: FieldPath = ("steps",) if isinstance(inner, Mapping) else ()
            told = text(mapping(inner).get("deployment")) or environment
            listed = mapping(inner).get("steps") if steps else inner
            yield from _jobs(reading, content, listed, here.below(key, *steps), told)


def _job(content: Mapping[str, Any], step: Mapping[str, Any], place: Place, environment: str) -> Job:
    services = (mapping(content, "definitions", "services", text(name)) for name in items(step.get("services")))
    holders = (step if "image" in step else content, *services)
    images = (text(mapping(holder.get("image")).get("name") or holder.get("image")) for holder in holders)
    return Job(
        name=text(step.get("name")) or "the step",
        place=place,
        steps=first_steps(_steps(step, place)),
        environment=text(step.get("deployment")) or environment,
        images=tuple(image for image in images if image),
    )


def _steps(step: Mapping[str, Any], place: Place) -> Iterator[Step]:
    """Give a step's commands as one, for they share a shell, and each of its pipes."""
    listed = [
        (entry, place.below(key, at))
        for key in ("script", "after-script")
        for at, entry in enumerate(items(step.get(key)))
    ]
    yield Step(place, tuple(Script(entry, here) for entry, here in listed if isinstance(entry, str)))
    for entry, here in listed:
        pipe = text(mapping(entry).get("pipe")).rpartition("://")[2].partition(":")[0]
        if pipe:
            inputs = {name: _joined(value) for name, value in mapping(entry, "variables").items()}
            yield Step(here, action=pipe.lower(), inputs=inputs)


def _joined(value: Any) -> str:
    """Give a pipe's variable; the items of a list are arguments of one command."""
    return " ".join(text(item) for item in items(value))
