"""The repository's CI jobs with their commands, for the checks of pipelines."""

from __future__ import annotations

from dataclasses import dataclass

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related
from gitlint_ops.repo.pipelines import Command, Job, Pipeline, command_span, commands_of, find_pipelines, span_of
from gitlint_ops.source import Span


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job of a pipeline and the commands that it runs, in order."""

    pipeline: Pipeline
    job: Job
    commands: tuple[Command, ...]

    @property
    def name(self) -> str:
        """The job as messages name it: ``the job deploy (GitHub Actions)``."""
        return f"the job {self.job.name} ({self.pipeline.system})"


def job_runs(context: CheckContext) -> tuple[JobRun, ...]:
    """Give every job of every pipeline, read once a run."""
    return context.once("pipeline-runs", lambda: tuple(_runs(context)))


def _runs(context: CheckContext) -> list[JobRun]:
    pipelines = find_pipelines(context.tree).pipelines
    return [JobRun(p, job, commands_of(context.tree, job)) for p in pipelines for job in p.jobs]


def place_of(context: CheckContext, command: Command) -> Span:
    """Give the line of a command."""
    return command_span(context.tree, command)


def callers_of(context: CheckContext, run: JobRun, command: Command) -> tuple[Related, ...]:
    """Give the steps that lead to a command which does not stand in the job itself."""
    return tuple(Related(span_of(context.tree, place), f"{run.name} calls it here") for place in command.callers)
