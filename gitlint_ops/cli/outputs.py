"""Where the results of ``check`` and ``diff`` go: one format to stdout or a file, any number of others to files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.streams import deliver
from gitlint_ops.report.formats import FORMATS, TEXT, Format

if TYPE_CHECKING:
    from gitlint_ops.lint.diff import Diff
    from gitlint_ops.lint.model import Report

_NAMED = re.compile(r"^([A-Za-z]+)=(.*)$", re.DOTALL)
_Formats = Mapping[str, Format]
_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Output:
    """A format, and the file it goes to (None: stdout)."""

    format: str
    path: Path | None = None


def plan_outputs(main: str, values: Iterable[str], formats: _Formats = FORMATS) -> tuple[Output, ...]:
    """Give the outputs, the main one first: ``main`` goes to stdout or to the one plain FILE among ``values``.

    Every other value is FORMAT=FILE. A file whose name looks like that is written as ``./name``. Raises CommandError
    for an unknown format, for two plain files, for a file that is named twice, and for text into a plain file that is
    named after another format.
    """
    pairs = [_parse(value, (TEXT, *formats)) for value in values]
    plain = [path for name, path in pairs if not name]
    if len(plain) > 1:
        raise CommandError(
            f"--output names two files for the {main} result: '{plain[0]}' and '{plain[1]}'",
            f"name the format of the others, as in --output html={plain[1]}",
        )
    if main == TEXT:
        _refuse_format_as_name(plain, formats)
    named = [Output(name, path) for name, path in pairs if name]
    outputs = (Output(main, plain[0] if plain else None), *named)
    _refuse_double([output.path for output in outputs if output.path])
    return outputs


def _parse(value: str, formats: tuple[str, ...]) -> tuple[str, Path]:
    """Give format and file; the format is '' for a plain file."""
    named = _NAMED.match(value)
    name, file = (named[1], named[2]) if named else ("", value)
    if name and name not in formats:
        from gitlint_ops.lint.loader import nearest

        raise CommandError(
            f"--output {value}: there is no format '{name}'{nearest(name, formats)}",
            f"a file of that name is written with --output ./{value}",
        )
    if not file:
        raise CommandError(f"--output {value}: no file is named", "name one, as in --output html=report.html")
    if Path(file).is_dir():
        raise CommandError(f"--output {value}: '{file}' is a folder", "name a file in it")
    return name, Path(file)


def _refuse_format_as_name(plain: Iterable[Path], formats: _Formats) -> None:
    for path in plain:
        name = path.suffix.removeprefix(".") or path.name
        if name in formats:
            file = path if path.suffix else f"gitlint-ops.{name}"
            raise CommandError(
                f"--output {path}: the text would go into a file of this name",
                f"for {name} in it: --output {name}={file}",
            )


def _refuse_double(paths: Iterable[Path]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise CommandError(f"--output names the file '{path}' twice", "give each format a file of its own")
        seen.add(path.resolve())


def show_layout(main: str, values: Iterable[str]) -> bool:
    """Tell whether any of the outputs shows the repository's layout. Raises as ``plan_outputs`` does."""
    return any(FORMATS[output.format].layout for output in plan_outputs(main, values) if output.format != TEXT)


def deliver_outputs(
    result: Report | Diff,
    outputs: Iterable[Output],
    as_text: Callable[[Path | None], str],
    formats: _Formats = FORMATS,
) -> None:
    """Make and deliver each output; ``as_text`` makes the text for a file (None: stdout), ``formats`` all others.

    The files come first, so that stdout ends with the verdict. Raises CommandError for a file that cannot be written.
    """
    for output in sorted(outputs, key=lambda output: output.path is None):
        form = formats.get(output.format)
        text = form.render(result) if form else as_text(output.path)
        deliver(text, output.path, commands=form is not None and form.commands)


def output_options(formats: _Formats = FORMATS) -> _Decorator:
    """Give the decorator that adds ``--format`` and ``--output``, which can be repeated."""
    readers = "; ".join(f"{name}: {form.purpose}" for name, form in formats.items())
    main = click.option(
        "--format",
        "output_format",
        type=click.Choice((TEXT, *formats)),
        default=TEXT,
        show_default=True,
        help=f"{TEXT}: people; {readers}.",
    )
    files = click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="[FORMAT=]FILE",
        help="Write the result to FILE (in one step), not to stdout; with FORMAT=, write that format too; repeatable.",
    )
    return lambda command: main(files(command))
