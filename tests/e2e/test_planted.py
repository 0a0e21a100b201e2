"""Each fault of five families is found wherever it can stand, at the line that holds it, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.planting.fault import Fault, Place
from tests.e2e.planting.plot import ON_CHANGES, RULES, harvest, plant
from tests.e2e.planting.table import FAULTS, PLANTED

CASES = [pytest.param(place, faults, id=place.__name__) for place, faults in PLANTED.items()]


@pytest.mark.parametrize(("place", "faults"), CASES)
def test_each_fault_is_found_at_its_line_and_nowhere_else(
    place: Place, faults: Sequence[Fault], tmp_path: Path
) -> None:
    planted = plant(tmp_path, [(place, fault) for fault in faults])
    assert harvest(tmp_path, planted) == {item.label: [item.expected] for item in planted}


def test_every_rule_of_the_families_is_planted() -> None:
    assert {fault.rule for fault in FAULTS} == RULES.keys() - ON_CHANGES


def test_what_is_left_out_names_places_that_there_are() -> None:
    places = {place.__name__ for place in PLANTED}
    assert {name for fault in FAULTS for name in fault.never} <= places
