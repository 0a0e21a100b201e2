"""The check of strategic-merge patches whose object is not there: Kustomize refuses them, and builds nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from gitlint_ops.lint.builds import built
from gitlint_ops.lint.causes import UNMATCHED_PATCH, cause_of
from gitlint_ops.lint.checks.patch_entries import named_below
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.repo.model import Unrendered

_ALIKE = 0.6
_MAX_NAMED = 5


def unmatched_patches(context: CheckContext) -> Iterator[Violation]:
    """Report the patches on which builds fail, as no object has the patch's kind and name."""
    for delivery, item in context.rendering.unrendered:
        found = UNMATCHED_PATCH.search(item.reason)
        span, exact = cause_of(item, context) if found else (None, False)
        if found and span and exact:
            kind, name = found["kind"], found["name"]
            message = (
                f"no object of this kustomization is {kind} {name}, so Kustomize refuses this patch and builds nothing"
                f"{_hint(name, _names_there(context, item, kind, span.path))}"
            )
            yield Violation(message, span=span, deliveries=(delivery,) if delivery else ())


def _names_there(context: CheckContext, item: Unrendered, kind: str, patch: str) -> list[str]:
    """Give the names of the objects of a kind in what failed to build, outside of the patch's own file."""
    documents = (d for kustomization in built(item, context) for d in named_below(context, kustomization.folder))
    return sorted({document.name for document in documents if document.kind == kind and document.file != patch})


def _hint(name: str, there: list[str]) -> str:
    if name in there:
        return "; there is one of that name, in another namespace or of another API group"
    near = difflib.get_close_matches(name, there, 1, _ALIKE)
    if near:
        return f"; did you mean '{near[0]}'?"
    shown = ", ".join(there[:_MAX_NAMED]) + (f" and {len(there) - _MAX_NAMED} more" if len(there) > _MAX_NAMED else "")
    return f"; of that kind there is {shown}" if there else "; there is none of that kind"
