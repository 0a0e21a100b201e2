"""A check for pipelines that push an image under names which the next run moves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.image_reference import mutability
from gitlint_ops.lint.checks.pipeline_runs import JobRun, callers_of, job_runs, place_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.pipelines.image_pushes import PushedImage, has_digest, pushed_images
from gitlint_ops.repo.pipelines.tags import EXPRESSION, is_for_tags, metadata_step, metadata_tags, movement
from gitlint_ops.repo.pipelines.values import text

_SHOWN = 3
_TAG_EXAMPLES = {
    "GitHub Actions": "${{ github.sha }}",
    "GitLab CI": "$CI_COMMIT_SHA",
    "CircleCI": "$CIRCLE_SHA1",
    "Jenkins": "$GIT_COMMIT",
    "Azure Pipelines": "$(Build.SourceVersion)",
    "Bitbucket Pipelines": "$BITBUCKET_COMMIT",
    "Drone": "$DRONE_COMMIT_SHA",
    "Woodpecker": "$CI_COMMIT_SHA",
    "Tekton": "$(tasks.clone.results.commit)",
}


@dataclass(slots=True)
class _Image:
    """All pushes of one image name in a pipeline."""

    moving: list[tuple[JobRun, PushedImage]] = field(default_factory=list)
    settled: bool = False
    """Whether some push gives the image a name that stays, or one that nobody here can judge."""


def ci_mutable_push(context: CheckContext) -> Iterator[Violation]:
    """Report images that a pipeline pushes under mutable tags only, once for each image, at its last push."""
    by_pipeline: dict[str, list[JobRun]] = {}
    for run in job_runs(context):
        by_pipeline.setdefault(run.pipeline.path, []).append(run)
    for runs in by_pipeline.values():
        if runs[0].pipeline.triggers.only_pull_requests or has_digest(list(_texts(runs))):
            continue
        for image in _images(context, runs).values():
            if image.moving and not image.settled:
                yield _violation(context, image)


def _texts(runs: Sequence[JobRun]) -> Iterator[str]:
    for run in runs:
        for step in run.job.steps:
            yield from (script.text for script in step.scripts)
            yield from (text(value) for value in step.inputs.values())


def _images(context: CheckContext, runs: Sequence[JobRun]) -> dict[str, _Image]:
    found: dict[str, _Image] = {}
    for run in runs:
        for command in run.commands:
            for pushed in pushed_images(command):
                on_tags = _on_tags(run, pushed)
                for named in _resolved(run, pushed, on_tags=on_tags):
                    image = found.setdefault(_key(named.name), _Image())
                    if _settles(context, named, on_tags=on_tags):
                        image.settled = True
                    elif not named.exists:
                        image.moving.append((run, named))
    return found


def _key(name: str) -> str:
    """Give what is equal for two mentions of an image; a variable in its name stands for itself."""
    return name.strip("\"' ").lower()


def _on_tags(run: JobRun, pushed: PushedImage) -> bool:
    conditions = [run.job.condition, pushed.command.step.condition]
    return run.pipeline.triggers.tags or is_for_tags([condition for condition in conditions if condition])


def _resolved(run: JobRun, pushed: PushedImage, *, on_tags: bool) -> Iterator[PushedImage]:
    """Give the images behind the outputs of docker/metadata-action; any other image as it is."""
    step = metadata_step(pushed.written)
    made = next((s for s in run.job.steps if step and s.id == step), None)
    tags = list(metadata_tags(made.action, made.inputs, on_tags=on_tags)) if made is not None else []
    if made is None or not tags:
        yield pushed
        return
    name = text(made.inputs.get("images")).split("\n")[0].strip() or pushed.name
    for tag in tags:
        yield replace(pushed, name=name, tag=tag, written=f"{name}:{tag}")


def _settles(context: CheckContext, pushed: PushedImage, *, on_tags: bool) -> bool:
    """Whether a push leaves the image under a name that stays; what cannot be judged is given the benefit."""
    allowed = (fnmatchcase(pushed.name, glob) for glob in context.options["allow"])
    if pushed.digest or any(allowed):
        return True
    if not pushed.tag:
        return EXPRESSION.fullmatch(pushed.written.strip()) is not None
    kind = movement(pushed.tag, on_tags=on_tags)
    if kind == "plain":
        return not mutability(pushed.tag, "major-minor")
    if kind == "moving":
        # A full version or a date beside the branch's name still names one image.
        rest = EXPRESSION.sub("", pushed.tag)
        return bool(re.search(r"\d+\.\d+\.\d+", rest))
    return True


def _violation(context: CheckContext, image: _Image) -> Violation:
    run, last = image.moving[-1]
    shown = list(dict.fromkeys(_shown(pushed) for _, pushed in image.moving))
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    only = "only under the tag" if len(shown) == 1 else "only under the tags"
    message = (
        f"{run.name} pushes {last.name} {only} {', '.join(shown[:_SHOWN])}{more}, which the next run moves: no later "
        "review can say what was deployed, and a rollback brings nothing back. Push it under the commit too "
        f"({last.name}:{_TAG_EXAMPLES[run.pipeline.system]}), and deploy that tag or the digest"
    )
    return Violation(message, span=place_of(context, last.command), related=callers_of(context, run, last.command))


def _shown(pushed: PushedImage) -> str:
    return pushed.tag or "latest"
