"""Commits that a job pushes: to which branch of which repository, and the files that it changed before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.repo.pipelines.arguments import parse_arguments
from gitlint_ops.repo.pipelines.commands import UNKNOWN_FOLDER, Command, resolve
from gitlint_ops.repo.pipelines.model import Pipeline, Step
from gitlint_ops.repo.pipelines.values import text

_PUSH_VALUES = frozenset({"-o", "--push-option", "--repo", "--receive-pack"})
_GLOBAL_VALUES = frozenset({"-C", "-c", "--git-dir", "--work-tree"})
_CURRENT = re.compile(
    r"^(?:HEAD|@|\$\{?(?:GITHUB_REF(?:_NAME)?|CI_COMMIT_(?:BRANCH|REF_NAME)|CI_DEFAULT_BRANCH|CIRCLE_BRANCH"
    r"|BITBUCKET_BRANCH|DRONE_BRANCH|BRANCH_NAME|GIT_BRANCH|BUILD_SOURCEBRANCH(?:NAME)?)\}?|\$\{\{\s*github\.(?:ref|ref_name|event\.repository\.default_branch)\s*\}\}"
    r"|\$\(Build\.SourceBranch(?:Name)?\)|\$\(git (?:branch --show-current|rev-parse --abbrev-ref HEAD)\))$"
)
_DEFAULT_NAMES = frozenset({"main", "master", "trunk"})
_EDITORS = frozenset(
    {
        "sed",
        "yq",
        "kustomize",
        "perl",
        "jq",
        "cp",
        "mv",
        "tee",
        "rsync",
        "envsubst",
        "cat",
        "echo",
        "helm",
        "awk",
        "crudini",
    }
)
_READING_ACTION = re.compile(
    r"checkout|lint|valid|test|scan|label|cache|upload|download|setup|login|comment|conftest|kubeconform|diff"
)
_PATH = re.compile(r"[\w.${}\[\]*/ -]+")


@dataclass(frozen=True, slots=True)
class GitPush:
    """A push of commits. ``branch`` is '' for the branch that the job runs on; ``foreign``: to another repository."""

    command: Command
    branch: str
    foreign: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A file that a job changes: its path in this repository, with globs for what is unknown; '' in another one."""

    path: str
    foreign: bool
    manifest: bool
    """Whether the way of the change says that it is a manifest: ``kustomize edit``, ``yq -i`` on a YAML file."""


def default_branch_pushes(pipeline: Pipeline, commands: Sequence[Command]) -> Iterator[GitPush]:
    """Give the pushes of a job that land on a default branch, as far as they say so."""
    checked_out = ""
    for command in commands:
        words = _git_words(command)
        if words[:1] in (["checkout"], ["switch"]):
            checked_out = _branch_after(words) or checked_out
        elif words[:1] == ["push"]:
            push = _push(command, words, checked_out)
            if push is not None and _is_default(pipeline, push):
                yield push


def _git_words(command: Command) -> list[str]:
    """Give the words after ``git`` and its global options; none for any other program."""
    if command.program != "git":
        return []
    words = list(command.words[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _GLOBAL_VALUES else words[1:]
    return words


def _branch_after(words: Sequence[str]) -> str:
    """Give the branch that a checkout leads to, '' where it takes files."""
    if "--" in words:
        return ""
    names = [word for word in words[1:] if not word.startswith("-")]
    return names[0] if names else ""


def _push(command: Command, words: Sequence[str], checked_out: str) -> GitPush | None:
    arguments = parse_arguments(words[1:], _PUSH_VALUES)
    if arguments.has("--dry-run", "-n", "--delete", "-d") or arguments.has("--tags"):
        return None
    remote, *refs = arguments.positional or ("",)
    branch = refs[0].removeprefix("+").rpartition(":")[2].removeprefix("refs/heads/") if refs else ""
    if branch.startswith("refs/tags/"):
        return None
    if not branch or _CURRENT.fullmatch(branch):
        branch = checked_out
    foreign = command.folder == UNKNOWN_FOLDER or _is_elsewhere(remote)
    return GitPush(command, "" if _CURRENT.fullmatch(branch) else branch, foreign)


def _is_elsewhere(remote: str) -> bool:
    """Whether a push goes to a repository that is named by a URL of its own."""
    own = re.search(r"github\.repository\b|GITHUB_REPOSITORY|CI_PROJECT_PATH|CI_SERVER_HOST|CI_REPOSITORY_URL", remote)
    return ("://" in remote or remote.startswith("git@")) and own is None


def _is_default(pipeline: Pipeline, push: GitPush) -> bool:
    triggers = pipeline.triggers
    if push.branch:
        return push.branch in _DEFAULT_NAMES or push.branch in triggers.branches
    if push.foreign:
        return True
    if triggers.only_pull_requests:
        return False
    on_default = not triggers.branches or bool(_DEFAULT_NAMES.intersection(triggers.branches))
    return triggers.others or (triggers.pushes and on_default)


def edits_of(steps: Sequence[Step], commands: Sequence[Command]) -> Iterator[Edit]:
    """Give the files that a job's commands and ready-made steps change, as far as their words name them."""
    for command in commands:
        yield from _command_edits(command)
    for step in steps:
        if step.action and not _READING_ACTION.search(step.action):
            for value in step.inputs.values():
                yield from _named_paths(text(value))


def _command_edits(command: Command) -> Iterator[Edit]:
    words = command.words
    if words[:2] == ("kustomize", "edit"):
        yield _edit(command, "kustomization.yaml", manifest=True)
    elif command.program == "git" and words[1:2] == ("add",):
        yield from (_edit(command, word) for word in words[2:] if not word.startswith("-") and word != ".")
    elif command.program in ("yq", "sed", "perl") and any(
        re.match(r"-[a-zA-Z]*i|--in-?place|w$|write$", w) for w in words[1:4]
    ):
        yield from (_edit(command, word, manifest=True) for word in words[2:] if word.endswith((".yaml", ".yml")))
    elif command.program in ("cp", "mv", "rsync", "tee") and len(words) > 1:
        yield _edit(command, words[-1])
    if command.program in _EDITORS:
        yield from (_edit(command, word) for word in command.outputs if word.endswith((".yaml", ".yml")))


def _edit(command: Command, word: str, *, manifest: bool = False) -> Edit:
    path = resolve(command.folder, re.sub(r"^\$", "./$", word))
    return Edit(_glob(path), command.folder == UNKNOWN_FOLDER, manifest)


def _named_paths(value: str) -> Iterator[Edit]:
    """Give the paths that an input names, one a line or item."""
    for part in re.split(r"[\n,]+", value):
        path = resolve(".", _glob(part.strip()))
        if _PATH.fullmatch(path) and "/" in path:
            yield Edit(path, foreign=False, manifest=False)


def _glob(path: str) -> str:
    return re.sub(r"\$\{\{.{0,1000}?\}\}|\$\{[^}]{0,1000}\}|\$\([^)]{0,1000}\)|\$\w+", "*", path)
