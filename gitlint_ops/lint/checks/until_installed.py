"""Charts that nothing here delivers: what is wrong only until whoever installs them sets a value is no fault yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.answers import Answer
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.objects import items_of
from gitlint_ops.render.plan import Pool
from gitlint_ops.render.unset import UnsetValues, until_set


def until_installed(
    context: CheckContext, violation: Violation, item: RenderedObject, is_faulty: Callable[[RenderedObject], bool]
) -> Violation:
    """Lower a violation about an object to a note where a value mends it that the object's chart leaves empty.

    ``is_faulty`` judges the object as it is once such values are set.
    """
    if item.delivery.controller != "none":
        return violation

    def is_wrong(answer: Answer) -> bool:
        given = items_of(answer, item.unit, item.delivery)
        place = (item.kind, item.source_path, item.source_line)
        again = [one for one in given if (one.data.get("kind"), one.path, one.line) == place]
        # What another way through the template leaves out is not mended by it.
        return not again or any(is_faulty(replace(item, data=one.data)) for one in again)

    unset = context.once("unset-values", lambda: UnsetValues(context.tree, Pool(context.engine)))
    name = unset.behind(item.unit, is_wrong)
    if not name:
        return violation
    why = until_set(item.unit, name)
    return replace(violation, message=f"{violation.message}; {why}", severity="info", fix=None, decision=why)
