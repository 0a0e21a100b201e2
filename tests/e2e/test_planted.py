"""Each fault is found wherever it can stand, at the line that holds it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.config import CONFIG_NAME
from tests.e2e.planting.faults import FAULTS, Fault
from tests.e2e.planting.places import CONFIG, COPIES, MARK, PATCHES, PLAIN, TEXTS, VALUES, Files, Place
from tests.lint.support import run


def _fits(fault: Fault, place: Place) -> bool:
    if place in PATCHES:
        return fault.patched
    if place in (*TEXTS, *COPIES):
        return fault.text and (fault.patched or place not in COPIES)
    return True


CASES = [
    pytest.param(fault, place, id=f"{fault.id} in {place.__name__}")
    for fault in FAULTS
    for place in (*PLAIN, *PATCHES, *VALUES, *TEXTS, *COPIES)
    if _fits(fault, place)
]


@pytest.mark.parametrize(("fault", "place"), CASES)
def test_a_planted_fault_is_found_at_its_line(fault: Fault, place: Place, tmp_path: Path) -> None:
    files = place(fault)
    for path, text in {CONFIG_NAME: CONFIG, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    report = run(tmp_path, fault.rule)
    found = [(f.span.path, f.span.line, f.exact) for f in report.findings if f.rule == fault.rule]
    assert report.coverage.failed == ()
    assert found == [(*_marked(files), True)]


def _marked(files: Files) -> tuple[str, int]:
    places = [
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.endswith(MARK)
    ]
    assert len(places) == 1
    return places[0]
