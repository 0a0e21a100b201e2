from __future__ import annotations

from dataclasses import replace

import pytest

from gitlint_ops.lint.model import Finding, Fix, Suppression
from gitlint_ops.report.fixable import fix_hint
from tests.report import samples

SAFE, UNSAFE = (replace(samples.IMAGE, fix=Fix("Mend it", (), safe=safe)) for safe in (True, False))
PLAIN = replace(samples.IMAGE, fix=None)
ACCEPTED = replace(SAFE, suppression=Suppression("comment", "so"))


@pytest.mark.parametrize(
    ("findings", "hint"),
    [
        ([], ""),
        ([PLAIN, ACCEPTED], ""),
        ([SAFE, PLAIN], "1 finding is fixable with --fix; --diff shows the changes."),
        (
            [UNSAFE, UNSAFE],
            "2 findings are fixable with --fix --unsafe-fixes; --diff --unsafe-fixes shows the changes.",
        ),
        ([SAFE, UNSAFE], "1 fixable with --fix, 1 more with --fix --unsafe-fixes; --diff shows the changes."),
    ],
)
def test_the_hint_counts_what_can_be_mended(findings: list[Finding], hint: str) -> None:
    assert fix_hint(samples.report(*findings)) == hint
