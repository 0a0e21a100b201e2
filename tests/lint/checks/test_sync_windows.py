from __future__ import annotations

import pytest

from gitlint_ops.lint.checks.sync_windows import blocks_always, duration_minutes, values


@pytest.mark.parametrize(
    ("field", "size", "expected"),
    [
        ("*", 3, {0, 1, 2}),
        ("5", 60, {5}),
        ("1,3", 60, {1, 3}),
        ("8-10", 24, {8, 9, 10}),
        ("*/20", 60, {0, 20, 40}),
        ("10/25", 60, {10, 35}),
        ("99", 60, set()),
        ("MON", 7, set()),
        ("*/0", 60, set()),
        ("9" * 5000, 60, set()),
        ("1,x", 60, set()),
    ],
)
def test_cron_fields(field: str, size: int, expected: set[int]) -> None:
    assert values(field, size) == expected


@pytest.mark.parametrize(
    ("text", "minutes"), [("1h30m", 90), ("90s", 1.5), ("1.5h", 90), ("", 0), ("forever", 0), ("24h", 1440)]
)
def test_durations(text: str, minutes: float) -> None:
    assert duration_minutes(text) == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("schedule", "duration", "always"),
    [
        ("* * * * *", "1m", True),
        ("0 0 * * *", "24h", True),
        ("0 0 * * *", "23h59m", False),
        ("0 */6 * * *", "6h", True),
        ("0 8,20 * * *", "12h", True),
        ("0 8,18 * * *", "12h", False),
        ("0 22 * * 5", "72h", False),
        ("0 0 1 * *", "800h", False),
        ("every day", "24h", False),
        ("", "24h", False),
    ],
)
def test_a_window_is_always_open_where_it_opens_again_before_it_closes(
    schedule: str, duration: str, always: bool
) -> None:
    assert blocks_always({"schedule": schedule, "duration": duration}) is always
