"""What the repository is: kustomizations, charts, deliveries and environments, and who uses what.

In: the files of a tree. Out: a Context (``survey``), the deliveries that declared objects tell a controller to make
(``deliveries_in``), those that nothing declares (``loose_deliveries``), what a build reads (``closure``), and what is
referred to but not there (``broken_references``). Renders nothing.
"""

from __future__ import annotations

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.deliveries import Deliveries, deliveries_in
from gitlint_ops.repo.locality import without_credentials
from gitlint_ops.repo.loose import loose_deliveries
from gitlint_ops.repo.references import broken_references, closure
from gitlint_ops.repo.survey import learn_sources, survey

__all__ = [
    "Context",
    "Deliveries",
    "broken_references",
    "closure",
    "deliveries_in",
    "learn_sources",
    "loose_deliveries",
    "survey",
    "without_credentials",
]
