"""The group of commands: their names, their one line of help, and the version."""

from __future__ import annotations

from importlib import import_module

import click

from gitlint_ops.cli import version_text

_COMMANDS = {
    "check": "Find what is wrong in a GitOps repository, at the line to change.",
    "inspect": "Show the layout: environments, and what applies what.",
    "render": "Print what a controller would apply.",
    "diff": "Show what a merge changes of what is rendered, the most dangerous first.",
    "versions": "Show image and chart versions: applications by environment.",
    "fleet": "Check many repositories, and make one report with their figures.",
    "merge-reports": "Make one report of those of 'check --shard'.",
    "owner": "Say which delivery and which file own an object.",
    "origin": "Show every line that shaped a rendered field, the nearest cause first.",
    "baseline": "Record today's findings, so that only new ones count.",
    "rules": "List the rules.",
    "explain": "Say why a rule matters and how to fix what it finds.",
    "vendor": "Fetch the charts, artifacts and bases that the repository refers to, for runs without the network.",
    "init": "Write a first configuration file from what is found.",
    "lsp": "Serve an editor: findings, quick fixes and origins.",
    "cache": "Show what is kept between runs, or delete it.",
    "completion": "Print the script that makes a shell complete commands.",
}
"""Name to one line of help: a command's module is imported only when it is run."""


class _LazyGroup(click.Group):
    """A group that imports a command's module when it is called, so that the program starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"gitlint_ops.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"commands: {', '.join(_COMMANDS)}"
            ctx.fail(f"there is no command '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    click.echo(version_text())
    ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the versions and exit; with --verbose also what the kernel holds the engine to.",
)
def cli() -> None:
    """Policy linter and pre-merge validator for GitOps repositories.

    Renders every environment as Argo CD or Flux would, and names the source line to change.

    \b
    Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage or configuration error;
    3 nothing could be checked; 4 a defect of gitlint-ops.
    """  # noqa: D301 - click reads the backspace as "do not wrap this paragraph"
