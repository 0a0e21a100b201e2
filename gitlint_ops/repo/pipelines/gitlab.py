"""GitLab CI/CD: ``.gitlab-ci.yml`` with its local includes, ``extends``, ``!reference`` and anchors.

Syntax: https://docs.gitlab.com/ci/yaml/. A ``!reference [job, script]`` reaches us as a list of its names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from gitlint_ops.repo.pipelines.model import Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import MAX_STEPS, Reading, first_jobs
from gitlint_ops.repo.pipelines.values import combinations, items, text, texts
from gitlint_ops.source.narrowing import mapping

SYSTEM = "GitLab CI"
FILE = ".gitlab-ci.yml"
_RESERVED = frozenset(
    [
        "default",
        "include",
        "stages",
        "variables",
        "workflow",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
        "spec",
        "pages:deploy",
        "types",
    ]
)
_MAX_FILES = 50
_MAX_DEPTH = 10
_MAX_MATRIX = 64
_PULL_REQUEST = re.compile(r"merge_request|CI_MERGE_REQUEST|external_pull_request")


@dataclass(slots=True)
class _Config(Reading):
    """The files of one configuration, the strongest first: the main file, then includes from the last to the first."""

    files: list[tuple[str, int, Mapping[str, Any]]] = field(default_factory=list)
    """Path, document index and content."""

    def holders(self, *keys: str) -> Iterator[tuple[Any, Place]]:
        """Give what the files hold under these keys, the strongest first."""
        for path, document, content in self.files:
            value: Any = content
            for key in keys:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None:
                yield value, Place(path, keys, document)


def read_gitlab(reading: Reading) -> Iterator[Pipeline]:
    """Give the pipeline of ``.gitlab-ci.yml``, with everything that it includes from this repository."""
    if not reading.tree.is_file(FILE):
        return
    config = _Config(reading.tree, reading.gaps)
    _load(config, FILE)
    names = dict.fromkeys(name for _, _, content in config.files for name in content)
    jobs = (job for name in names if _is_job(name) for job in _job(config, name))
    yield Pipeline(SYSTEM, FILE, first_jobs(jobs), _triggers(config))


def _is_job(name: str) -> bool:
    return not name.startswith(".") and name not in _RESERVED


def _load(config: _Config, path: str) -> None:
    """Read a file and what it includes; a second document follows the ``spec`` of a file with inputs."""
    documents = config.tree.read(path).documents if config.tree.is_file(path) else ()
    last = documents[-1] if documents else None
    if last is None or not isinstance(last.value, Mapping):
        return
    config.files.append((path, last.index, last.value))
    for entry in reversed(items(last.value.get("include"))):
        for included in _included(config, path, entry):
            known = {name for name, _, _ in config.files}
            if included not in known and len(known) < _MAX_FILES:
                _load(config, included)


def _included(config: _Config, path: str, entry: Any) -> list[str]:
    """Give the files that an include means; what is not in this repository is a gap."""
    local = text(entry) or text(mapping(entry).get("local"))
    if not local or "://" in local:
        kind = next(
            (key for key in ("project", "remote", "template", "component") if mapping(entry).get(key)), "remote"
        )
        shown = text(mapping(entry).get(kind)) or local
        config.gap(path, f"the include of {kind} {shown} is not in this repository, so its jobs are not checked")
        return []
    pattern = local.lstrip("/").replace("**", "*")
    found = [name for name in config.tree.files if fnmatchcase(name, pattern)]
    if not found:
        reason = "depends on a variable" if "$" in local else "is not there"
        config.gap(path, f"the included file {local} {reason}, so its jobs are not checked")
    return found


def _triggers(config: _Config) -> Triggers:
    rules = next((value for value, _ in config.holders("workflow", "rules")), None)
    conditions = [text(mapping(rule).get("if")) for rule in items(rules) if mapping(rule).get("when") != "never"]
    pulls = [bool(_PULL_REQUEST.search(condition)) for condition in conditions]
    return Triggers(pushes=not (pulls and all(pulls)), pull_requests=any(pulls), others=not (pulls and all(pulls)))


def _job(config: _Config, name: str) -> Iterator[Job]:
    """Give a job, once for each of its ``parallel: matrix`` entries."""
    chain = list(_chain(config, name, set()))
    places = [place for _, place in config.holders(name)]
    trigger = _first(chain, "trigger")
    if not places or not (_first(chain, "script") or trigger or _first(chain, "run")):
        return
    if trigger:
        config.gap(places[0].path, f"the job {name} starts another pipeline, which is not checked")
        return
    shared: dict[str, str] = {}
    for value, _ in reversed(list(config.holders("variables"))):
        shared |= _variables(value)
    for holder, _ in reversed(chain):
        shared |= _variables(holder.get("variables"))
    condition = " ".join(_conditions(chain))
    for chosen in _matrix(_first(chain, "parallel")):
        scripts = tuple(islice(_scripts(config, chain), MAX_STEPS))
        environment = _first(chain, "environment")
        written = text(mapping(environment[0]).get("name") or environment[0]) if environment else ""
        yield Job(
            name=name,
            place=places[0],
            steps=(Step(place=places[0], scripts=scripts, condition=condition),),
            variables={**shared, **chosen},
            environment=_expanded(written, {**shared, **chosen}),
            condition=condition,
            images=tuple(_images(config, chain)),
        )


def _chain(config: _Config, name: str, seen: set[str]) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """Give a job and all that it extends, the strongest first and each once."""
    seen.add(name)
    parents: list[str] = []
    for value, place in config.holders(name):
        if isinstance(value, Mapping):
            yield value, place
            parents = parents or [text(parent) for parent in items(value.get("extends"))]
    for parent in reversed(parents):
        if parent not in seen:
            yield from _chain(config, parent, seen)


def _first(chain: Sequence[tuple[Mapping[str, Any], Place]], key: str) -> tuple[Any, Place] | None:
    """Give the strongest value of a key in a chain, and where it stands."""
    return next(((holder[key], place.below(key)) for holder, place in chain if holder.get(key) is not None), None)


def _variables(value: Any) -> dict[str, str]:
    """Give variables by name; one may be a mapping with its ``value``."""
    return texts({key: mapping(item).get("value", item) for key, item in mapping(value).items()})


def _expanded(written: str, variables: Mapping[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: variables.get(found[1], found[0]), written)


def _matrix(parallel: tuple[Any, Place] | None) -> Iterator[dict[str, str]]:
    entries = items(mapping(parallel[0]).get("matrix")) if parallel else ()
    if not entries:
        yield {}
    for entry in entries:
        axes = {key: list(items(value)) for key, value in mapping(entry).items()}
        yield from (texts(chosen) for chosen in combinations(axes, _MAX_MATRIX))


def _conditions(chain: Sequence[tuple[Mapping[str, Any], Place]]) -> Iterator[str]:
    """Give what says when a job runs, as one text: the refs of ``only``, the conditions of ``rules``."""
    only, rules = _first(chain, "only"), _first(chain, "rules")
    if only:
        refs = mapping(only[0]).get("refs", only[0]) if isinstance(only[0], Mapping) else only[0]
        yield from (text(ref) for ref in items(refs))
    for rule in items(rules[0]) if rules else ():
        if mapping(rule).get("when") != "never":
            yield text(mapping(rule).get("if"))


def _images(config: _Config, chain: Sequence[tuple[Mapping[str, Any], Place]]) -> Iterator[str]:
    for key in ("image", "services"):
        found = _first(chain, key) or next(config.holders("default", key), None) or next(config.holders(key), None)
        for entry in items(found[0]) if found else ():
            yield text(entry) or text(mapping(entry).get("name"))


def _scripts(config: _Config, chain: Sequence[tuple[Mapping[str, Any], Place]]) -> Iterator[Script]:
    """Give the job's commands in the order in which they run."""
    for key in ("before_script", "script", "after_script"):
        found = _first(chain, key)
        if found is None and key != "script":
            found = next(config.holders("default", key), None) or next(config.holders(key), None)
        if found is not None:
            yield from _entries(config, found[0], found[1], 0)


def _entries(config: _Config, value: Any, place: Place, depth: int) -> Iterator[Script]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        yield Script(value, place)
    for at, entry in enumerate(value if isinstance(value, list) else ()):
        referred = _referred(config, entry)
        if isinstance(entry, str):
            yield Script(entry, place.below(at))
        elif referred:
            if config.may_follow(place.path):
                yield from _entries(config, referred[0], referred[1], depth + 1)
        else:
            yield from _entries(config, entry, place.below(at), depth + 1)


def _referred(config: _Config, entry: Any) -> tuple[Any, Place] | None:
    """Give what a ``!reference`` names; None for a list of commands, as an alias gives it."""
    if isinstance(entry, list) and len(entry) > 1 and all(isinstance(part, str) for part in entry):
        return next(config.holders(*entry), None)
    return None
