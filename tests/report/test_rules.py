from __future__ import annotations

import json
from dataclasses import replace

from gitlint_ops.report.rules import render_explanation, render_rules_json, render_rules_text
from tests.report import samples


def test_the_list() -> None:
    rules = [samples.SECRET_RULE, samples.RULE, replace(samples.RULE, name="another", enabled=False, summary="Off.")]
    assert (
        render_rules_text(rules, color=False, width=120)
        == """\
images
  another            warning (prod: error)     (off) Off.
  mutable-image-tag  warning (prod: error)     A container image is named by a tag that can change under it.
secrets
  secret-value       error                     A credential is in Git.

3 rules. 'gitlint-ops explain RULE' says why one matters and how to fix what it finds.
"""
    )


def test_the_list_as_json() -> None:
    data = json.loads(render_rules_json([samples.RULE]))
    assert data["schema_version"] == 1
    assert data["rules"] == [
        {
            "name": "mutable-image-tag",
            "category": "images",
            "severity": "warning",
            "production_severity": "error",
            "confidence": "high",
            "security": False,
            "enabled": True,
            "summary": "A container image is named by a tag that can change under it.",
            "references": ["https://kubernetes.io/docs/concepts/containers/images/"],
            "options": {"allow": []},
        }
    ]


def test_the_page_of_a_rule() -> None:
    assert (
        render_explanation(samples.RULE, color=False, width=120)
        == """\
mutable-image-tag
warning (prod: error)  category images, confidence high

A container image is named by a tag that can change under it.

Why it matters
  Two pods of one Deployment may run different code.

How to fix it
  Name a version or a digest.

Options
  allow (default: [])  Image name globs that may use mutable tags.

  Set them in .gitlint-ops.yaml:
    rules:
      mutable-image-tag:
        options:
          allow: []

Bad: a tag that moves
  web.yaml
    kind: Pod
  > image: web:latest
  web.yaml:2 The tag moves.

Good: a digest
  web.yaml
    image: web@sha256:0

To accept one finding
  Put a comment with the reason on its line, or on the line above it:
    # gitlint-ops: ignore=mutable-image-tag reason=why this is fine
  Or an annotation on the object:
    gitlint-ops.dev/ignore: "mutable-image-tag reason=why this is fine"
  Or accept it in .gitlint-ops.yaml:
    suppressions:
      - rule: mutable-image-tag
        path: path/of/the/file.yaml
        reason: why this is fine

References
  https://kubernetes.io/docs/concepts/containers/images/
"""
    )


def test_prose_keeps_its_listed_lines() -> None:
    rule = replace(samples.RULE, fix="Name a version\nor a digest:\n\n    newTag: 1.4.2\n\nThen commit.\n", examples=())
    text = render_explanation(replace(rule, default_options={}), color=False, width=120)
    assert "How to fix it\n  Name a version or a digest:\n      newTag: 1.4.2\n  Then commit.\n" in text
    assert "Options" not in text
