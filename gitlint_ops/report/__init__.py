"""The report room: findings become text for people or for programs. Every function is pure: a report in, a string out.

Names are loaded when they are first used: the error boundary needs ``escape`` alone, and quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlint_ops.report.json_report import render_json
    from gitlint_ops.report.sarif import render_sarif
    from gitlint_ops.report.text import render_text

__all__ = ["render_json", "render_sarif", "render_text"]

_HOMES = {"render_json": "json_report", "render_sarif": "sarif", "render_text": "text"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
