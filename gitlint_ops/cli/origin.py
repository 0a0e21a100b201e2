"""``gitlint-ops origin``: each line that shaped a rendered field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError, check_known
from gitlint_ops.cli.options import LookOptions, format_option, look_of, look_options, network_option, place_options
from gitlint_ops.cli.session import open_context
from gitlint_ops.cli.streams import deliver

if TYPE_CHECKING:
    from gitlint_ops.lint.context import CheckContext
    from gitlint_ops.lint.origins.fields import Step
    from gitlint_ops.repo.model import RepoGraph


@dataclass(frozen=True, kw_only=True)
class OriginOptions(LookOptions):
    """The options of ``origin``."""

    object: str
    field: str
    namespace: str = ""
    environment: str | None = None
    delivery: str | None = None
    output_format: Literal["text", "json"] = "text"


@click.command()
@click.argument("object", metavar="OBJECT")
@click.argument("field", metavar="FIELD")
@place_options
@network_option
@click.option("-n", "--namespace", default="", metavar="NAME", help="The object's namespace, where OBJECT names none.")
@click.option("--environment", metavar="NAME", help="Only what is applied in one environment.")
@click.option("--delivery", metavar="ID", help="Only what one delivery applies; 'inspect --format json' gives ids.")
@format_option("text", "json")
@look_options
def origin(**values: Any) -> None:
    """Show each line that shaped a rendered field, the nearest cause first: what to edit, and what is overridden.

    OBJECT is kind/name or namespace/kind/name. FIELD is a dotted path: list elements by name or position, as in
    spec.template.spec.containers.web.image or 'containers[0]', keys with dots in quotes or plainly. Values of secrets
    and the lines that hold them are not shown.

    \b
    Exit codes: 0 the field was found; 1 there is no such object or field.
    """  # noqa: D301 - click reads the backspace as "do not wrap this paragraph"
    options = OriginOptions(**values)
    answer = find_answer(options)
    deliver(_rendered(answer, options), options.output)
    raise click.exceptions.Exit(exit_codes.OK if answer["chains"] else exit_codes.FINDINGS)


def find_answer(options: OriginOptions) -> dict[str, Any]:
    """Render the repository and give the answer as the JSON contract has it.

    Raises CommandError for a FIELD or OBJECT that is none, an unknown environment or delivery.
    """
    from gitlint_ops.lint.origins.fields import read_field

    steps = read_field(options.field)
    if steps is None:
        raise CommandError(
            f"'{options.field}' is no field", "write a dotted path, as in spec.template.spec.containers[name=web].image"
        )
    with open_context(options) as context:
        return _answer(context, options, steps)


def _answer(context: CheckContext, options: OriginOptions, steps: tuple[Step, ...]) -> dict[str, Any]:
    from gitlint_ops.lint.origins.find import Question, find_chains
    from gitlint_ops.lint.origins.overview import summarise_chains
    from gitlint_ops.lint.owners.asked import asked_in_words
    from gitlint_ops.lint.owners.find import known_kinds

    _check_place(options, context.graph)
    asked = asked_in_words((options.object,), options.namespace, known_kinds(context))
    if asked is None:
        raise CommandError(f"'{options.object}' names no object", "write kind/name or namespace/kind/name")
    question = Question(asked, options.field, steps, options.environment or "", options.delivery or "")
    return summarise_chains(context, find_chains(context, question))


def _check_place(options: OriginOptions, graph: RepoGraph) -> None:
    if options.delivery is not None:
        check_known("delivery", options.delivery, graph.deliveries)
    if options.environment is not None:
        check_known("environment", options.environment, graph.environments)


def _rendered(answer: dict[str, Any], options: OriginOptions) -> str:
    from gitlint_ops.report.origin import render_origin_json, render_origin_text

    if options.output_format == "json":
        return render_origin_json(answer)
    return render_origin_text(answer, **look_of(options))
