"""``gitlint-ops versions``: which version of what runs in which environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import click

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import LookOptions, format_option, look_of, look_options, network_option, place_options
from gitlint_ops.cli.session import open_context
from gitlint_ops.cli.streams import deliver


@dataclass(frozen=True, kw_only=True)
class VersionsOptions(LookOptions):
    """The options of ``versions``."""

    output_format: Literal["text", "json", "markdown"] = "text"
    app: str = ""


@click.command()
@place_options
@network_option
@format_option("text", "json", "markdown", text="For people, for programs, or for a pull request.")
@click.option(
    "--app", default="", metavar="NAME", help="Applications, images and workloads of this name, part or glob."
)
@look_options
def versions(**values: Any) -> None:
    """Show the image and chart versions of the repository around PATH: applications by environment.

    The environments stand in promotion order. Each that does not run what the one before it runs is named, with how far
    it is behind or ahead, and the line that sets its version.
    """
    options = VersionsOptions(**values)
    overview = read_versions(options)
    if options.app and not overview["apps"]:
        raise CommandError(
            f"no application, image or workload is called '{options.app}'", "without --app all of them are shown"
        )
    deliver(_rendered(overview, options), options.output)


def read_versions(options: VersionsOptions) -> dict[str, Any]:
    """Render the repository and give its versions as the JSON contract of ``versions`` has them."""
    from gitlint_ops.lint.versions.overview import summarise_versions

    with open_context(options) as context:
        return summarise_versions(context, options.app, all_places=options.output_format == "json")


def _rendered(overview: dict[str, Any], options: VersionsOptions) -> str:
    from gitlint_ops.report.versions import render_versions_json, render_versions_markdown, render_versions_text

    if options.output_format == "json":
        return render_versions_json(overview)
    if options.output_format == "markdown":
        return render_versions_markdown(overview)
    return render_versions_text(overview, **look_of(options))
