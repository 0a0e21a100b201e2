"""Edits of a repository's files as hypothesis draws them: any line, any file, several at once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml
from hypothesis import strategies as st

from tests.repositories import LINK

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
Files = Mapping[str, str]
_EDITABLE = (".yaml", ".tpl", ".env")
_SCALAR = re.compile(r"^(?P<before>\s*(?:- )?(?:[\w./-]+: )?)(?P<value>[^\s#:&*|>{\[][^#]*?)(?P<after>\s*(?:#.*)?)$")
_ADDED = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: added\ndata:\n  level: info\n"
_WORDS = {"true": "false", "false": "true"}
_ESTATE = "estate"
_SOUGHT = {
    ".argocd-source.yaml": "kustomize: {namePrefix: x-}\n",
    ".helmignore": "files/\n",
    ".sourceignore": "/below\n",
    "Kustomization": "namePrefix: y-\n",
    "absent.yaml": _ADDED,
    "kustomization.yml": "namePrefix: z-\n",
    "values.yaml": "level: warning\n",
}
"""Names that controllers look for, where they may not be, and what comes there."""


class Edit(NamedTuple):
    """What to do, in which file, and where in it; numbers count round."""

    what: str
    file: int
    line: int


def files_of(fixture: str) -> dict[str, str]:
    """Give the text of each file of a fixture, or of the estate."""
    if fixture == _ESTATE:
        estate: dict[str, str] = yaml.safe_load(Path(__file__).with_name("estate.yaml").read_text("utf-8"))
        return estate
    root = FIXTURES / fixture
    return {p.relative_to(root).as_posix(): p.read_text("utf-8") for p in sorted(root.rglob("*")) if p.is_file()}


def edited(files: Files, edits: list[Edit]) -> dict[str, str]:
    """Apply edits one after the other."""
    result = dict(files)
    for edit in edits:
        names = sorted(name for name in result if name.endswith(_EDITABLE) and not name.startswith("."))
        if names:
            _EDITS[edit.what](result, names[edit.file % len(names)], edit.line)
    return result


def _set_scalar(files: dict[str, str], name: str, line: int) -> None:
    lines = files[name].splitlines()
    found = [(at, match) for at, text in enumerate(lines) if (match := _SCALAR.match(text))]
    if found:
        at, match = found[line % len(found)]
        lines[at] = match["before"] + _other(match["value"]) + match["after"]
        files[name] = "\n".join(lines) + "\n"


def _other(value: str) -> str:
    """Give another value of the same type: the next number, the other truth, a longer text."""
    if value in _WORDS:
        return _WORDS[value]
    if value.isdigit():
        return str(int(value) + 1)
    quote = value[-1] if value[-1] in "'\"" else ""
    return f"{value.removesuffix(quote)}{'2' if value[-2:-1].isdigit() or value[-1].isdigit() else 'x'}{quote}"


def _delete_line(files: dict[str, str], name: str, line: int) -> None:
    lines = files[name].splitlines(keepends=True)
    del lines[line % max(len(lines), 1) : line % max(len(lines), 1) + 1]
    files[name] = "".join(lines)


def _add_line(files: dict[str, str], name: str, line: int) -> None:
    """Repeat a list's element under another name: another resource, another variable."""
    lines = files[name].splitlines()
    found = [at for at, text in enumerate(lines) if text.lstrip().startswith("- ")]
    if found:
        at = found[line % len(found)]
        lines.insert(at, lines[at] + "x")
        files[name] = "\n".join(lines) + "\n"


def _delete_file(files: dict[str, str], name: str, line: int) -> None:
    del files[name]


def _add_file(files: dict[str, str], name: str, line: int) -> None:
    """Put an object beside a file, and list it where a kustomization does so."""
    folder = name.rpartition("/")[0]
    files[f"{folder}/added.yaml".lstrip("/")] = _ADDED
    for top in (f"{folder}/kustomization.yaml", "kustomization.yaml"):
        if line % 2 and "resources:\n" in files.get(top, ""):
            files[top] = files[top].replace("resources:\n", "resources:\n  - added.yaml\n", 1)


def _come(files: dict[str, str], name: str, line: int) -> None:
    """Put a file beside another that a controller looks for there."""
    sought = sorted(_SOUGHT)[line % len(_SOUGHT)]
    files.setdefault(f"{name.rpartition('/')[0]}/{sought}".lstrip("/"), _SOUGHT[sought])


def _move_object(files: dict[str, str], name: str, line: int) -> None:
    """Let another kustomization have a file, as a resource."""
    kustomizations = sorted(path for path in files if path.endswith("kustomization.yaml"))
    folder, _, base = name.rpartition("/")
    entry, old = f"  - {base}\n", f"{folder}/kustomization.yaml"
    if kustomizations and entry in files.get(old, ""):
        new = kustomizations[line % len(kustomizations)]
        files[old] = files[old].replace(entry, "", 1)
        files[f"{new.rpartition('/')[0]}/{base}".lstrip("/")] = files.pop(name)
        files[new] = files[new].replace("resources:\n", f"resources:\n{entry}", 1)


def _link_file(files: dict[str, str], name: str, line: int) -> None:
    """Put a symbolic link in the place of a file, to where it lies now: beside it, but for Helm, which reads it all."""
    folder, _, base = name.rpartition("/")
    above = "../" if folder.endswith("/templates") else ""
    files[posixpath.normpath(f"./{folder}/{above}{base}.real")] = files[name]
    files[name] = f"{LINK}{above}{base}.real"


def _rename_file(files: dict[str, str], name: str, line: int) -> None:
    files[name.replace(".yaml", "-moved.yaml")] = files.pop(name)


def _rename_folder(files: dict[str, str], name: str, line: int) -> None:
    _move(files, name.rpartition("/")[0], line, keep=False)


def _copy_folder(files: dict[str, str], name: str, line: int) -> None:
    """Make another environment of a folder."""
    _move(files, name.rpartition("/")[0], line, keep=True)


def _move(files: dict[str, str], folder: str, line: int, *, keep: bool) -> None:
    new = f"{folder.rpartition('/')[0]}/{('stage', 'qa')[line % 2]}".lstrip("/")
    for name in [name for name in files if folder and name.startswith(f"{folder}/")]:
        files[new + name.removeprefix(folder)] = files[name] if keep else files.pop(name)


_EDITS: Mapping[str, Callable[[dict[str, str], str, int], None]] = {
    "set": _set_scalar,
    "delete line": _delete_line,
    "add line": _add_line,
    "delete file": _delete_file,
    "add file": _add_file,
    "come": _come,
    "move object": _move_object,
    "link file": _link_file,
    "rename file": _rename_file,
    "rename folder": _rename_folder,
    "copy folder": _copy_folder,
}

EDITS = st.builds(
    Edit,
    # Most pull requests change values.
    what=st.sampled_from(["set", "set", "set", *_EDITS]),
    file=st.integers(0, 30),
    line=st.integers(0, 60),
)
CHANGES = st.tuples(
    st.sampled_from([_ESTATE, *sorted(folder.name for folder in FIXTURES.iterdir() if folder.name.endswith("-clean"))]),
    st.lists(EDITS, min_size=1, max_size=4),
    st.booleans(),
)
"""A fixture, what is done to it, and whether it is undone instead."""
