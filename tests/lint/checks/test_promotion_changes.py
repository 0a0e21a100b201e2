"""What a change does to versions: the rules of the family promotion with a base to compare with."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint, load_rules
from gitlint_ops.lint.model import Finding
from gitlint_ops.render import render_repository
from gitlint_ops.render.compare import open_base
from gitlint_ops.source import open_tree
from tests.lint.checks.test_promotion import overlays
from tests.repositories import Repository


def found(root: Path, before: dict[str, str], after: dict[str, str], rule: str) -> tuple[Finding, ...]:
    """Commit some files, write others, and give what a rule finds between the two."""
    repository = Repository(root)
    repository.commit(before)
    repository.write(after)
    rules = [item for item in load_rules(Config(), root) if item.name == rule]
    with EngineClient(root, workers=1) as engine:
        tree = open_tree(root, engine, Config())
        rendering = render_repository(tree, engine, Config())
        with open_base(tree, rendering, engine, Config(), "main") as base:
            report = lint(tree, rendering, Config(), engine, rules, base=base)
    assert report.defects == ()
    return report.findings


@pytest.mark.parametrize(
    ("before", "after", "environments"),
    [
        (("0a1b2c3d", "0a1b2c3d"), ("0a1b2c3d", "3d2c1b0a"), [("prod",)]),
        (("3d2c1b0a", "0a1b2c3d"), ("7f6e5d4c", "3d2c1b0a"), []),
        (("0a1b2c3d", "0a1b2c3d"), ("3d2c1b0a", "3d2c1b0a"), []),
        (("0a1b2c3d", "3d2c1b0a"), ("0a1b2c3d", "3d2c1b0a"), []),
        (("main-0a1b2c3d", "1.0.0"), ("main-0a1b2c3d", "1.1.0"), []),
        (("1.1.0", "1.0.0"), ("1.0.0", "1.1.0"), []),
        (("1.0.0", "1.0.0"), ("1.0.0", "1.1.0"), [("prod",)]),
    ],
    ids=["new", "went on", "together", "as before", "other naming", "set back", "ahead"],
)
def test_a_version_that_staging_never_had(
    before: tuple[str, str], after: tuple[str, str], environments: list[tuple[str, ...]], tmp_path: Path
) -> None:
    old, new = (overlays(staging=staging, prod=prod) for staging, prod in (before, after))
    assert [item.environments for item in found(tmp_path, old, new, "promotion-skips-environment")] == environments


def test_a_commit_from_nowhere_is_named(tmp_path: Path) -> None:
    sides = overlays(staging="0a1b2c3d", prod="0a1b2c3d"), overlays(staging="0a1b2c3d", prod="3d2c1b0a")
    (finding,) = found(tmp_path, *sides, "promotion-skips-environment")
    assert finding.message == (
        "this change brings registry.example.com/web 3d2c1b0a to production, and staging, which runs 0a1b2c3d, never "
        "had it: neither before this change nor with it. Promote it through staging first"
    )
    assert (finding.span.path, finding.span.line) == ("overlays/prod/kustomization.yaml", 2)


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ({"staging": "1.1.0", "prod": "1.0.0"}, {"staging": "1.1.0", "prod": "1.1.0"}, 0),
        ({"staging": "1.0.0", "prod": "1.0.0"}, {"staging": "1.1.0", "prod": "1.1.0"}, 1),
        ({"staging": "1.1.0", "prod_eu": "1.0.0", "prod_us": "1.0.0"}, {"prod_eu": "1.1.0", "prod_us": "1.1.0"}, 0),
        ({"staging": "1.0.0", "prod": "1.1.0"}, {"staging": "1.0.0", "prod": "1.0.0"}, 0),
        ({"staging": "1.1.0", "prod": "1.0.0"}, {"staging": "1.2.0", "prod": "1.1.0"}, 0),
    ],
    ids=["one", "two ranks", "regions of one rank", "a step back", "each its own"],
)
def test_several_environments_at_once(
    before: dict[str, str], after: dict[str, str], count: int, tmp_path: Path
) -> None:
    sides = overlays(**before), overlays(**(before | after))
    assert len(found(tmp_path, *sides, "promotion-mixed")) == count


def test_one_line_that_all_share_is_reported_elsewhere(tmp_path: Path) -> None:
    shared = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("staging", "prod")}
    before = overlays() | shared
    after = {name: text.replace("web:1.0.0", "web:1.1.0") for name, text in before.items()}
    assert found(tmp_path, before, after, "promotion-mixed") == ()


def test_what_rides_along_is_named_without_its_value(tmp_path: Path) -> None:
    before, after = overlays(staging="1.1.0", prod="1.0.0"), overlays(staging="1.1.0", prod="1.1.0")
    extra = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    after |= {"overlays/prod/service.yaml": extra}
    kustomization = "overlays/prod/kustomization.yaml"
    after[kustomization] = after[kustomization].replace("[../../base]", "[../../base, service.yaml]")
    (finding,) = found(tmp_path, before, after, "promotion-mixed")
    assert finding.message == (
        "this change promotes registry.example.com/web 1.1.0 to prod from staging, which ran it before this change, "
        "and changes more: Service web (new). Whoever reverts one of them reverts both: promote the version alone, and "
        "leave the rest to a change of its own"
    )


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [("1.1.0", "1.0.9", 1), ("1.0.0", "1.1.0", 0), ("1.1.0", "0a1b2c3d", 0), ("latest", "1.0.0", 0)],
)
def test_steps_back(before: str, after: str, count: int, tmp_path: Path) -> None:
    assert len(found(tmp_path, overlays(prod=before), overlays(prod=after), "version-downgrade")) == count
