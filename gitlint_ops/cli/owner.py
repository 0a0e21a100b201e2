"""``gitlint-ops owner``: which delivery, unit, file and line own an object."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import LookOptions, format_option, look_of, look_options, network_option, root_options
from gitlint_ops.cli.session import open_context
from gitlint_ops.cli.streams import deliver

if TYPE_CHECKING:
    from gitlint_ops.lint.context import CheckContext
    from gitlint_ops.lint.owners.asked import Asked

MAX_PASTE_BYTES = 16 * 1024 * 1024
"""A longer paste on standard input is refused."""
MAX_HINTS = 50
"""Where more objects are asked for, those without an owner get no nearest names."""


@dataclass(frozen=True, kw_only=True)
class OwnerOptions(LookOptions):
    """The options of ``owner``."""

    objects: tuple[str, ...] = ()
    namespace: str = ""
    output_format: Literal["text", "json"] = "text"


@click.command()
@click.argument("objects", nargs=-1, required=True, metavar="OBJECT")
@click.option("-n", "--namespace", default="", metavar="NAME", help="The object's namespace, where OBJECT names none.")
@click.option(
    "--path",
    "paths",
    type=click.Path(exists=True, path_type=Path),
    default=".",
    metavar="PATH",
    help="A place in the GitOps repository [default: the current folder].",
    callback=lambda _context, _param, value: (value,),
)
@root_options
@network_option
@format_option("text", "json")
@look_options
def owner(**values: Any) -> None:
    """Say which Application or Kustomization, which unit, file and line own an object.

    OBJECT is kind/name, namespace/kind/name, 'kind name' or a name; pods and ReplicaSets lead to what makes them. '-'
    reads what kubectl printed from standard input: a table, -o name, or live objects as YAML or JSON.

    \b
    Exit codes: 0 all have an owner; 1 something has none.
    """  # noqa: D301 - click reads the backspace as "do not wrap this paragraph"
    options = OwnerOptions(**values)
    answers = find_answers(options)
    deliver(_rendered(answers, options), options.output)
    raise click.exceptions.Exit(exit_codes.OK if all(a["owners"] for a in answers) else exit_codes.FINDINGS)


def find_answers(options: OwnerOptions) -> list[dict[str, Any]]:
    """Render the repository and give an answer for each object that is asked for, as the JSON contract has it.

    Raises CommandError where nothing is asked for.
    """
    from gitlint_ops.lint.owners.find import find_owners
    from gitlint_ops.lint.owners.overview import summarise_owners

    paste = _paste() if options.objects == ("-",) else None
    with open_context(options) as context:
        asked = _asked(context, options, paste)
        hints = len(asked) <= MAX_HINTS
        return [summarise_owners(context, find_owners(context, item, hints=hints)) for item in asked]


def _paste() -> str:
    data = sys.stdin.buffer.read(MAX_PASTE_BYTES + 1)
    if len(data) > MAX_PASTE_BYTES:
        raise CommandError("the text on standard input is over 16 MiB", "name the objects that you look for")
    return data.decode("utf-8", "replace")


def _asked(context: CheckContext, options: OwnerOptions, paste: str | None) -> tuple[Asked, ...]:
    from gitlint_ops.lint.owners.asked import asked_in_words
    from gitlint_ops.lint.owners.find import known_kinds
    from gitlint_ops.lint.owners.pasted import read_pasted

    if paste is not None:
        places = context.provenance.places
        found = read_pasted(paste, options.namespace, lambda text: [item.value for item in places.embedded(text)])
        if not found:
            raise CommandError(
                "standard input names no object",
                "paste what 'kubectl get' printed: a table, -o name, -o yaml or -o json",
            )
        return found
    asked = asked_in_words(options.objects, options.namespace, known_kinds(context))
    if asked is None:
        raise CommandError(
            f"'{' '.join(options.objects)}' names no object",
            "write kind/name, namespace/kind/name, or 'kind name -n NAME'",
        )
    return (asked,)


def _rendered(answers: list[dict[str, Any]], options: OwnerOptions) -> str:
    from gitlint_ops.report.owner import render_owners_json, render_owners_text

    if options.output_format == "json":
        return render_owners_json(answers)
    return render_owners_text(answers, **look_of(options))
