"""Jenkinsfiles: the shell steps of declarative and scripted pipelines, as far as a line of Groovy can be trusted.

Read are the strings and the braces of the file: ``stage``, ``sh``, ``dir``, ``environment`` and the Docker steps. Code
that a shared library holds is a gap. Syntax: https://www.jenkins.io/doc/book/pipeline/syntax/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gitlint_ops.repo.pipelines.model import Dialect, Job, Pipeline, Place, Script, Step, Triggers
from gitlint_ops.repo.pipelines.reading import Reading, first_jobs

SYSTEM = "Jenkins"
_NAME = re.compile(r"(^|/)Jenkinsfile([._-][\w.-]+)?$|\.[jJ]enkinsfile$")
_OTHER_ENDINGS = (".md", ".yaml", ".yml", ".json")
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*(?:.*?\*/|.*)|^\#![^\n]*)"
    r"|(?P<triple>'''(?:\\.|(?!''')[^\\])*'''|\"\"\"(?:\\.|(?!\"\"\")[^\\])*\"\"\")"
    r"|(?!'''|\"\"\")(?P<single>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
    r"|(?P<brace>[{}()])"
    r"|(?P<word>[A-Za-z_@][\w.]*)"
    r"|(?P<other>=(?!=)|[:,\[\]])"
    r"|(?P<open>'''|\"\"\"|['\"])",
    re.DOTALL,
)
_SHELL_STEPS: Mapping[str, Dialect] = {"sh": "posix", "bat": "posix", "powershell": "powershell", "pwsh": "powershell"}
_PROPERTY = re.compile(r"\$\{(?:env|params)\.(\w+)\}|\$(?:env|params)\.(\w+)")
_ESCAPE = re.compile(r"\\(\r?\n|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_SYNTHETIC: Mapping[str, str] = {"docker.build": "docker build -t {}", "docker.image": "docker pull {}"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    interpolates: bool = False


@dataclass(slots=True)
class _Frame:
    """An open brace: the word before it, and the first string of that word's arguments."""

    word: str = ""
    argument: str = ""


@dataclass(slots=True)
class _Stage:
    name: str
    line: int
    steps: list[Step] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    path: str
    tokens: list[_Token]
    variables: dict[str, str] = field(default_factory=dict)
    stages: list[_Stage] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    """Variables that hold an image of the Docker plugin, with its name."""


def read_jenkins(reading: Reading) -> Iterator[Pipeline]:
    """Give the pipelines of the repository's Jenkinsfiles, in whatever folder they lie."""
    for path in reading.tree.files:
        if _NAME.search(path) and not path.endswith(_OTHER_ENDINGS):
            yield _pipeline(reading, path, reading.tree.text(path).replace("\r\n", "\n"))


def _pipeline(reading: Reading, path: str, text: str) -> Pipeline:
    tokens = list(_tokens(text))
    broken = next((token for token in tokens if token.kind == "open"), None)
    if broken is not None:
        reading.gap(path, f"the string that opens on line {broken.line} is not closed; what follows is not checked")
        tokens = tokens[: tokens.index(broken)]
    elif _depth(tokens):
        reading.gap(path, "its braces do not match, so stages may be told apart wrongly")
    library = re.search(r"@Library\(\s*\[?\s*['\"]([^'\"]+)|^\s*library[( ]\s*['\"]([^'\"]+)", text, re.MULTILINE)
    if library:
        name = library[1] or library[2]
        reading.gap(path, f"the shared library {name} is not in this repository, so what its steps do is not checked")
    reader = _Reader(path, tokens)
    _read(reader)
    jobs = first_jobs(_job(reader, stage) for stage in reader.stages if stage.steps)
    return Pipeline(SYSTEM, path, jobs, Triggers(pull_requests=True))


def _depth(tokens: list[_Token]) -> int:
    texts = [token.text for token in tokens if token.kind == "brace"]
    return texts.count("{") - texts.count("}")


def _tokens(text: str) -> Iterator[_Token]:
    line, at = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        kind = str(found.lastgroup)
        if kind in ("triple", "single"):
            width = 3 if kind == "triple" else 1
            inner = found[0][width:-width]
            yield _Token("string", _unescaped(inner), line, interpolates=found[0].startswith('"'))
        elif kind != "comment":
            yield _Token(kind, found[0], line)
        if kind == "open":
            return


def _unescaped(text: str) -> str:
    """Give a Groovy string's value; an escaped line end stays, so that a shell joins the lines and none is lost."""
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1] if found[1].strip() else found[0]), text)


def _read(reader: _Reader) -> None:
    for at, token in enumerate(reader.tokens):
        if token.text == "{" and token.kind == "brace":
            reader.frames.append(_frame(reader, at))
            _open_stage(reader, token)
        elif token.text == "}" and token.kind == "brace" and reader.frames:
            reader.frames.pop()
        elif token.kind == "word":
            _word(reader, at, token)


def _frame(reader: _Reader, at: int) -> _Frame:
    """Describe the block that opens: ``stage('Build') {``, ``dir("x") {``, ``steps {``."""
    back, argument = at - 1, ""
    if back >= 0 and reader.tokens[back].text == ")":
        while back >= 0 and reader.tokens[back].text != "(":
            argument = reader.tokens[back].text if reader.tokens[back].kind == "string" else argument
            back -= 1
        back -= 1
    word = reader.tokens[back] if back >= 0 else None
    return _Frame(word.text if word is not None and word.kind == "word" else "", argument)


def _open_stage(reader: _Reader, token: _Token) -> None:
    if reader.frames[-1].word == "stage":
        reader.stages.append(_Stage(reader.frames[-1].argument or "the stage", token.line))


def _stage(reader: _Reader, line: int) -> _Stage:
    """Give the stage in which a step stands; a step outside of all stages has one of its own."""
    if not reader.stages:
        reader.stages.append(_Stage("the pipeline", line))
    return reader.stages[-1]


def _word(reader: _Reader, at: int, token: _Token) -> None:
    block = reader.frames[-1].word if reader.frames else ""
    if token.text in _SHELL_STEPS:
        _shell_step(reader, at, token)
    elif block == "environment" or _is_definition(reader, at):
        _define(reader, at, token)
    elif block in ("when", "allOf", "anyOf", "not") and reader.stages:
        reader.stages[-1].conditions += [token.text, *_strings(reader, at)]
    elif token.text in _SYNTHETIC or token.text.endswith(".push"):
        _docker_step(reader, at, token)


def _is_definition(reader: _Reader, at: int) -> bool:
    return at > 0 and reader.tokens[at - 1].text in ("def", "String")


def _define(reader: _Reader, at: int, token: _Token) -> None:
    """Remember a variable with a plain text, and an image that the Docker plugin builds."""
    following = reader.tokens[at + 1 : at + 5]
    if len(following) < 2 or following[0].text != "=":
        return
    if following[1].kind == "string":
        reader.variables[token.text.rpartition(".")[2]] = _properties(following[1])
    elif following[1].text in _SYNTHETIC:
        reader.images[token.text] = next((_properties(t) for t in following[2:] if t.kind == "string"), "")


def _strings(reader: _Reader, at: int) -> list[str]:
    """Give the strings on the same line after a word."""
    line = reader.tokens[at].line
    return [token.text for token in reader.tokens[at + 1 : at + 6] if token.kind == "string" and token.line == line]


def _properties(token: _Token) -> str:
    """Give a string with ``${env.NAME}`` as a shell writes it."""
    return _PROPERTY.sub(lambda found: f"${{{found[1] or found[2]}}}", token.text) if token.interpolates else token.text


def _shell_step(reader: _Reader, at: int, token: _Token) -> None:
    """Take ``sh '…'``, ``sh(script: '…')`` and ``sh label: '…', script: '…'``."""
    script = _argument(reader, at)
    if script is not None:
        dialect = _SHELL_STEPS[token.text]
        _add(reader, token.line, Script(_properties(script), Place(reader.path, line=script.line), dialect))


def _argument(reader: _Reader, at: int) -> _Token | None:
    """Give the string that is the script: the one after ``script:``, else the only one."""
    inside = reader.tokens[at + 1 : at + 14]
    if inside and inside[0].text == "(":
        inside = inside[1:]
    if inside and inside[0].kind == "string":
        return inside[0]
    for index, token in enumerate(inside[:-2]):
        if token.text == "script" and inside[index + 1].text == ":":
            return inside[index + 2] if inside[index + 2].kind == "string" else None
        if token.kind == "brace":
            break
    return None


def _docker_step(reader: _Reader, at: int, token: _Token) -> None:
    """Write the Docker plugin's steps as the commands that they run."""
    names = _strings(reader, at)
    if token.text in _SYNTHETIC and names:
        text = _SYNTHETIC[token.text].format(names[0])
        definition = reader.tokens[at - 2] if at > 1 and reader.tokens[at - 1].text == "=" else None
        if definition is not None:
            reader.images[definition.text] = names[0]
    elif token.text.endswith(".push"):
        image = reader.images.get(token.text.removesuffix(".push"), "")
        text = _pushed(image, names[0] if names else "")
    else:
        return
    if text:
        _add(reader, token.line, Script(_PROPERTY.sub(r"${\1\2}", text), Place(reader.path, line=token.line)))


def _pushed(image: str, tag: str) -> str:
    head, slash, last = image.rpartition("/")
    name, _, own = last.partition(":")
    return f'docker push "{head}{slash}{name}:{tag or own or "latest"}"' if image else ""


def _add(reader: _Reader, line: int, script: Script) -> None:
    folders = [frame.argument for frame in reader.frames if frame.word == "dir" and frame.argument]
    folder = "/".join(folders) or "."
    step = Step(Place(reader.path, line=line), (script,), folder=folder, variables=dict(reader.variables))
    _stage(reader, line).steps.append(step)


def _job(reader: _Reader, stage: _Stage) -> Job:
    return Job(
        name=stage.name,
        place=Place(reader.path, line=stage.line),
        steps=tuple(stage.steps),
        variables=reader.variables,
        condition=" ".join(stage.conditions),
    )
