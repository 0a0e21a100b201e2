"""``--base REF``: the other side of a comparison."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.session import Session

if TYPE_CHECKING:
    from gitlint_ops.config import Config
    from gitlint_ops.fix import Narrow
    from gitlint_ops.lint.model import Baseline, Report, Rule
    from gitlint_ops.render.answers import Answers
    from gitlint_ops.render.compare import Base
    from gitlint_ops.render.model import Rendering


def base_option(text: str, *, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give the decorator that adds ``--base``; ``text`` is its help."""
    return click.option("--base", metavar="REF", required=required, help=text)


@dataclass(frozen=True, kw_only=True)
class BaseOptions(PlaceOptions):
    """The option of ``check`` that compares."""

    base: str | None = None


@contextmanager
def open_base(
    session: Session, rendering: Rendering, ref: str | None, answers: Answers | None = None
) -> Iterator[Base | None]:
    """Open the base that the work tree is compared with; its folder and engine go with the context.

    ``answers`` are the engine's for the work tree. Without a ``ref`` there is none. Raises CommandError where there is
    nothing to compare with.
    """
    if ref is None:
        yield None
        return
    from gitlint_ops.render.compare import open_base as opened

    with (
        _told_revisions(),
        opened(session.tree, rendering, session.engine, session.config, ref, answers) as base,
    ):
        yield base


@contextmanager
def open_both(session: Session, ref: str) -> Iterator[tuple[Rendering, Base]]:
    """Open the base and the work tree's rendering, of either only what may differ. Raises as ``open_base`` does."""
    from gitlint_ops.render.compare import open_both as opened

    with _told_revisions(), opened(session.tree, session.engine, session.config, ref) as both:
        yield both


@contextmanager
def _told_revisions() -> Iterator[None]:
    from gitlint_ops.source.revisions import RevisionError

    try:
        yield
    except RevisionError as error:
        raise CommandError(error.message, error.advice) from error


def only_new(
    report: Report,
    base: Base | None,
    rules: Sequence[Rule],
    config: Config,
    narrow: Narrow,
    baseline: Baseline | None = None,
) -> Report:
    """Give the report with the findings that the base does not have; ``rules`` and ``baseline`` judge both sides."""
    if base is None:
        return report
    from gitlint_ops.fix import Checked
    from gitlint_ops.lint import lint
    from gitlint_ops.lint.against import against

    before = lint(base.tree, base.rendering, config, base.engine, rules, baseline=baseline)
    there = narrow(Checked(base.tree, base.rendering, before))
    return dataclasses.replace(
        against(report, there, base.revisions, base.renames), defects=(*report.defects, *before.defects)
    )
