"""``gitlint-ops completion``: the script that makes a shell complete commands, options, rules and profiles."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gitlint_ops.cli.streams import deliver

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "gitlint-ops"
_VARIABLE = "_GITLINT_OPS_COMPLETE"


def complete_rule(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the names of our rules that begin so; those of a repository are not read while somebody types."""
    from gitlint_ops.config import Config
    from gitlint_ops.lint.loader import rule_categories

    return sorted(name for name in rule_categories(Config()) if name.startswith(incomplete))


def complete_profile(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the profiles that begin so."""
    from gitlint_ops.lint.profiles import profile_names

    return [name for name in profile_names() if name.startswith(incomplete)]


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: add to ~/.bashrc:  eval "$(gitlint-ops completion bash)"
    zsh:  add to ~/.zshrc:   eval "$(gitlint-ops completion zsh)"
    fish: gitlint-ops completion fish > ~/.config/fish/completions/gitlint-ops.fish
    """  # noqa: D301 - click reads the backspace as "do not wrap this paragraph"
    from gitlint_ops.cli.group import cli

    shell_class = get_completion_class(shell)
    if shell_class is not None:
        deliver(shell_class(cli, {}, _PROGRAM, _VARIABLE).source() + "\n", None)
