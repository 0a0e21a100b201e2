from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.fix import Checked, propose, unified_diff
from gitlint_ops.fix.fixer import applicable
from gitlint_ops.fix.workspace import Workspace
from gitlint_ops.lint.model import Edit, Effect, Finding, Fix, Report, Suppression
from gitlint_ops.lint.runner import lint
from gitlint_ops.render import render_repository
from gitlint_ops.source import SourceTree, Span, open_tree
from gitlint_ops.source.listing import Listing
from tests.fix.support import changed, proposal, reasons

Write = Callable[[Mapping[str, str]], Path]

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "nginx:1.27.3"}]}
    """
SCALER = """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web}
    spec:
      minReplicas: 2
      maxReplicas: 6
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    """
TWO = {
    "base/kustomization.yaml": "resources: [deployment.yaml]\n",
    "base/deployment.yaml": DEPLOYMENT,
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base, scaler.yaml]\n",
    "overlays/prod/scaler.yaml": SCALER,
}


def test_a_fix_that_reaches_another_environment_is_left_out(write: Write) -> None:
    outcome = proposal(write(TWO), "hpa-fights-replicas", unsafe=True)
    reason = "it would also change spec.replicas of Deployment web in kustomize:overlays/dev"
    assert reasons(outcome) == [("hpa-fights-replicas", reason)]
    assert outcome.changes == ()


def test_a_fix_in_all_environments_that_it_is_about_is_made(write: Write) -> None:
    both = {
        "overlays/dev/kustomization.yaml": TWO["overlays/prod/kustomization.yaml"],
        "overlays/dev/scaler.yaml": SCALER,
    }
    outcome = proposal(write(TWO | both), "hpa-fights-replicas", unsafe=True)
    assert list(changed(outcome)) == ["base/deployment.yaml"]
    assert [finding.environments for finding in outcome.fixed] == [("dev", "prod")]


def test_the_proven_ones_among_many_are_made(write: Write) -> None:
    """One fix of three has an effect that it should not have: the other two are found by further checks."""
    files = {
        **TWO,
        "apps/a/kustomization.yaml": "bases: [../../base]\n",
        "apps/b/kustomization.yaml": "commonLabels: {team: b}\nresources: [../../base]\n",
    }
    outcome = proposal(write(files), "hpa-fights-replicas", "kustomization-deprecated-field", unsafe=True)
    assert list(changed(outcome)) == ["apps/a/kustomization.yaml", "apps/b/kustomization.yaml"]
    assert [rule for rule, _ in reasons(outcome)] == ["hpa-fights-replicas"]


def test_what_does_not_render_is_left_as_it_is(write: Write) -> None:
    files = {"kustomization.yaml": "bases:\n  - https://git.acme.example/base//web?ref=v1\n"}
    outcome = proposal(write(files), "kustomization-deprecated-field")
    assert outcome.changes == ()
    assert reasons(outcome) == [
        ("kustomization-deprecated-field", "kustomize:. reads the file and does not render"),
    ]


def test_a_kustomization_that_builds_by_itself_is_fixed_where_what_includes_it_does_not_render(write: Write) -> None:
    files = {
        "all/kustomization.yaml": "resources:\n  - ../web\n  - https://git.acme.example/base//web?ref=v1\n",
        "web/kustomization.yaml": "commonLabels: {a: b}\nresources: [deployment.yaml]\n",
        "web/deployment.yaml": DEPLOYMENT,
    }
    outcome = proposal(write(files), "kustomization-deprecated-field")
    assert reasons(outcome) == []
    assert list(changed(outcome)) == ["web/kustomization.yaml"]


def test_what_renders_only_after_another_fix_is_fixed_after_it(write: Write) -> None:
    files = {
        "kustomization.yaml": """
            commonLabels: {a: b}
            resources: [deployment.yaml]
            images: [{name: nginx, newTag: 1.10}]
            """,
        "deployment.yaml": DEPLOYMENT,
    }
    outcome = proposal(write(files), "kustomization-deprecated-field", "unquoted-image-tag")
    assert changed(outcome)["kustomization.yaml"] == (
        "labels:\n  - includeSelectors: true\n    pairs: {a: b}\n"
        'resources: [deployment.yaml]\nimages: [{name: nginx, newTag: "1.10"}]\n'
    )


def test_what_a_chart_makes_up_at_random_speaks_against_no_fix(write: Write) -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/values.yaml": "image:\n  repository: nginx\n  tag: 1.10\n",
        "chart/templates/all.yaml": """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, annotations: {seed: "{{ randAlphaNum 12 }}"}}
            spec: {containers: [{name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]}
            """,
    }
    outcome = proposal(write(files), "unquoted-image-tag")
    assert reasons(outcome) == []
    assert list(changed(outcome)) == ["chart/values.yaml"]


def test_the_files_are_not_touched_by_the_proof(write: Write) -> None:
    root = write({**TWO, "overlays/dev/kustomization.yaml": "bases: [../../base]\n"})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*.yaml")}
    assert proposal(root, "kustomization-deprecated-field").changes
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in root.rglob("*.yaml")} == before


def test_a_file_behind_a_symlink_is_left_as_it_is(write: Write, tmp_path: Path) -> None:
    root = write(
        {"shared/deployment.yaml": DEPLOYMENT, "real/kustomization.yaml": "commonLabels: {a: b}\nresources: [d.yaml]\n"}
    )
    try:
        (root / "real/d.yaml").symlink_to("../shared/deployment.yaml")
        (root / "linked").mkdir()
        (root / "linked/kustomization.yaml").symlink_to("../real/kustomization.yaml")
        (root / "linked/d.yaml").symlink_to("../shared/deployment.yaml")
    except OSError:
        pytest.skip("symlinks need a privilege on Windows")
    outcome = proposal(root, "kustomization-deprecated-field")
    assert ("kustomization-deprecated-field", "the file is reached through a symlink") in reasons(outcome)
    assert (root / "linked/kustomization.yaml").is_symlink()


def test_a_file_listed_behind_a_link_is_not_written_through_it(write: Write, tmp_path: Path) -> None:
    """Git's index may list a file below what became a link out of the repository since."""
    root = write(TWO | {"apps/kustomization.yaml": "bases: [../base]\n", "outer/secret.yaml": "a: b\n"})
    outside = tmp_path / "outside"
    (root / "outer").rename(outside)
    try:
        (root / "outer").symlink_to(outside)
    except OSError:
        pytest.skip("symlinks need a privilege on Windows")
    with EngineClient(root, workers=1) as engine:
        listing = Listing(("outer/secret.yaml", "apps/kustomization.yaml"), (), is_git=True, remotes=())
        with Workspace(SourceTree(root, engine, listing)) as workspace:
            assert (workspace.root / "outer").is_symlink()
            assert (workspace.root / "base/deployment.yaml").is_file()
    assert (outside / "secret.yaml").read_text("utf-8") == "a: b\n"


def test_lines_that_may_hold_a_secret_are_known(write: Write) -> None:
    files = {
        "kustomization.yaml": "commonLabels: {a: b}\nsecretGenerator: [{name: db, literals: [password=hunter2]}]\n",
    }
    outcome = proposal(write(files), "kustomization-deprecated-field")
    assert "hunter2" not in unified_diff(outcome.changes)
    assert "secretGenerator" in changed(outcome)["kustomization.yaml"]


# A check of the test's own, so that fixes can be wrong in each way


def _finding(path: str, *edits: Edit, effect: Effect | None = None, rule: str = "some-rule") -> Finding:
    return Finding(
        rule,
        "sync",
        "warning",
        "a message",
        Span(path, 1),
        exact=True,
        deliveries=("kustomize:.",),
        fingerprint=f"{rule} {path}",
        fix=Fix("Mend it", edits, effect=effect or Effect()),
    )


def _proposed(root: Path, find: Callable[[SourceTree], list[Finding]]) -> list[tuple[str, str]]:
    """Give why the fixes of what ``find`` finds are left out."""

    def check(tree: SourceTree, engine: EngineClient) -> Checked:
        rendering = render_repository(tree, engine, Config())
        report = lint(tree, rendering, Config(), engine, ())
        return Checked(tree, rendering, Report(tuple(find(tree)), report.coverage))

    with EngineClient(root, workers=1) as engine:
        checked = check(open_tree(root, engine, Config()), engine)
        return reasons(propose(checked, check, lambda state: state.report))


CONFIG = {
    "kustomization.yaml": "resources: [config.yaml]\n",
    "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n",
}
SAME = Edit(Span("config.yaml", 4, 1, 4, 5), "data")
OTHER = Edit(Span("config.yaml", 4, 11, 4, 12), "c")


def test_a_fix_that_mends_nothing_is_left_out(write: Write) -> None:
    found = _proposed(write(CONFIG), lambda _: [_finding("config.yaml", SAME)])
    assert found == [("some-rule", "it would not mend the finding")]


def test_a_fix_that_moves_the_finding_is_left_out(write: Write) -> None:
    def find(tree: SourceTree) -> list[Finding]:
        is_fixed = "c}" in tree.text("config.yaml")
        return [_finding("kustomization.yaml" if is_fixed else "config.yaml", OTHER, effect=Effect((("data",),)))]

    assert _proposed(write(CONFIG), find)[0] == ("some-rule", "some-rule would be found elsewhere instead")


def test_a_fix_that_brings_another_warning_is_left_out(write: Write) -> None:
    def find(tree: SourceTree) -> list[Finding]:
        is_fixed = "c}" in tree.text("config.yaml")
        rule = "other-rule" if is_fixed else "some-rule"
        return [_finding("config.yaml", OTHER, effect=Effect((("data",),)), rule=rule)]

    assert _proposed(write(CONFIG), find) == [("some-rule", "other-rule would be found at config.yaml:1")]


def test_a_fix_that_changes_another_field_is_left_out(write: Write) -> None:
    def find(tree: SourceTree) -> list[Finding]:
        finding = _finding("config.yaml", OTHER, effect=Effect((("metadata",),)))
        return [] if "c}" in tree.text("config.yaml") else [finding]

    reason = "it would also change data.a of ConfigMap web in kustomize:."
    assert _proposed(write(CONFIG), find) == [("some-rule", reason)]


def test_edits_of_places_that_are_not_there_are_left_out(write: Write) -> None:
    found = _proposed(write(CONFIG), lambda _: [_finding("config.yaml", Edit(Span("config.yaml", 9, 1, 9, 2), ""))])
    assert found == [("some-rule", "the file has no line 9")]


def test_a_file_that_nothing_reads_is_left_as_it_is(write: Write) -> None:
    edit = Edit(Span("notes.txt", 1, 1, 1, 2), "b")
    found = _proposed(write({**CONFIG, "notes.txt": "a\n"}), lambda _: [_finding("notes.txt", edit)])
    assert found == [("some-rule", "nothing that is rendered reads the file")]


def test_suppressed_findings_and_unsafe_fixes_are_not_applied_unasked() -> None:
    plain = _finding("a.yaml", SAME)
    accepted = Finding(
        "r",
        "sync",
        "error",
        "m",
        Span("a.yaml", 1),
        exact=True,
        suppression=Suppression("comment", "so"),
        fix=plain.fix,
    )
    unsafe = Finding("r", "sync", "error", "m", Span("a.yaml", 1), exact=True, fix=Fix("d", (SAME,), safe=False))
    without = Finding("r", "sync", "error", "m", Span("a.yaml", 1), exact=True)
    found = [plain, accepted, unsafe, without]
    assert [c.finding for c in applicable(found, unsafe=False)] == [plain]
    assert [c.finding for c in applicable(found, unsafe=True)] == [plain, unsafe]
