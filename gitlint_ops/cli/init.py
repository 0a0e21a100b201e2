"""``gitlint-ops init``: a first configuration file, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from gitlint_ops import __version__
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions, place_options
from gitlint_ops.cli.session import find_target, open_rendered
from gitlint_ops.cli.streams import deliver
from gitlint_ops.config import CONFIG_NAME

_NEXT = """\
Wrote {name}: read it, and correct what is wrong in it.

Next:
  gitlint-ops check       what is wrong, at the line to change
  gitlint-ops baseline    accept what is there today, so that only new findings count

In .pre-commit-config.yaml, to check each commit:
  repos:
    - repo: https://github.com/gitlint-ops/gitlint-ops
      rev: v{version}
      hooks:
        - id: gitlint-ops

In .github/workflows/gitlint-ops.yaml, as a step after the checkout:
  - uses: gitlint-ops/gitlint-ops@v{version}    # better: the full commit of that tag
Whole workflows: https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/guides/github-actions.md
"""


@dataclass(frozen=True, kw_only=True)
class InitOptions(PlaceOptions):
    """The options of ``init``."""

    force: bool = False


@click.command()
@place_options
@click.option("--force", is_flag=True, help="Replace the configuration file that is there.")
def init(**values: Any) -> None:
    """Write a commented .gitlint-ops.yaml for the repository around PATH, from what is found in it."""
    write_config(InitOptions(**values))
    deliver(_NEXT.format(name=CONFIG_NAME, version=__version__), None)


def write_config(options: InitOptions) -> None:
    """Write the file at the repository's root. Raises CommandError where it is there and ``force`` is not given."""
    from gitlint_ops.render.summary import summarise
    from gitlint_ops.repo.locality import normalise_url
    from gitlint_ops.report.starter import render_starter

    file = find_target(options.path, options.root).root / CONFIG_NAME
    if file.exists() and not options.force:
        raise CommandError(f"'{file}' is there already", "edit it, or replace it with 'gitlint-ops init --force'")
    with open_rendered(options) as (session, rendering):
        layout = summarise(rendering)
        urls = dict.fromkeys(filter(None, map(normalise_url, session.tree.remotes)))
        deliver(render_starter(layout, list(urls)), file)
