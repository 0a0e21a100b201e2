"""The guide to writing rules is right: its files are a repository whose rule finds what the guide says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
GUIDE = Path(__file__).parents[1] / "docs/guides/write-a-rule.md"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
"""


def blocks() -> list[tuple[str, str]]:
    text = GUIDE.read_text("utf-8")
    return re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL)


def test_the_rule_of_the_guide_works(write: Write) -> None:
    first, rule, settings = blocks()
    places = {f"apps/{app}/overlays/prod/web.yaml": DEPLOYMENT for app in ("web", "batch")}
    places |= {"apps/web/overlays/stage/web.yaml": DEPLOYMENT}
    root = write({**places, **dict([first, rule])})
    assert run(root, "two-replicas", "mutable-image-tag").findings == ()
    (root / settings[0]).write_text(settings[1], "utf-8")
    found = run(root, "two-replicas", "mutable-image-tag").findings
    assert [(item.severity, item.span.path, item.span.line, item.message) for item in found] == [
        ("error", "apps/web/overlays/prod/web.yaml", 5, "Deployment web has 2 replicas in production")
    ]
