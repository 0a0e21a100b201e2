"""The shape of a repository: which of the common ones it has, why, and what to watch out for in it.

In: a check context (for the rendering, the sources and the rules' own measures). Out: a plain value for ``inspect``.
"""

from gitlint_ops.lint.shape.judge import Shape, judge
from gitlint_ops.lint.shape.summary import describe_shape

__all__ = ["Shape", "describe_shape", "judge"]
