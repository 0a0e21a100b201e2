"""Charts of this repository that another chart names by a path are put into it, as ``helm dependency build`` does."""

from __future__ import annotations

from gitlint_ops.repo.fetched import with_fetched
from gitlint_ops.repo.model import HelmUnit
from tests.repo.conftest import SurveyOf

CHART = """\
apiVersion: v2
name: shop
version: 1.0.0
dependencies:
  - {name: web, version: 1.0.0, repository: "file://../../lib/web/"}
  - {name: db, version: 1.0.0, repository: "file://../../lib/db"}
  - {name: gone, version: 1.0.0, repository: "file://../../lib/gone"}
"""


def test_a_dependency_by_a_path_is_placed_unless_charts_holds_it_or_it_is_not_there(survey_of: SurveyOf) -> None:
    context = survey_of(
        {
            "apps/shop/Chart.yaml": CHART,
            "apps/shop/charts/db/Chart.yaml": "name: db\n",
            "lib/web/Chart.yaml": "name: web\n",
            "lib/db/Chart.yaml": "name: db\n",
        }
    )
    unit = with_fetched(context.tree, [], HelmUnit("apps/shop", "shop", "shop"))
    assert isinstance(unit, HelmUnit)
    assert unit.charts == (("file://../../lib/web/ web 1.0.0", "lib/web"),)
