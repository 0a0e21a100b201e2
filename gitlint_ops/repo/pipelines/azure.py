"""Azure Pipelines: stages, jobs, steps and tasks, with the repository's templates.

Syntax: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.pipelines.model import Dialect, Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs, first_steps
from gitlint_ops.repo.pipelines.values import first_document, items, substituted, text, texts
from gitlint_ops.source import SourceTree
from gitlint_ops.source.narrowing import mapping

SYSTEM = "Azure Pipelines"
AZURE_FILE = re.compile(
    r"(^|/)azure-pipelines[\w.-]*\.ya?ml$|^\.(azure-pipelines|azuredevops|azure|ado|pipelines)/.*\.ya?ml$"
)
_BODY = ("stages", "jobs", "steps", "extends")
_PARAMETER = re.compile(r"\$\{\{\s*parameters\.(?P<name>[\w-]+)\s*\}\}")
_MACRO = re.compile(r"\$\((?P<name>\w+)\)")
_SCRIPT_KEYS: Mapping[str, Dialect] = {
    "script": "posix",
    "bash": "posix",
    "pwsh": "powershell",
    "powershell": "powershell",
}
_SCRIPT_TASKS = frozenset({"bash", "cmdline", "shellscript", "powershell", "azurecli", "azurepowershell", "ssh"})
_HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class _Scope:
    """What holds where something is read: the calling place, known parameters and variables, the nesting."""

    caller: Place | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0


def read_azure(reading: Reading) -> Iterator[Pipeline]:
    """Give the pipelines of ``azure-pipelines*.yml`` and of the folders that Azure DevOps users keep them in."""
    found: list[Pipeline] = []
    for path in reading.tree.files:
        content = mapping(first_document(reading.tree, path)) if AZURE_FILE.search(path) else {}
        if any(key in content for key in _BODY) and "apiVersion" not in content:
            jobs = first_jobs(_jobs(reading, content, Place(path), _Scope()))
            found.append(Pipeline(SYSTEM, path, jobs, _triggers(content)))
    yield from (pipeline for pipeline in found if pipeline.path not in reading.included)


def _triggers(content: Mapping[str, Any]) -> Triggers:
    trigger, pulls = content.get("trigger"), content.get("pr")
    branches = trigger if isinstance(trigger, list) else mapping(trigger, "branches").get("include")
    return Triggers(
        branches=tuple(text(branch) for branch in items(branches)),
        pushes=trigger != "none",
        tags=bool(mapping(trigger, "tags")),
        pull_requests=pulls not in (None, "none"),
        others=trigger == "none",
    )


def _jobs(reading: Reading, holder: Mapping[str, Any], place: Place, scope: _Scope) -> Iterator[Job]:
    """Give the jobs below a pipeline, a stage or a template; loose steps are one job."""
    scope = _with_variables(holder, scope)
    if "extends" in holder:
        yield from _template_jobs(reading, mapping(holder.get("extends")), place.below("extends"), scope)
    for key in ("stages", "jobs"):
        for value, here in _unfolded(holder.get(key), place.below(key)):
            if "template" in value:
                yield from _template_jobs(reading, value, here, scope)
            elif key == "stages":
                yield from _jobs(reading, value, here, scope)
            else:
                yield _job(reading, value, here, scope)
    if "steps" in holder:
        yield _job(reading, holder, place, scope)


def _with_variables(holder: Mapping[str, Any], scope: _Scope) -> _Scope:
    return _Scope(
        scope.caller, scope.parameters, {**scope.variables, **_variables(holder.get("variables"))}, scope.depth
    )


def _variables(value: Any) -> dict[str, str]:
    """Give variables by name, from their mapping or from their list of names and values."""
    if isinstance(value, list):
        return {
            text(mapping(item).get("name")): text(mapping(item).get("value"))
            for item in value
            if "name" in mapping(item)
        }
    return texts(value)


def _unfolded(value: Any, place: Place) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """Give the entries of a list, those below ``${{ if }}`` and ``${{ each }}`` in their place."""
    for at, entry in enumerate(value if isinstance(value, list) else ()):
        here = place.below(at)
        inner = [(key, item) for key, item in mapping(entry).items() if str(key).startswith("${{")]
        for key, item in inner:
            yield from _unfolded(item, here.below(key))
        if mapping(entry) and not inner:
            yield entry, here


def _template_jobs(reading: Reading, value: Mapping[str, Any], place: Place, scope: _Scope) -> Iterator[Job]:
    found = _template(reading, value, place, scope)
    if found is not None:
        yield from _jobs(reading, found[0], Place(found[1]), found[2])


def _template(
    reading: Reading, value: Mapping[str, Any], place: Place, scope: _Scope
) -> tuple[Mapping[str, Any], str, _Scope] | None:
    """Give a template's content with its parameters filled in, its path and its scope; None where it is not here."""
    if not reading.may_follow(place.path):
        return None
    written = text(value.get("template"))
    folder = "" if written.startswith("/") else posixpath.dirname(place.path)
    path = posixpath.normpath(posixpath.join(folder, written.lstrip("/")))
    if "@" in written.removesuffix("@self") or not reading.tree.is_file(path.removesuffix("@self")):
        where = "in another repository" if "@" in written else "not there"
        reading.gap(place.path, f"the template {written} is {where}, so its steps are not checked")
        return None
    path = path.removesuffix("@self")
    reading.included.add(path)
    if scope.depth >= _MAX_DEPTH:
        return None
    content = mapping(first_document(reading.tree, path))
    known = _defaults(content.get("parameters")) | texts(
        substituted(value.get("parameters"), _PARAMETER, scope.parameters.get)
    )
    filled = mapping(substituted({k: v for k, v in content.items() if k != "parameters"}, _PARAMETER, known.get))
    return filled, path, _Scope(scope.caller or place, known, scope.variables, scope.depth + 1)


def _defaults(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        entries = [mapping(item) for item in value]
        return {text(e.get("name")): text(e.get("default")) for e in entries if e.get("default") is not None}
    return texts(value)


def _job(reading: Reading, value: Mapping[str, Any], place: Place, scope: _Scope) -> Job:
    scope = _with_variables(value, scope)
    environment = value.get("environment")
    name = text(value.get("job") or value.get("deployment")) or "the job"
    return Job(
        name=name,
        place=place,
        steps=first_steps(_all_steps(reading, value, place, scope)),
        variables=scope.variables,
        environment=_macros(text(mapping(environment).get("name") or environment), scope),
        condition=text(value.get("condition")),
    )


def _all_steps(reading: Reading, job: Mapping[str, Any], place: Place, scope: _Scope) -> Iterator[Step]:
    """Give a job's steps; those of a deployment stand below its strategy."""
    yield from _steps(reading, job.get("steps"), place.below("steps"), scope)
    for strategy, value in mapping(job, "strategy").items():
        for hook in _HOOKS:
            steps = mapping(value, hook).get("steps")
            yield from _steps(reading, steps, place.below("strategy", strategy, hook, "steps"), scope)
        for result in ("success", "failure"):
            steps = mapping(value, "on", result).get("steps") or mapping(value, "true", result).get("steps")
            yield from _steps(reading, steps, place.below("strategy", strategy, "on", result, "steps"), scope)


def _steps(reading: Reading, values: Any, place: Place, scope: _Scope) -> Iterator[Step]:
    for value, here in _unfolded(values, place):
        if "template" in value:
            found = _template(reading, value, here, scope)
            if found is not None:
                content, path, below = found
                yield from _steps(reading, content.get("steps"), Place(path, ("steps",)), below)
        else:
            yield _step(reading.tree, value, here, scope)


def _step(tree: SourceTree, value: Mapping[str, Any], place: Place, scope: _Scope) -> Step:
    inputs = {str(key): _macros(item, scope) for key, item in mapping(value.get("inputs")).items()}
    task = text(value.get("task")).partition("@")[0].lower()
    folder = _folder(text(value.get("workingDirectory")) or text(inputs.get("workingDirectory")))
    return Step(
        place=place,
        scripts=tuple(_scripts(tree, value, task, inputs, place, scope)),
        action=task,
        inputs=inputs,
        folder=folder,
        variables=texts(value.get("env")),
        condition=text(value.get("condition")),
        caller=scope.caller,
    )


def _folder(written: str) -> str:
    written = re.sub(r"\$\((Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)", ".", written)
    return posixpath.normpath(written or ".")


def _scripts(
    tree: SourceTree, value: Mapping[str, Any], task: str, inputs: Mapping[str, Any], place: Place, scope: _Scope
) -> Iterator[Script]:
    for key, dialect in _SCRIPT_KEYS.items():
        if text(value.get(key)):
            yield Script(_macros(text(value.get(key)), scope), place.below(key), dialect)
    if task not in _SCRIPT_TASKS:
        return
    dialect = "powershell" if "powershell" in task else "posix"
    for key in ("script", "inlineScript", "Inline"):
        if text(inputs.get(key)):
            yield Script(text(inputs[key]), place.below("inputs", key), dialect)
    for key in ("filePath", "scriptPath", "ScriptPath"):
        path = _folder(text(inputs.get(key)))
        if text(inputs.get(key)) and tree.is_file(path):
            yield Script(tree.text(path), Place(path, line=1), dialect)


def _macros(value: Any, scope: _Scope) -> Any:
    """Fill in ``$(name)``, which the agent replaces before a shell sees it, and write the others as variables."""
    if not isinstance(value, str):
        return value
    return _MACRO.sub(lambda found: scope.variables.get(found["name"], found[0]), value)
