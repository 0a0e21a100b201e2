"""What a merge changes: the base commit rendered beside the work tree, and the objects and fields that differ.

In: the work tree's source tree and Rendering, and the name of a revision. Out: a Base, with the Changes between the two
and for each change the source line that caused it. Knows how Kubernetes tells objects and elements apart, and no rule.
"""

from __future__ import annotations

from gitlint_ops.render.compare.base import Base, open_base, open_both
from gitlint_ops.render.compare.causes import Causes
from gitlint_ops.render.compare.model import Cause, Changes, FieldChange, ObjectChange, Uncompared

__all__ = ["Base", "Cause", "Causes", "Changes", "FieldChange", "ObjectChange", "Uncompared", "open_base", "open_both"]
