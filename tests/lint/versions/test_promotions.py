"""Version changes between two tables made by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.versions.model import App, Cell, Component, Running, VersionTable
from gitlint_ops.lint.versions.promotions import compare_tables, promotions, riders, stepped_back
from gitlint_ops.render.compare import FieldChange, ObjectChange
from gitlint_ops.repo.model import Environment
from tests.lint.support import delivery, rendered

ENVIRONMENTS = (
    Environment("dev", 1, production=False),
    Environment("staging", 4, production=False),
    Environment("prod", 5, production=True),
)
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}


def table(versions: Mapping[str, str]) -> VersionTable:
    cells = {
        name: Cell(name, (version,), (Running("image", "web", version, delivery("web", name), lambda: Violation("")),))
        for name, version in versions.items()
    }
    return VersionTable(ENVIRONMENTS, (App("web", (Component("image", "web", ("web",), cells),)),))


def test_a_promotion_names_its_source() -> None:
    change = compare_tables(
        table({"dev": "3.0", "staging": "2.0", "prod": "1.0"}), table({"dev": "3.0", "staging": "2.0", "prod": "2.0"})
    )
    (found,) = promotions(change)
    assert found.words == "promotes web 2.0 to prod from staging, which ran it before this change"
    assert found.move.before == ("1.0",)


def test_a_source_that_gets_the_version_by_the_same_change() -> None:
    change = compare_tables(table({"staging": "1.0", "prod": "1.0"}), table({"staging": "2.0", "prod": "2.0"}))
    (found,) = promotions(change)
    assert found.words == "promotes web 2.0 to prod from staging, which gets it by this change too"


def test_a_source_that_went_on_still_ran_the_version() -> None:
    change = compare_tables(table({"staging": "2.0", "prod": "1.0"}), table({"staging": "3.0", "prod": "2.0"}))
    assert [(item.move.running.version, item.source.name) for item in promotions(change)] == [("2.0", "staging")]


def test_a_version_from_nowhere_is_no_promotion() -> None:
    change = compare_tables(table({"staging": "1.0", "prod": "1.0"}), table({"staging": "1.0", "prod": "2.0"}))
    assert promotions(change) == ()
    assert [move.environment for move in change.moves] == ["prod"]


def test_a_step_back_is_no_promotion() -> None:
    change = compare_tables(table({"staging": "1.0", "prod": "2.0"}), table({"staging": "1.0", "prod": "1.0"}))
    (move,) = change.moves
    back = stepped_back(move)
    assert (promotions(change), back and back.words) == ((), "1 major version")


def test_an_environment_that_is_new_has_run_nothing() -> None:
    change = compare_tables(table({"staging": "1.0"}), table({"staging": "1.0", "prod": "1.0"}))
    assert [move.before for move in change.moves] == [()]


@pytest.mark.parametrize(
    ("keys", "before", "after", "rides"),
    [
        (("spec", "image"), "web:1.0", "web:2.0", False),
        (("spec", "targetRevision"), "1.0", "2.0", False),
        (("metadata", "labels", "app.kubernetes.io/version"), "old", "new", False),
        (("metadata", "annotations", "checksum/config"), "old", "new", False),
        (("spec", "replicas"), 1, 2, True),
        (("spec", "image"), "web:1.0", "web:3.0", True),
        (("spec", "image"), "web:1.0", "api:2.0", True),
    ],
)
def test_what_rides_along(keys: tuple[str, ...], before: object, after: object, rides: bool) -> None:
    change = compare_tables(table({"staging": "2.0", "prod": "1.0"}), table({"staging": "2.0", "prod": "2.0"}))
    field = FieldChange("changed", keys, keys, keys, before, after)
    item = ObjectChange("changed", rendered(WEB), rendered(WEB), (field,))
    assert [found.fields for found in riders(change, [item])] == ([(field,)] if rides else [])


def test_new_objects_ride_along() -> None:
    change = compare_tables(table({}), table({}))
    item = ObjectChange("added", None, rendered(WEB))
    assert [found.kind for found in riders(change, [item])] == ["added"]
