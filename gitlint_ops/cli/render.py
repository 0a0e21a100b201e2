"""``gitlint-ops render``: what a controller would apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError, check_known
from gitlint_ops.cli.options import PlaceOptions, format_option, network_option, place_options
from gitlint_ops.cli.session import Session, open_rendered, open_session
from gitlint_ops.cli.streams import complain, deliver_exactly

if TYPE_CHECKING:
    from gitlint_ops.render.model import RenderedObject, Rendering
    from gitlint_ops.repo.model import Delivery


@dataclass(frozen=True, kw_only=True)
class RenderOptions(PlaceOptions):
    """The options of ``render``."""

    unit: str | None = None
    environment: str | None = None
    delivery: str | None = None
    values: tuple[str, ...] = ()
    output_format: Literal["yaml", "json"] = "yaml"


@click.command()
@place_options
@network_option
@click.option(
    "--unit",
    metavar="DIR",
    help="One folder (under PATH), byte for byte as 'kustomize build --enable-helm' or 'helm template' would print it.",
)
@click.option(
    "--values",
    multiple=True,
    metavar="FILE",
    help="With --unit of a chart: a values file (under PATH); repeatable, the last wins.",
)
@click.option("--environment", metavar="NAME", help="All that the controllers apply in one environment.")
@click.option(
    "--delivery",
    metavar="ID",
    help="All that one Application, Kustomization, HelmRelease or overlay applies; 'inspect --format json' gives ids.",
)
@format_option("yaml", "json", text="A YAML stream, or a JSON list.")
def render(**values: Any) -> None:
    """Print what a controller would apply. Secrets are printed as they are.

    Without --unit, --environment or --delivery: everything that the repository around PATH delivers.
    """
    options = RenderOptions(**values)
    _check_options(options)
    if options.unit is not None:
        deliver_exactly(_unit_text(options))
        return
    deliver_exactly(_delivered(options))


def _check_options(options: RenderOptions) -> None:
    if sum(choice is not None for choice in (options.unit, options.environment, options.delivery)) > 1:
        raise click.UsageError("--unit, --environment and --delivery exclude each other")
    if options.unit is not None and options.output_format == "json":
        raise click.UsageError(
            "--unit gives the build's own bytes, which are YAML; --format json goes with --environment or --delivery"
        )
    if options.values and options.unit is None:
        raise click.UsageError("--values goes with --unit")


def _unit_text(options: RenderOptions) -> str:
    from gitlint_ops.engine import EngineError
    from gitlint_ops.render import render_unit

    with open_session(options) as session:
        folder = _inside(session, options.unit or ".")
        values = [_inside(session, value) for value in options.values]
        try:
            return render_unit(session.engine, folder, session.tree, values=values)
        except NotADirectoryError as error:
            raise CommandError(
                f"there is no folder '{options.unit}'", "name a folder with a kustomization, a chart or manifests"
            ) from error
        except EngineError as error:
            where = f" ({error.path}{f':{error.line}' if error.line else ''})" if error.path else ""
            raise CommandError(
                f"'{options.unit}' does not render{where}: {error.message}",
                _advice(error.kind),
                exit_codes.NOTHING_CHECKED,
            ) from error


def _advice(kind: str) -> str:
    if kind == "needs-network":
        return (
            "give --network, run 'gitlint-ops vendor', or map its URL to a folder with 'remotes:' in the configuration"
        )
    if kind == "lfs-pointer":
        return "fetch the file, then render the unit again"
    return "the message is the library's own: 'kustomize build' or 'helm template' would stop at the same place"


def _inside(session: Session, name: str) -> str:
    """Give a path of the command line relative to the root: it is under PATH or, if it is not, the working folder.

    Raises CommandError outside of the root.
    """
    path = (session.target.root / session.target.scopes[0] / name).resolve()
    if not path.exists() and Path(name).exists():
        path = Path(name).resolve()
    if not path.is_relative_to(session.target.root):
        raise CommandError(f"'{name}' is outside of the repository", "name a path inside PATH")
    return path.relative_to(session.target.root).as_posix()


def _delivered(options: RenderOptions) -> str:
    with open_rendered(options) as (_, rendering):
        deliveries = _chosen(rendering, options)
        objects = [item for delivery in deliveries for item in rendering.objects.get(delivery.id, ())]
    _report_gaps(rendering, deliveries)
    return _serialised(objects, options.output_format)


def _serialised(objects: Sequence[RenderedObject], output_format: str) -> str:
    from gitlint_ops.render import as_applied
    from gitlint_ops.report.json_report import dumps
    from gitlint_ops.report.manifests import render_yaml

    data = [as_applied(item) for item in objects]
    return dumps(data) if output_format == "json" else render_yaml(data)


def _chosen(rendering: Rendering, options: RenderOptions) -> list[Delivery]:
    """Give the deliveries asked for, in id order. Raises CommandError for an unknown environment or id."""
    graph = rendering.graph
    if options.delivery is not None:
        check_known("delivery", options.delivery, graph.deliveries)
        return [graph.deliveries[options.delivery]]
    if options.environment is not None:
        check_known("environment", options.environment, graph.environments)
    deliveries = (graph.deliveries[key] for key in sorted(graph.deliveries))
    return [d for d in deliveries if options.environment in (None, d.environment)]


def _report_gaps(rendering: Rendering, deliveries: Sequence[Delivery]) -> None:
    """Say on stderr what of the deliveries is missing from the output."""
    ids = {delivery.id for delivery in deliveries}
    for delivery, gap in rendering.unrendered:
        if delivery is not None and delivery.id in ids:
            complain(f"not rendered: {delivery.id}: {gap.path or gap.unit}: {gap.reason}")
