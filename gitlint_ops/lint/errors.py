"""The lint room's own failures."""

from __future__ import annotations


class InternalError(Exception):
    """A defect of this program: a check crashed or a rule names a check that is not there. The cause is chained."""


class BaselineError(Exception):
    """A baseline file cannot be used; the text says which, where and why."""
