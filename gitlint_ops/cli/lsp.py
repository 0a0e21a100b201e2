"""``gitlint-ops lsp``: the language server."""

from __future__ import annotations

import importlib.util
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gitlint_ops.cli.boundary import explained
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions, root_options
from gitlint_ops.cli.session import Session, marked_root, open_session
from gitlint_ops.cli.signals import ended_at_once


@click.command()
@root_options
def lsp(**values: Any) -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol.

    The repository around each opened file is checked when it is opened, typed into, saved, or changed on disk: the
    findings of the open files, with their rules and quick fixes, and for each value where it is rendered.
    """
    if importlib.util.find_spec("pygls") is None:
        raise CommandError("the language server needs pygls", "install it: pip install 'gitlint-ops[lsp]'")
    from gitlint_ops.lsp import Host, serve

    options = PlaceOptions(**values)
    with ended_at_once():
        serve(
            Host(
                lambda path: _root(path, options), lambda root: _open(root, options), lambda error: explained(error)[0]
            )
        )


def _root(path: Path, options: PlaceOptions) -> Path | None:
    return options.root.resolve() if options.root else marked_root(path.resolve().parent)


def _open(root: Path, options: PlaceOptions) -> AbstractContextManager[Session]:
    return open_session(replace(options, paths=(root,), root=root))
