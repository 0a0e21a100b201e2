"""What the variables and actions of CI systems put into an image's tag: a fixed version, a moving name, or unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from gitlint_ops.repo.pipelines.values import text

Movement = Literal["fixed", "moving", "unknown", "plain"]
"""``plain``: no variable at all; the words have to be judged."""

EXPRESSION = re.compile(
    r"\$\{\{(?P<expression>.{0,1000}?)\}\}|\$\{(?P<braced>[^}]{0,1000})\}|\$\((?P<command>[^)]{0,1000})\)|\$(?P<name>\w+)"
)
_FIXED = re.compile(
    r"\bgithub\.(?:sha|run_id|run_number|run_attempt|event\.(?:pull_request\.head\.sha|release\.tag_name|after))"
    r"|^(?:GITHUB_(?:SHA|RUN_ID|RUN_NUMBER)|CI_COMMIT_(?:SHA|SHORT_SHA|TAG|TIMESTAMP)|CI_(?:PIPELINE_I?ID|JOB_ID|BUILD_ID)"
    r"|CIRCLE_(?:SHA1|BUILD_NUM|TAG|WORKFLOW_ID|PIPELINE_NUM)|GIT_COMMIT|BUILD_(?:NUMBER|ID|TAG|BUILDID|BUILDNUMBER|SOURCEVERSION)"
    r"|BITBUCKET_(?:COMMIT|TAG|BUILD_NUMBER|PIPELINE_UUID)|DRONE_(?:COMMIT(?:_SHA)?|TAG|BUILD_NUMBER|SEMVER)"
    r"|CI_PIPELINE_NUMBER|TAG_NAME|Build\.(?:BuildId|BuildNumber|SourceVersion))\b"
    r"|\bgit\s+(?:rev-parse|describe|log|show)\b|\bdate\b|\b(?:short_?)?sha\b|sha256|version|digest|timestamp|semver",
    re.IGNORECASE,
)
_MOVING = re.compile(
    r"\bgithub\.(?:ref_name|head_ref|base_ref|event\.repository\.default_branch)$"
    r"|^(?:GITHUB_(?:REF_NAME|HEAD_REF|BASE_REF|REF_SLUG)|CI_COMMIT_(?:REF_NAME|REF_SLUG|BRANCH)|CI_DEFAULT_BRANCH"
    r"|BITBUCKET_BRANCH|DRONE_(?:BRANCH|COMMIT_BRANCH|SOURCE_BRANCH)|CI_ENVIRONMENT_(?:NAME|SLUG)|CIRCLE_BRANCH|BRANCH_NAME|GIT_BRANCH|(?:env\.)?BRANCH|Build\.SourceBranch(?:Name)?"
    r"|BUILD_SOURCEBRANCH(?:NAME)?|GIT_LOCAL_BRANCH)$|git\s+(?:branch|rev-parse\s+--abbrev-ref|symbolic-ref)\b",
    re.IGNORECASE,
)
_META = re.compile(r"steps\.(?P<step>[\w-]+)\.outputs\.(?P<output>tags|version|json|labels)\b")
_META_ACTION = "docker/metadata-action"
_BRANCH = "${{ branch }}"
"""What stands for the name of the branch that is built."""
_META_DEFAULT = ("type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr")


def movement(tag: str, *, on_tags: bool) -> Movement:
    """Say what the variables of a tag make of it; ``on_tags``: the pipeline runs for pushed tags, a ref may be one."""
    found = [_variable(match, on_tags=on_tags) for match in EXPRESSION.finditer(tag)]
    if not found:
        return "plain"
    if "fixed" in found:
        return "fixed"
    return "unknown" if "unknown" in found else "moving"


def _variable(found: re.Match[str], *, on_tags: bool) -> Movement:
    if found[0] == _BRANCH:
        return "moving"
    name = next(group for group in found.groups() if group is not None).strip()
    if _MOVING.search(name.partition(":")[0].strip()):
        return "unknown" if on_tags else "moving"
    return "fixed" if _FIXED.search(name) else "unknown"


def metadata_step(tag: str) -> str:
    """Give the id of the step whose outputs a tag is, '' where it is no step's."""
    found = _META.search(tag)
    return found["step"] if found else ""


def metadata_tags(action: str, inputs: Any, *, on_tags: bool) -> Iterator[str]:
    """Give the tags that docker/metadata-action makes for a push to a branch or tag, in terms of other expressions.

    Source: https://github.com/docker/metadata-action#tags-input. Nothing for any other action.
    """
    if action != _META_ACTION:
        return
    lines = [line.strip() for line in text(inputs.get("tags")).splitlines() if line.strip()] or list(_META_DEFAULT)
    for line in lines:
        settings = (
            dict(part.partition("=")[::2] for part in line.split(","))
            if "=" in line
            else {"type": "raw", "value": line}
        )
        yield from _metadata_tag(settings, on_tags=on_tags)
    if on_tags and "latest=true" in text(inputs.get("flavor")):
        yield "latest"


def _metadata_tag(settings: dict[str, str], *, on_tags: bool) -> Iterator[str]:
    kind, value = settings.get("type", ""), settings.get("value", "")
    if kind in ("semver", "pep440", "match"):
        yield from ["${VERSION}"] if on_tags or value else []
    elif kind == "sha":
        yield "${{ github.sha }}"
    elif kind == "ref":
        event = settings.get("event", "")
        yield from {"branch": [_BRANCH], "tag": ["${VERSION}"] * on_tags}.get(event, [])
    elif kind == "schedule":
        pattern = settings.get("pattern", "nightly")
        yield "${VERSION}" if "{{date" in pattern else pattern
    elif kind in ("raw", "edge"):
        fixed = re.search(r"\{\{\s*(sha|date|commit_date|tag)", value)
        yield "${VERSION}" if fixed else value or settings.get("branch", "edge")


def is_for_tags(conditions: Sequence[str]) -> bool:
    """Whether a condition lets a job or step run for pushed tags."""
    return any(
        re.search(
            r"refs/tags|ref_type|(?:CI_COMMIT|CIRCLE|DRONE)_TAG|buildingTag|TAG_NAME|\btags\b|'tags'|release", condition
        )
        for condition in conditions
    )
