"""What hides a finding: a comment at its line or its object, an annotation, an entry of the configuration.

In: a run's files, objects and configuration, and what its rules found. Out: the violations with their suppressions,
parted by environment where a suppression is limited to some, and a book of what was written and what was of use.
Hidden findings stay in the report; only their weight changes.
"""

from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.lint.suppression.ledger import Book, Ledger

__all__ = ["Book", "Directive", "Ledger"]
