"""Provenance: the source line behind every rendered field.

In: the source tree, the engine, and a Rendering. Out: for a field of a rendered object, the places that gave it its
value, nearest cause first, each with whether it is exact. Positions come from the engine's reading of the sources; what
cannot be told from the sources is tried: edited, rendered again, compared.
"""

from gitlint_ops.render.provenance.trace import Provenance

__all__ = ["Provenance"]
