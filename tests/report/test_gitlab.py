from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from gitlint_ops.report.gitlab import render_gitlab
from tests.report import samples

WORD = {"type": "string", "minLength": 1}
LOCATION = {
    "required": ["path", "lines"],
    "properties": {
        "path": {"type": "string", "pattern": "^(?!/|\\./).+"},
        "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
    },
}
DOCUMENTED = Draft202012Validator(
    {
        "type": "array",
        "items": {
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": WORD,
                "check_name": WORD,
                "fingerprint": WORD,
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": LOCATION,
            },
        },
    }
)
"""What https://docs.gitlab.com/ci/testing/code_quality/ asks of a report; GitLab's own parser asks for less."""


def test_entries_are_as_documented() -> None:
    everything = samples.report(samples.NEAREST, samples.IMAGE, samples.SECRET)
    entries = json.loads(render_gitlab(everything))
    assert list(DOCUMENTED.iter_errors(entries)) == []
    entries[0]["severity"] = "warning"
    entries[1]["location"]["lines"]["begin"] = 0
    assert len(list(DOCUMENTED.iter_errors(entries))) == 2


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
