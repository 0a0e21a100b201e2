"""What a merge will do, for people: rendered changes grouped, masked, weighed and each with the line that caused it.

In: a Base and the work tree's rendering. Out: a Diff. Values that may be secret are replaced before anything leaves
this room; a reader of a Diff shows it as it is.
"""

from __future__ import annotations

from gitlint_ops.lint.diff.build import build_diff
from gitlint_ops.lint.diff.model import Danger, Diff, FieldDiff, Group, Place, Reach

__all__ = ["Danger", "Diff", "FieldDiff", "Group", "Place", "Reach", "build_diff"]
