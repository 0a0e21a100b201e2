"""When the rules about suppressions speak: their words are pinned by the examples in rules/hygiene/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint, load_rules
from gitlint_ops.lint.model import Violation
from gitlint_ops.render import render_repository
from gitlint_ops.source import open_tree
from tests.lint.support import run

Write = Callable[[Mapping[str, str]], Path]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: nginx:1.27.1}\n"
COMMENT = "# gitlint-ops: ignore=mutable-image-tag reason=r\n"
FILES = {"overlays/prod/kustomization.yaml": "resources: [pod.yaml]\n", "overlays/prod/pod.yaml": COMMENT + POD}


def unused(root: Path, *names: str) -> list[tuple[str, int]]:
    """Give (path, line) of the suppressions that a run with these rules calls unused."""
    report = run(root, "suppression-unused", *names)
    return [(f.span.path, f.span.line) for f in report.findings if f.rule == "suppression-unused"]


def test_only_a_rule_that_ran_can_have_nothing_to_hide(write: Write) -> None:
    root = write(FILES)
    assert unused(root, "mutable-image-tag") == [("overlays/prod/pod.yaml", 1)]
    assert unused(root) == []
    write({".gitlint-ops.yaml": "rules: {mutable-image-tag: off}\n"})
    assert unused(root, "mutable-image-tag") == []


def test_a_rule_that_crashed_did_not_run(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: object) -> list[Violation]:
        raise KeyError("x")

    monkeypatch.setattr("gitlint_ops.lint.checks.images.mutable_image_tag", crash)
    assert unused(write(FILES), "mutable-image-tag") == []


@pytest.mark.parametrize(
    "more",
    [
        {"overlays/prod/kustomization.yaml": "resources: [pod.yaml, https://example.org/base?ref=v1]\n"},
        {"overlays/prod/kustomization.yaml": "resources: [pod.yaml, gone.yaml]\n"},
        {"overlays/prod/pod.yaml": COMMENT + POD + "---\na: 'open\n"},
    ],
    ids=["needs the network", "failed", "not read"],
)
def test_what_was_not_rendered_cannot_be_judged(write: Write, more: Mapping[str, str]) -> None:
    assert unused(write({**FILES, **more}), "mutable-image-tag") == []


def test_an_entry_is_judged_where_all_of_its_files_were_seen(write: Write) -> None:
    entries = "suppressions:\n  - {rule: mutable-image-tag, reason: r, path: overlays/prod}\n"
    entries += "  - {rule: mutable-image-tag, reason: r, path: overlays/dev}\n"
    broken = {"overlays/dev/kustomization.yaml": "resources: [gone.yaml]\n"}
    root = write({**FILES, **broken, ".gitlint-ops.yaml": entries})
    assert unused(root, "mutable-image-tag") == [(".gitlint-ops.yaml", 2), ("overlays/prod/pod.yaml", 1)]


def test_all_suppressions_that_would_hide_a_finding_are_of_use(write: Write) -> None:
    pod = POD.replace("nginx:1.27.1}", "nginx:latest} # gitlint-ops: ignore=mutable-image-tag reason=again")
    assert unused(write({**FILES, "overlays/prod/pod.yaml": COMMENT + pod}), "mutable-image-tag") == []


def test_one_annotation_in_several_environments_is_one(write: Write) -> None:
    pod = POD.replace("name: web}\n", "name: web, annotations: {gitlint-ops.dev/ignore: 'no-such-rule reason=r'}}\n", 1)
    files = {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod}
    files |= {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("dev", "prod")}
    (found,) = run(write(files), "unknown-suppression").findings
    assert (found.span.path, found.span.line, found.environments) == ("base/pod.yaml", 3, ("dev", "prod"))


def test_rules_of_a_configuration_that_was_left_aside_may_exist(write: Write) -> None:
    comment = "# gitlint-ops: ignore=our-own-rule reason=r\n"
    root = write({**FILES, "overlays/prod/pod.yaml": comment + POD, ".gitlint-ops.yaml": "exclude: []\n"})
    assert [f.rule for f in run(root, "unknown-suppression").findings] == ["unknown-suppression"]
    rules = [rule for rule in load_rules(Config()) if rule.name == "unknown-suppression"]
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, Config())
        report = lint(tree, render_repository(tree, engine, Config()), Config(), engine, rules)
    assert report.findings == ()
