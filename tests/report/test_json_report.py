from __future__ import annotations

import json

from gitlint_ops.report import render_json
from tests.report import samples


def test_the_contract() -> None:
    report = samples.report(samples.IMAGE, samples.NEAREST, samples.ACCEPTED, coverage=samples.GAPS)
    data = json.loads(render_json(report))
    keys = ["schema_version", "tool", "root", "summary", "coverage", "findings", "base", "shard", "fleet"]
    assert list(data) == keys
    assert (data["schema_version"], data["root"]) == (1, ".")
    assert data["tool"] == {"name": "gitlint-ops", "version": "1.2.3"}
    assert data["summary"] == {"error": 1, "warning": 0, "info": 1, "suppressed": 1}
    assert data["coverage"]["units"] == 6
    assert data["coverage"]["failed"] == [
        {"unit": "helm:charts/bad", "path": "charts/bad", "reason": "parse error at line 3"}
    ]
    assert data["findings"][0] == {
        "rule": "mutable-image-tag",
        "category": "images",
        "severity": "error",
        "message": "Deployment web runs ghcr.io/acme/web:latest, a tag that can change under it.",
        "location": {
            "path": "apps/web/overlays/prod/kustomization.yaml",
            "line": 14,
            "column": 13,
            "end_line": 14,
            "end_column": 19,
        },
        "exact": True,
        "related": [
            {
                "path": "apps/web/base/deployment.yaml",
                "line": 22,
                "column": 16,
                "message": "the container's image in the base",
            }
        ],
        "object": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "namespace": "web",
            "name": "web",
            "field": "spec.template.spec.containers[0].image",
        },
        "deliveries": ["argocd/web-prod", "argocd/web-stage"],
        "environments": ["stage", "prod"],
        "fingerprint": "f00d",
        "suppressed": None,
        "fix": {
            "description": "Pin the tag.",
            "applicability": "safe",
            "edits": [
                {
                    "path": "apps/web/overlays/prod/kustomization.yaml",
                    "line": 14,
                    "column": 13,
                    "end_line": 14,
                    "end_column": 19,
                    "text": "1.4.2",
                }
            ],
        },
        "help_uri": "https://github.com/gitlint-ops/gitlint-ops/blob/main/docs/rules/mutable-image-tag.md",
        "status": None,
        "repository": None,
    }
    assert data["base"] is None


def test_every_finding_has_the_same_keys() -> None:
    first, second, third = json.loads(render_json(samples.report(samples.IMAGE, samples.NEAREST, samples.ACCEPTED)))[
        "findings"
    ]
    assert list(first) == list(second) == list(third)
    assert (second["object"], second["fix"], second["suppressed"]) == (None, None, None)
    assert third["suppressed"] == {"kind": "comment", "reason": "a demo", "until": "2027-01-31"}


def test_a_clean_report_has_every_key() -> None:
    data = json.loads(render_json(samples.report()))
    assert data["findings"] == []
    assert data["summary"] == {"error": 0, "warning": 0, "info": 0, "suppressed": 0}
    assert data["coverage"] == {
        "units": 2,
        "rendered": 2,
        "skipped": [],
        "failed": [],
        "files": 9,
        "objects": 14,
        "unreadable": [],
        "assumptions": [],
        "unchecked": [],
        "defects": [],
    }
