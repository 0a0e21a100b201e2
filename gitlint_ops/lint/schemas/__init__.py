"""Schemas of Kubernetes objects: the built-in kinds, the repository's CustomResourceDefinitions, folders of the user.

In: a rendered object and the Kubernetes version of its environment. Out: the faults of the object, each with its field
and a message, or word that no schema for its kind is known.
"""

from gitlint_ops.lint.schemas.fault import Fault, UnknownKind
from gitlint_ops.lint.schemas.verdicts import Verdicts

__all__ = ["Fault", "UnknownKind", "Verdicts"]
