"""``gitlint-ops completion``: the script that makes a shell complete commands, options and rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gitlint_ops.cli.streams import deliver

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "gitlint-ops"
_VARIABLE = "_GITLINT_OPS_COMPLETE"


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
