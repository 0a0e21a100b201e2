"""GitHub Actions: workflows, reusable workflows and composite actions of the repository.

Syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import (
    GITHUB_EXPRESSION,
    combinations,
    first_document,
    items,
    substituted,
    text,
    texts,
)
from gitlint_ops.source.narrowing import mapping

SYSTEM = "GitHub Actions"
FOLDER = ".github/workflows"
MAX_MATRIX = 64
"""GitHub runs up to 256 jobs of a matrix; the first of them tell what it does."""
_MAX_DEPTH = 4
_SHELLS = {"pwsh": "powershell", "powershell": "powershell"}
_OTHER_LANGUAGES = ("python", "node", "ruby", "perl", "cmd")
_DEFAULT_BRANCH_EVENTS = frozenset(
    {
        "schedule",
        "workflow_dispatch",
        "repository_dispatch",
        "workflow_run",
        "registry_package",
        "issues",
        "issue_comment",
    }
)


def read_github(reading: Reading) -> Iterator[Pipeline]:
    """Give the workflows of ``.github/workflows``; a reusable one is read where it is called."""
    tree = reading.tree
    names = [name for name in tree.children(FOLDER) if name.endswith((".yml", ".yaml"))]
    workflows = {f"{FOLDER}/{name}": first_document(tree, f"{FOLDER}/{name}") for name in names}
    yield from (_workflow(reading, path, value) for path, value in workflows.items() if _has_own_trigger(value))
    for path, value in workflows.items():
        if path not in reading.included and mapping(value, "jobs") and not _has_own_trigger(value):
            yield _workflow(reading, path, value)


def _events(value: Any) -> Mapping[str, Any]:
    """Give the events of a workflow with their settings; YAML 1.1 reads the key ``on`` as true."""
    found = mapping(value).get("on", mapping(value).get("true"))
    return found if isinstance(found, Mapping) else {text(event): None for event in items(found)}


def _has_own_trigger(value: Any) -> bool:
    return bool(set(_events(value)) - {"workflow_call"})


def _workflow(reading: Reading, path: str, value: Any) -> Pipeline:
    jobs = first_jobs(_jobs(reading, path, mapping(value), {}, None, 0))
    return Pipeline(SYSTEM, path, jobs, _triggers(_events(value)))


def _triggers(events: Mapping[str, Any]) -> Triggers:
    push = mapping(events.get("push"))
    only_tags = ("tags" in push or "tags-ignore" in push) and not ("branches" in push or "branches-ignore" in push)
    return Triggers(
        branches=tuple(text(branch) for branch in items(push.get("branches"))),
        pushes="push" in events and not only_tags,
        tags="tags" in push or bool({"release", "create"} & set(events)),
        pull_requests=any(event.startswith("pull_request") for event in events),
        others=bool(_DEFAULT_BRANCH_EVENTS & set(events)) or set(events) == {"workflow_call"},
    )


def _jobs(
    reading: Reading,
    path: str,
    workflow: Mapping[str, Any],
    inputs: Mapping[str, str],
    caller: Place | None,
    depth: int,
) -> Iterator[Job]:
    variables = texts(workflow.get("env"))
    for name, value in mapping(workflow, "jobs").items():
        job = mapping(value)
        place = Place(path, ("jobs", name))
        for chosen in _matrix(job):
            known = {**{f"inputs.{key}": item for key, item in inputs.items()}, **chosen}
            if "uses" in job:
                yield from _called(reading, _filled(job, {**known, **_env(variables)}), place, depth)
            else:
                yield _job(reading, name, job, place, {**known, **_env(variables)}, variables, caller)


def _env(variables: Mapping[str, str]) -> dict[str, str]:
    return {f"env.{key}": value for key, value in variables.items()}


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    return substituted(value, GITHUB_EXPRESSION, known.get)


def _matrix(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Give what the matrix sets for each of its jobs, as expressions' names with their texts."""
    matrix = mapping(job, "strategy", "matrix")
    axes = {
        key: value for key, value in matrix.items() if isinstance(value, list) and key not in ("include", "exclude")
    }
    included = [mapping(entry) for entry in items(matrix.get("include"))]
    found = list(combinations(axes, MAX_MATRIX)) if axes else []
    merged = [dict(known) for known in found]
    for entry in included:
        fitting = [known for known in merged if all(known.get(key) == entry[key] for key in entry if key in axes)]
        for known in fitting if any(key not in axes for key in entry) else ():
            known.update(entry)
        merged += [] if fitting else [dict(entry)]
    for known in merged or [{}]:
        yield dict(_flattened("matrix", known))


def _flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for key, item in mapping(value).items():
        if isinstance(item, Mapping):
            yield from _flattened(f"{name}.{key}", item)
        elif isinstance(item, str | int | float):
            yield f"{name}.{key}", text(item)


def _job(
    reading: Reading,
    name: str,
    value: Mapping[str, Any],
    place: Place,
    known: Mapping[str, str],
    shared: Mapping[str, str],
    caller: Place | None,
) -> Job:
    variables = {**shared, **texts(_filled(value.get("env"), known))}
    job = mapping(
        _filled({key: item for key, item in value.items() if key != "strategy"}, {**known, **_env(variables)})
    )
    environment = job.get("environment")
    folder = _folder(job, ".")
    steps = _steps(reading, items(job.get("steps")), place.below("steps"), folder, caller, 0)
    return Job(
        name=name,
        place=place,
        steps=first_steps(steps),
        variables=variables,
        environment=text(mapping(environment).get("name") or environment),
        condition=text(job.get("if")),
        images=tuple(_images(job)),
    )


def _folder(holder: Mapping[str, Any], fallback: str) -> str:
    written = text(mapping(holder, "defaults", "run").get("working-directory")) or fallback
    return posixpath.normpath(written)


def _images(job: Mapping[str, Any]) -> Iterator[str]:
    for holder in (job.get("container"), *mapping(job, "services").values()):
        yield text(mapping(holder).get("image")) or text(holder)


def _steps(
    reading: Reading, values: Any, place: Place, folder: str, caller: Place | None, depth: int
) -> Iterator[Step]:
    for at, value in enumerate(values):
        step = mapping(value)
        here = place.below(at)
        action = text(step.get("uses"))
        if action.startswith("./"):
            yield from _composite(reading, step, action, here, caller or here, depth)
        elif step:
            yield _step(step, here, folder, caller)


def _step(step: Mapping[str, Any], place: Place, folder: str, caller: Place | None) -> Step:
    shell = text(step.get("shell")).split()[:1]
    is_shell = not (shell and shell[0].startswith(_OTHER_LANGUAGES))
    script = Script(
        text(step.get("run")),
        place.below("run"),
        "powershell" if shell and shell[0] in _SHELLS else "posix",
    )
    return Step(
        place=place,
        scripts=(script,) if script.text and is_shell else (),
        action=text(step.get("uses")).partition("@")[0].lower(),
        inputs=mapping(step.get("with")),
        id=text(step.get("id")),
        folder=posixpath.normpath(text(step.get("working-directory")) or folder),
        variables=texts(step.get("env")),
        condition=text(step.get("if")),
        caller=caller,
    )


def _composite(
    reading: Reading, step: Mapping[str, Any], action: str, place: Place, caller: Place, depth: int
) -> Iterator[Step]:
    """Give the steps of an action of this repository; one that is no composite, or not there, is a gap."""
    if not reading.may_follow(place.path):
        return
    folder = posixpath.normpath(action)
    path = next((p for p in (f"{folder}/action.yml", f"{folder}/action.yaml") if reading.tree.is_file(p)), "")
    if not path or depth >= _MAX_DEPTH:
        reading.gap(place.path, f"the action {action} is not in this repository, so its steps are not checked")
        return
    value = mapping(first_document(reading.tree, path))
    known = {f"inputs.{key}": text(mapping(item).get("default")) for key, item in mapping(value, "inputs").items()}
    known |= {f"inputs.{key}": item for key, item in texts(step.get("with")).items()}
    runs = mapping(_filled(value.get("runs"), known))
    below = Place(path, ("runs", "steps"))
    yield from _steps(reading, items(runs.get("steps")), below, ".", caller, depth + 1)


def _called(reading: Reading, job: Mapping[str, Any], place: Place, depth: int) -> Iterator[Job]:
    """Give the jobs of a reusable workflow; one of another repository is a gap."""
    if not reading.may_follow(place.path):
        return
    written = text(job.get("uses"))
    path = posixpath.normpath(written.partition("@")[0]) if written.startswith("./") else ""
    if not path or not reading.tree.is_file(path) or depth >= _MAX_DEPTH:
        where = "another repository" if not path else "no file of this repository"
        reason = (
            f"the reusable workflow {written} is in {where}, so what the job {place.field_path[-1]} does is not checked"
        )
        reading.gap(place.path, reason)
        return
    reading.included.add(path)
    value = mapping(first_document(reading.tree, path))
    declared = mapping(_events(value).get("workflow_call"), "inputs")
    inputs = {key: text(mapping(item).get("default")) for key, item in declared.items()} | texts(job.get("with"))
    yield from _jobs(reading, path, value, inputs, place, depth + 1)
