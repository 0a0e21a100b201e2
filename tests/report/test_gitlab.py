from __future__ import annotations

import json

from gitlint_ops.report.gitlab import render_gitlab
from tests.report import samples


def test_a_whole_report() -> None:
    report = samples.report(samples.NEAREST, samples.IMAGE, samples.ACCEPTED)
    assert json.loads(render_gitlab(report)) == [
        {
            "description": "Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it. "
            "(in stage, prod)",
            "check_name": "mutable-image-tag",
            "fingerprint": "f00d",
            "severity": "critical",
            "location": {"path": "apps/web/overlays/prod/kustomization.yaml", "lines": {"begin": 14}},
        },
        {
            "description": "The chart needs the network.",
            "check_name": "not-rendered",
            "fingerprint": "beef",
            "severity": "info",
            "location": {"path": "clusters/prod/web.yaml", "lines": {"begin": 3}},
        },
    ]


def test_a_clean_run_is_an_empty_list() -> None:
    assert render_gitlab(samples.report()) == "[]\n"
