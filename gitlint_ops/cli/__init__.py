"""The command line: one thin module a command. In: arguments. Out: text on stdout or in a file, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

__all__ = ["cli", "main"]

_COMMANDS = {
    "check": "Find what is wrong in a GitOps repository, at the line to change.",
    "inspect": "Show the layout: environments, and what applies what.",
    "render": "Print what a controller would apply.",
    "rules": "List the rules.",
    "explain": "Say why a rule matters and how to fix what it finds.",
}
"""Name to one line of help: a command's module is imported only when it is run."""


class _LazyGroup(click.Group):
    """A group that imports a command's module when it is called, so that the program starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"gitlint_ops.cli.{cmd_name}"), cmd_name)
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


def version_text() -> str:
    """Give the versions of the program, its engine, Kustomize and Helm, one a line; starts no process."""
    from gitlint_ops import __version__
    from gitlint_ops.engine import EngineUnavailableError, engine_versions

    lines = [f"gitlint-ops {__version__}"]
    try:
        versions = engine_versions()
    except EngineUnavailableError as error:
        return "\n".join([*lines, str(error)])
    lines.append(f"engine {versions.get('engine', 'unknown')} ({versions.get('go', 'unknown Go')})")
    lines += [f"{name} {versions.get(key, 'unknown')}" for name, key in (("Kustomize", "kustomize"), ("Helm", "helm"))]
    return "\n".join(lines)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the versions and exit.",
)
def cli() -> None:
    r"""Policy linter and pre-merge validator for GitOps repositories.

    Renders every environment as Argo CD or Flux would, and names the source line to change.

    \b
    Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage or configuration error;
    3 nothing could be checked; 4 a defect of gitlint-ops.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with ``argv`` (default: the process's arguments) and give its exit code."""
    from gitlint_ops.cli.errors import run_guarded

    def run() -> Any:
        return cli.main(args=None if argv is None else list(argv), prog_name="gitlint-ops", standalone_mode=False)

    return run_guarded(run)
