"""CI pipelines: what GitHub Actions, GitLab CI, CircleCI, Jenkins, Azure, Bitbucket, Drone, Woodpecker and Tekton run.

In: the source tree. Out: pipelines with their jobs, steps and scripts, the commands that a job runs, their places, and
a gap for each part that could not be read. Nothing is run, and nothing outside the repository is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitlint_ops.repo.pipelines.actions import action_command
from gitlint_ops.repo.pipelines.azure import AZURE_FILE, read_azure
from gitlint_ops.repo.pipelines.bitbucket import read_bitbucket
from gitlint_ops.repo.pipelines.circleci import read_circleci
from gitlint_ops.repo.pipelines.commands import Command, resolve, step_commands
from gitlint_ops.repo.pipelines.drone import WOODPECKER_FILE, read_drone, read_woodpecker
from gitlint_ops.repo.pipelines.github import read_github
from gitlint_ops.repo.pipelines.gitlab import read_gitlab
from gitlint_ops.repo.pipelines.jenkins import read_jenkins
from gitlint_ops.repo.pipelines.model import Gap, Job, Pipeline, Pipelines, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.places import command_span, span_of
from gitlint_ops.repo.pipelines.reading import Reading
from gitlint_ops.repo.pipelines.shell import RawCommand, parse_shell
from gitlint_ops.repo.pipelines.tekton import read_tekton
from gitlint_ops.source import SourceTree

_FILE = re.compile(
    r"^\.github/(workflows/[^/]+|actions/.+/action)\.ya?ml$|^\.gitlab-ci\.yml$|^\.circleci/[^/]+\.ya?ml$"
    r"|^bitbucket-pipelines\.yml$|^\.drone\.ya?ml$"
)
_OWN_FILES = frozenset(
    {"make", "gmake", "task", "just", "mage", "earthly", "docker-compose", "docker compose", "docker buildx bake"}
)
"""Programs that run what a file of the repository says; no other gap names that what they do is not checked."""
_FILES = (_FILE, AZURE_FILE, WOODPECKER_FILE)
_READERS = (
    read_github,
    read_gitlab,
    read_circleci,
    read_azure,
    read_jenkins,
    read_bitbucket,
    read_drone,
    read_woodpecker,
    read_tekton,
)

__all__ = [
    "Command",
    "Gap",
    "Job",
    "Pipeline",
    "Pipelines",
    "Place",
    "Script",
    "Step",
    "Triggers",
    "command_span",
    "commands_of",
    "find_pipelines",
    "resolve",
    "span_of",
]


def find_pipelines(tree: SourceTree) -> Pipelines:
    """Give every pipeline and the gaps, each once."""
    pipelines: list[Pipeline] = []
    gaps: list[Gap] = []
    for read in _READERS:
        reading = Reading(tree)
        pipelines += read(reading)
        gaps += reading.gaps
    gaps += _broken_files(tree)
    gaps += [gap for pipeline in pipelines for gap in _unread_scripts(pipeline)]
    return Pipelines(tuple(pipelines), tuple(dict.fromkeys(gaps)))


def _broken_files(tree: SourceTree) -> Iterator[Gap]:
    """Give the pipeline files that are no YAML, or that could not be read at all."""
    for path in tree.files:
        problems = tree.read(path).problems if any(known.search(path) for known in _FILES) else ()
        stopped = next((problem for problem in problems if problem.kind != "duplicate-key"), None)
        if stopped is not None:
            where = f"line {stopped.span.line}: {stopped.message}"
            yield Gap(path, f"it cannot be read as YAML ({where}), so what it does is not checked")


def commands_of(tree: SourceTree, job: Job) -> tuple[Command, ...]:
    """Give the commands of a job in the order of its steps, those of known ready-made steps among them."""
    exported: dict[str, str] = {}
    found: list[Command] = []
    for step in job.steps:
        found += step_commands(tree, job, step, exported)
        found += action_command(step)
    return tuple(found)


def _unread_scripts(pipeline: Pipeline) -> Iterator[Gap]:
    """Give the scripts that are no shell text, or are cut off, and the programs in them whose own files are not read.

    Each program is named once a file, with the first job that runs it.
    """
    named: set[tuple[str, str]] = set()
    for job in pipeline.jobs:
        for script in (script for step in job.steps for script in step.scripts if script.dialect == "posix"):
            path, shell = script.place.path, parse_shell(script.text)
            if shell.problem:
                yield Gap(path, f"a script of the job {job.name} does not parse as shell: {shell.problem}")
            for program in map(_unfollowed, shell.commands):
                if program and (path, program) not in named:
                    named.add((path, program))
                    yield Gap(path, f"the job {job.name} runs {program}, whose own file is not read")


def _unfollowed(command: RawCommand) -> str:
    """Give the program that does what a file of its own says (a Makefile, a compose file); '' for any other."""
    words = [word.expanded({}) for word in command.words]
    names = (" ".join(words[:count]) for count in (1, 2, 3))
    return next((name for name in names if name in _OWN_FILES), "")
