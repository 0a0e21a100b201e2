"""The commands that a job runs: its scripts followed in order, with their folders, variables and pipes.

Known variables are filled in, wrappers (``sudo``, ``xargs``, ``bash -c``) are taken off, and a script file of the
repository that a step runs is read too, one level deep.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitlint_ops.repo.pipelines.model import Job, Place, Script, Step
from gitlint_ops.repo.pipelines.shell import RawCommand, Substitution, Word, parse_shell
from gitlint_ops.source import SourceTree

MAX_WORDS = 1_000
"""A variable that holds a list is taken apart as long as the command has fewer words than this."""
UNKNOWN_FOLDER = ""
"""The folder of a command that runs where this repository's files are not, or nobody knows where."""
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)\+?=(?P<value>.*)", re.DOTALL)
_DECLARING = frozenset({"export", "declare", "local", "readonly", "typeset"})
_WRAPPERS: Mapping[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "-h", "-p"}),
    "env": frozenset({"-u", "-C"}),
    "time": frozenset(),
    "exec": frozenset(),
    "command": frozenset(),
    "nohup": frozenset(),
    "nice": frozenset({"-n"}),
    "timeout": frozenset({"-k", "-s"}),
    "xargs": frozenset({"-I", "-n", "-P", "-d", "-L", "-s", "-a", "-E"}),
    "retry": frozenset({"-t", "-s", "-m", "-d"}),
}
"""Programs that run another one, with those of their options that take a value."""
_DURATION = re.compile(r"\d+(\.\d+)?[smhd]?")
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash", "ksh"})
_NESTED_DEPTH = 3
_ROOTS = frozenset(
    {
        "${GITHUB_WORKSPACE}",
        "${CI_PROJECT_DIR}",
        "${CIRCLE_WORKING_DIRECTORY}",
        "${BITBUCKET_CLONE_DIR}",
        "${DRONE_WORKSPACE}",
        "${CI_WORKSPACE}",
        "${WORKSPACE}",
        "${BUILD_SOURCESDIRECTORY}",
        "$(Build.SourcesDirectory)",
        "$(System.DefaultWorkingDirectory)",
        "${{ github.workspace }}",
        "$(git rev-parse --show-toplevel)",
        "$(pwd)",
        "${PWD}",
    }
)
"""How the CI systems write the folder of the checked-out repository."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a job, its program first."""

    words: tuple[str, ...]
    script: Script
    line: int
    """The 1-based line within the script's text."""
    step: Step
    folder: str = "."
    """Where it runs, relative to the repository; ``''`` where that is unknown or elsewhere."""
    stdin: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    source: Command | None = None
    """The command that feeds this one through a pipe."""
    callers: tuple[Place, ...] = ()
    """The steps that lead here, where the command does not stand in the job itself."""

    @property
    def program(self) -> str:
        """The program's name without its folder or a Windows ending."""
        return self.words[0].rpartition("/")[2].removesuffix(".exe") if self.words else ""


def step_commands(tree: SourceTree, job: Job, step: Step, exported: dict[str, str]) -> Iterator[Command]:
    """Give the commands of a step's scripts; ``exported`` collects what the step hands to those after it."""
    variables = {**job.variables, **exported, **step.variables}
    shell = _Shell(tree, step, variables, exported, step.folder)
    for script in step.scripts:
        yield from shell.run(script)


def resolve(folder: str, path: str) -> str:
    """Give a path of a command as the repository's own, ``''`` where it leaves it, is a URL or is not known."""
    for root in _ROOTS:
        if path == root or path.startswith(f"{root}/"):
            folder, path = ".", path[len(root) :].lstrip("/") or "."
    if folder == UNKNOWN_FOLDER or path.startswith(("/", "~", "$", "-")) or "://" in path or not path:
        return ""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined.startswith("..") else joined


@dataclass(slots=True)
class _Shell:
    """A running shell, as far as its text tells."""

    tree: SourceTree
    step: Step
    variables: dict[str, str]
    exported: dict[str, str]
    """What ``$GITHUB_ENV`` hands to the steps that follow."""
    folder: str
    elsewhere: set[str] = field(default_factory=set)
    """Folders that hold another repository, cloned by the job."""
    depth: int = 0
    callers: tuple[Place, ...] = ()

    def __post_init__(self) -> None:
        self.callers = self.callers or ((self.step.caller,) if self.step.caller else ())

    def run(self, script: Script, first_line: int = 0) -> Iterator[Command]:
        """Give the commands of a script; ``first_line`` counts on where the text stands inside another."""
        before: list[Command] = []
        for raw in parse_shell(_posix(script)).commands:
            found = list(self._run_one(raw, script, first_line, before[-1] if raw.piped and before else None))
            before = found or before
            yield from found

    def _run_one(self, raw: RawCommand, script: Script, first_line: int, source: Command | None) -> Iterator[Command]:
        yield from self._substituted(raw, script, first_line)
        words = self._without_assignments(self._expand(raw.words))
        if not words:
            return
        command = Command(
            words=tuple(words),
            script=script,
            line=first_line + raw.line,
            step=self.step,
            folder=self.folder,
            stdin=raw.stdin,
            inputs=tuple(word.expanded(self.variables) for word in raw.inputs),
            outputs=tuple(word.expanded(self.variables) for word in raw.outputs),
            source=source,
            callers=self.callers,
        )
        yield from self._unwrapped(command)

    def _expand(self, words: Sequence[Word]) -> list[str]:
        expanded: list[str] = []
        for word in words:
            text = word.expanded(self.variables)
            is_list = word.is_lone_variable and " " in text and not text.startswith("${{") and len(expanded) < MAX_WORDS
            expanded += text.split() if is_list else [text]
        return expanded

    def _substituted(self, raw: RawCommand, script: Script, first_line: int) -> Iterator[Command]:
        """Give the commands inside the words' substitutions."""
        if self.depth < _NESTED_DEPTH:
            for word in raw.words:
                for part in word.parts:
                    if isinstance(part, Substitution):
                        inner = replace(script, text=part.text)
                        yield from self._inside(inner, script, first_line + part.line - 1)

    def _inside(self, inner: Script, script: Script, first_line: int) -> Iterator[Command]:
        """Run a text that stands inside a script; its commands are the script's."""
        below = _Shell(self.tree, self.step, self.variables, self.exported, self.folder, self.elsewhere, self.depth + 1)
        below.callers = self.callers
        for command in below.run(inner, first_line):
            yield replace(command, script=script) if command.script is inner else command

    def _without_assignments(self, words: list[str]) -> list[str]:
        """Take off leading assignments; those without a command after them, and exports, are remembered."""
        at = 0
        while at < len(words) and _ASSIGNMENT.fullmatch(words[at]):
            at += 1
        if at == len(words):
            self._assign(words)
        elif words[at] in _DECLARING:
            self._assign(words[at + 1 :])
        return words[at:]

    def _assign(self, words: Sequence[str]) -> None:
        for word in words:
            found = _ASSIGNMENT.fullmatch(word)
            if found:
                self.variables[found["name"]] = found["value"]

    def _unwrapped(self, command: Command) -> Iterator[Command]:
        words = _unwrap(list(command.words))
        command = replace(command, words=tuple(words))
        inner = _nested_text(command) if self.depth < _NESTED_DEPTH else ""
        file = self._script_file(command)
        if not words:
            return
        if inner:
            yield from self._inside(replace(command.script, text=inner), command.script, command.line - 1)
        elif file:
            yield command
            yield from self._file(file)
        else:
            self._follow(command)
            yield command

    def _follow(self, command: Command) -> None:
        """Take over what a command changes for those after it: the folder, a cloned repository, exported variables."""
        if command.program in ("cd", "pushd"):
            self._enter(command.words[1] if len(command.words) > 1 else "~")
        elif command.words[:2] == ("git", "clone"):
            places = [word for word in command.words[2:] if not word.startswith("-")]
            if places:
                self.elsewhere.add(posixpath.basename(places[-1].rstrip("/")).removesuffix(".git"))
        elif command.program == "echo" and "${GITHUB_ENV}" in command.outputs and len(command.words) > 1:
            found = _ASSIGNMENT.fullmatch(command.words[1])
            if found:
                self.exported[found["name"]] = found["value"]

    def _enter(self, path: str) -> None:
        if self.elsewhere.intersection(path.split("/")) or path == "-":
            self.folder = UNKNOWN_FOLDER
            return
        self.folder = resolve(self.folder, path)

    def _script_file(self, command: Command) -> str:
        """Give the repository's script file that a command runs, '' for none."""
        if command.callers != self.callers or self.depth or len(self.callers) > 1:
            return ""
        words = command.words
        if words and (words[0] in _SHELLS or words[0] in ("source", ".")):
            words = tuple(word for word in words[1:] if not word.startswith("-"))
        path = resolve(self.folder, words[0]) if words and ("/" in words[0] or words != command.words) else ""
        is_shell = path.endswith((".sh", ".bash")) or "." not in posixpath.basename(path)
        return path if path and is_shell and self.tree.is_file(path) else ""

    def _file(self, path: str) -> Iterator[Command]:
        script = Script(self.tree.text(path), Place(path, line=1))
        called = replace(self, callers=(*self.callers, self.step.place), depth=1, variables=dict(self.variables))
        yield from called.run(script)


def _posix(script: Script) -> str:
    """Give a script's text with its continued lines as a POSIX shell writes them."""
    return (
        re.sub(r"`[ \t]*$", r"\\", script.text, flags=re.MULTILINE) if script.dialect == "powershell" else script.text
    )


def _unwrap(words: list[str]) -> list[str]:
    """Take off the programs that only run another one, with their options."""
    while words and words[0].rpartition("/")[2] in _WRAPPERS:
        takes_value = _WRAPPERS[words[0].rpartition("/")[2]]
        rest = words[1:]
        while rest and (rest[0].startswith("-") or _ASSIGNMENT.fullmatch(rest[0]) or _DURATION.fullmatch(rest[0])):
            rest = rest[2:] if rest[0] in takes_value else rest[1:]
        words = rest
    return words


def _nested_text(command: Command) -> str:
    """Give the shell text that a command runs: ``bash -c``, ``eval``, ``ssh host``; '' for any other command."""
    words = command.words
    if command.program in _SHELLS and len(words) > 2:
        flag = next((at for at, word in enumerate(words) if re.fullmatch(r"-[a-z]*c", word)), 0)
        return words[flag + 1] if flag and flag + 1 < len(words) else ""
    if command.program == "eval":
        return " ".join(words[1:])
    if command.program == "ssh":
        return command.stdin or (words[-1] if " " in words[-1] else "")
    return command.stdin if command.program in _SHELLS and len(words) == 1 else ""
