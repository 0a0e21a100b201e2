"""Tekton: the Tasks that this repository declares, and what its Pipelines and runs hand to them.

Syntax: https://tekton.dev/docs/pipelines/. Parameters are filled in where Git tells them: by what calls a Task, or by
their defaults.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.pipelines.commands import UNKNOWN_FOLDER
from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import items, substituted, text
from gitlint_ops.source import FieldPath, SourceTree
from gitlint_ops.source.narrowing import mapping

SYSTEM = "Tekton"
_TASKS = frozenset({"Task", "ClusterTask"})
_CALLERS: Mapping[str, FieldPath] = {
    "Pipeline": ("spec",),
    "PipelineRun": ("spec", "pipelineSpec"),
    "TaskRun": (),
}
"""Kinds that call Tasks, and where they list them; a TaskRun is one call itself."""
_PARAMETER = re.compile(r"\$\((?:inputs\.)?params\.(?P<name>[\w.-]+)\)")
_WORKSPACE = re.compile(r"\$\(workspaces\.[\w-]+\.path\)|^/workspace/[\w-]+")
_SHEBANG = re.compile(r"#!\s*\S*?(?P<program>\w+)(?:\s+(?P<given>\w+))?\s*$", re.MULTILINE)
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "zsh"})
_SCRIPT_PARAMETERS: Mapping[str, str] = {
    "git-cli": "GIT_SCRIPT",
    "kubernetes-actions": "script",
    "openshift-client": "SCRIPT",
}
"""Tasks of the Tekton catalogue that run the shell text of a parameter."""
_KNOWN = re.compile(r"^(argocd-task-sync-and-wait|buildah|git-clone|helm-upgrade-from-(repo|source)|kaniko)$")
"""Other Tasks of the catalogue of which ``actions.py`` knows what they run, or that touch nothing outside."""


@dataclass(slots=True)
class _Catalogue:
    """The Tasks of the repository by name, each with its place; ``called`` are those that something here calls."""

    reading: Reading
    tasks: dict[str, tuple[Mapping[str, Any], Place]] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)


def read_tekton(reading: Reading) -> Iterator[Pipeline]:
    """Give each Pipeline and run with the Tasks that it calls, and each Task that nothing here calls."""
    catalogue, callers = _Catalogue(reading), []
    for value, place in _objects(reading.tree):
        kind, name = text(value.get("kind")), text(mapping(value, "metadata").get("name"))
        if kind in _TASKS:
            catalogue.tasks[name] = value, place
        elif kind in _CALLERS:
            callers.append((value, place, name or text(mapping(value, "metadata").get("generateName"))))
    for value, place, name in callers:
        jobs = first_jobs(_called(catalogue, value, place, name))
        yield Pipeline(SYSTEM, place.path, jobs, Triggers(others=True))
    for name, (value, place) in catalogue.tasks.items():
        if name not in catalogue.called:
            job = _job(name, mapping(value.get("spec")), place.below("spec"), {})
            yield Pipeline(SYSTEM, place.path, (job,), Triggers(others=True))


def _objects(tree: SourceTree) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """Give the repository's Tekton objects, those in the templates of triggers too."""
    for document in tree.documents():
        if not document.is_object or "tekton.dev/" not in document.value["apiVersion"]:
            continue
        place = Place(document.path, (), document.index)
        yield document.value, place
        for at, template in enumerate(items(mapping(document.value, "spec").get("resourcetemplates"))):
            yield mapping(template), place.below("spec", "resourcetemplates", at)


def _called(catalogue: _Catalogue, value: Mapping[str, Any], place: Place, name: str) -> Iterator[Job]:
    """Give the jobs of what calls Tasks, with the parameters that it hands to each."""
    kind = text(value.get("kind"))
    if kind == "TaskRun":
        yield from _call(catalogue, mapping(value.get("spec")), place.below("spec"), name, {})
        return
    path = _CALLERS[kind]
    spec = mapping(value, *map(str, path))
    known = _defaults(spec) | _given(mapping(value.get("spec")), {})
    for key in ("tasks", "finally"):
        for at, task in enumerate(items(spec.get(key))):
            called = text(mapping(task).get("name")) or name
            yield from _call(catalogue, mapping(task), place.below(*path, key, at), called, known)


def _call(
    catalogue: _Catalogue, task: Mapping[str, Any], place: Place, name: str, known: dict[str, str]
) -> Iterator[Job]:
    """Give the job of one call: of a Task that stands in it, of one of this repository, of one of the catalogue."""
    given = _given(task, known)
    if mapping(task.get("taskSpec")):
        spec = mapping(task["taskSpec"])
        yield _job(name, spec, place.below("taskSpec"), known | _defaults(spec) | given)
        return
    called = _task_name(mapping(task.get("taskRef")))
    catalogue.called.add(called)
    if called in catalogue.tasks:
        value, there = catalogue.tasks[called]
        yield _job(name, mapping(value.get("spec")), there.below("spec"), given, caller=place)
    elif called in _SCRIPT_PARAMETERS:
        script = Script(_in_folder(given.get(_SCRIPT_PARAMETERS[called], "")), _parameter_place(task, place, called))
        yield Job(name, place, (Step(place, (script,)),))
    elif _KNOWN.search(called):
        yield Job(name, place, (Step(place, action=f"tekton/{called}", inputs=given),))
    elif called:
        reason = f"the Tekton task {called} is not in this repository, so what it does is not checked"
        catalogue.reading.gap(place.path, reason)


def _parameter_place(task: Mapping[str, Any], place: Place, called: str) -> Place:
    """Give where a call hands over the shell text that a Task of the catalogue runs."""
    names = [mapping(entry).get("name") for entry in items(task.get("params"))]
    wanted = _SCRIPT_PARAMETERS[called]
    return place.below("params", names.index(wanted), "value") if wanted in names else place


def _task_name(reference: Mapping[str, Any]) -> str:
    """Give the name of the Task that a reference means, by itself or by a resolver's parameter."""
    named = {text(mapping(p).get("name")): text(mapping(p).get("value")) for p in items(reference.get("params"))}
    return text(reference.get("name")) or named.get("name", "")


def _defaults(spec: Mapping[str, Any]) -> dict[str, str]:
    entries = [mapping(entry) for entry in items(spec.get("params"))]
    return {text(entry.get("name")): text(entry["default"]) for entry in entries if "default" in entry}


def _given(holder: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """Give the parameters that a call hands over, with the caller's own filled in."""
    entries = [mapping(entry) for entry in items(holder.get("params"))]
    values = {text(entry.get("name")): entry["value"] for entry in entries if "value" in entry}
    return {name: " ".join(text(item) for item in items(_filled(value, known))) for name, value in values.items()}


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    return substituted(value, _PARAMETER, known.get)


def _job(name: str, spec: Mapping[str, Any], place: Place, given: dict[str, str], caller: Place | None = None) -> Job:
    known = _defaults(spec) | given
    steps = [(mapping(_filled(value, known)), at) for at, value in enumerate(items(spec.get("steps")))]
    return Job(
        name=name,
        place=place,
        steps=first_steps(_step(step, place.below("steps", at), caller) for step, at in steps),
        images=tuple(text(step.get("image")) for step, _ in steps),
    )


def _step(step: Mapping[str, Any], place: Place, caller: Place | None) -> Step:
    return Step(
        place=place,
        scripts=tuple(_scripts(step, place)),
        folder=_in_folder(text(step.get("workingDir")), ".") or UNKNOWN_FOLDER,
        variables={text(mapping(e).get("name")): text(mapping(e).get("value")) for e in items(step.get("env"))},
        caller=caller,
    )


def _scripts(step: Mapping[str, Any], place: Place) -> Iterator[Script]:
    """Give a step's script where a shell runs it, else its command and arguments as a shell writes them."""
    script = text(step.get("script"))
    shebang = _SHEBANG.match(script)
    program = (shebang["given"] or shebang["program"]) if shebang else "sh"
    if script and program in _SHELLS:
        yield Script(_in_folder(script), place.below("script"))
    words = [text(word) for key in ("command", "args") for word in items(step.get(key))]
    if words and not script:
        yield Script(_in_folder(shlex.join(words)), place.below("command" if "command" in step else "args"))


def _in_folder(written: str, checkout: str = "${PWD}") -> str:
    """Write the folder of a workspace, into which a Pipeline checks out the repository, as that of the checkout."""
    return _WORKSPACE.sub(checkout, written)
