"""The types of CI pipelines: one model for every CI system.

Lines are 1-based. A step holds what a CI system runs: shell scripts, or a ready-made action with its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gitlint_ops.source import FieldPath

Dialect = Literal["posix", "powershell"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of a pipeline is written: a field of a YAML document, or a line of any other file."""

    path: str
    field_path: FieldPath = ()
    document: int = 0
    line: int = 0
    """The 1-based line, for files that are not YAML; 0 for a field."""

    def below(self, *keys: str | int) -> Place:
        """Give the place of a field inside this one."""
        return Place(self.path, (*self.field_path, *keys), self.document, self.line)


@dataclass(frozen=True, slots=True)
class Script:
    """A shell text and where it is written. ``place`` is the field that holds it, or the line on which it begins."""

    text: str = field(repr=False)
    place: Place
    dialect: Dialect = "posix"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job. Scripts of one step share a shell: its folder and its variables."""

    place: Place
    scripts: tuple[Script, ...] = ()
    action: str = ""
    """A ready-made step by its name in lower case, without a version: ``docker/build-push-action``."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    folder: str = "."
    """The folder in which it runs, relative to the repository's root."""
    variables: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    caller: Place | None = None
    """The step that calls the shared one (composite action, command, template) in which this one is written."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its steps in order, and what they share."""

    name: str
    place: Place
    steps: tuple[Step, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    """The deployment environment that the job names, '' for none."""
    condition: str = ""
    images: tuple[str, ...] = ()
    """The container images that the job runs in and beside."""


@dataclass(frozen=True, slots=True)
class Triggers:
    """What starts a pipeline. ``branches`` are name patterns, empty for any branch or where nothing is said."""

    branches: tuple[str, ...] = ()
    pushes: bool = True
    """Whether a push to a branch starts it."""
    tags: bool = False
    """Whether a pushed tag or a release starts it."""
    pull_requests: bool = False
    others: bool = False
    """Whether a person, a schedule or another pipeline starts it, which runs on the default branch."""

    @property
    def only_pull_requests(self) -> bool:
        """Whether it runs for pull requests and never for what is merged."""
        return self.pull_requests and not (self.pushes or self.tags or self.others)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline: the CI system's name as people write it, the file, its jobs."""

    system: str
    path: str
    jobs: tuple[Job, ...] = ()
    triggers: Triggers = Triggers()


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a pipeline that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Every pipeline of a repository, and what of them could not be read."""

    pipelines: tuple[Pipeline, ...] = ()
    gaps: tuple[Gap, ...] = ()
