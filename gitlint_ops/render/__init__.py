"""Units become objects: everything that the controllers would apply, and where each field of it is written.

In: a source tree, a running engine, the configuration. Out: a Rendering (``render_repository``) with the final graph,
every delivery's objects, what was not rendered and why; the text of one unit (``render_unit``); an object as its
controller sends it (``as_applied``); and for a field of a rendered object the source places that set it
(``Provenance``). Knows controllers, and no rule.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gitlint_ops.render.owners import as_applied
from gitlint_ops.render.repository import render_repository
from gitlint_ops.render.unit import render_unit, unit_in

if TYPE_CHECKING:
    from gitlint_ops.render.provenance import Provenance

__all__ = ["Provenance", "as_applied", "render_repository", "render_unit", "unit_in"]


def __getattr__(name: str) -> Any:
    """Import the search for lines when it is asked for: who only renders does not wait for it."""
    if name != "Provenance":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.provenance").Provenance
