from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "auto-sync-paused"
APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: {name}
      namespace: argocd
      annotations: {annotations}
    spec:
      project: default
      source: {{repoURL: "https://git.example.com/{name}.git", targetRevision: v1.0.0, path: deploy}}
      destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
      syncPolicy: {policy}
    """
REASON = "gitlint-ops.dev/paused-reason"
UNTIL = "gitlint-ops.dev/paused-until"


def application(name: str, policy: str, annotations: str = "{}") -> str:
    return APPLICATION.format(name=name, policy=policy, annotations=annotations)


@pytest.mark.parametrize(
    ("annotations", "said"),
    [
        (f"{{{REASON}: why}}", "without an end"),
        (f"{{{UNTIL}: '2999-01-01'}}", "without a reason"),
        (f"{{{REASON}: why, {UNTIL}: soon}}", "until 'soon', which is no date. Write gitlint-ops.dev/paused-until as"),
    ],
)
def test_what_a_pause_lacks(annotations: str, said: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web.yaml": application("web", "{automated: {enabled: false}}", annotations)}, RULE)
    assert [item.severity for item in found] == ["warning"]
    assert said in found[0].message


@pytest.mark.parametrize(("days", "count"), [(-1, 1), (0, 0), (1, 0)])
def test_a_pause_lasts_until_the_end_of_its_day(days: int, count: int, tmp_path: Path) -> None:
    until = date.today() + timedelta(days=days)
    text = application("web", "{automated: {enabled: false}}", f"{{{REASON}: why, {UNTIL}: '{until}'}}")
    found = findings(tmp_path, {"web.yaml": text}, RULE)
    assert [item.severity for item in found] == ["error"] * count


def test_the_reason_of_an_expired_pause_is_shown_in_part(tmp_path: Path) -> None:
    annotations = f"{{{REASON}: {'x' * 500}, {UNTIL}: '2020-01-01'}}"
    found = findings(tmp_path, {"web.yaml": application("web", "{automated: {enabled: false}}", annotations)}, RULE)
    assert f"(reason given: {'x' * 80})" in found[0].message


def test_the_option_says_what_is_required(tmp_path: Path) -> None:
    files = {
        "web.yaml": application("web", "{automated: {enabled: false}}", f"{{{REASON}: why}}"),
        ".gitlint-ops.yaml": f"rules: {{{RULE}: {{options: {{require: [reason]}}}}}}\n",
    }
    assert findings(tmp_path, files, RULE) == ()


def test_skipping_and_suspended_sources_are_pauses(tmp_path: Path) -> None:
    files = {
        "argocd/web.yaml": application(
            "web", "{automated: {}}", "{argocd.argoproj.io/skip-reconcile: 'true', other: text}"
        ),
        "flux/source.yaml": """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {name: web, namespace: flux-system}
            spec: {interval: 1m, url: "https://git.example.com/web.git", suspend: true}
            """,
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("argocd/web.yaml", 6), ("flux/source.yaml", 4)]
    assert {item.message.partition(" without")[0] for item in found} == {
        "Argo CD skips Application web altogether (skip-reconcile)",
        "GitRepository web is suspended, so all that is built from it keeps its last revision,",
    }


def test_the_applications_of_one_set_are_one_pause(tmp_path: Path) -> None:
    text = """
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {name: shops, namespace: argocd}
        spec:
          generators:
            - list: {elements: [{name: a}, {name: b}]}
          template:
            metadata: {name: 'shop-{{name}}'}
            spec:
              project: default
              source: {repoURL: "https://git.example.com/shop.git", targetRevision: v1.0.0, path: '{{name}}'}
              destination: {server: https://kubernetes.default.svc, namespace: '{{name}}'}
              syncPolicy:
                automated: {enabled: false}
        """
    found = findings(tmp_path, {"shops.yaml": text}, RULE)
    assert places(found) == [("shops.yaml", 14)]
    assert found[0].message.startswith("ApplicationSet shops has its sync switched off without a reason and an end")
    assert len(found[0].deliveries) == 2


def test_a_commented_policy_counts_where_most_sync_by_themselves(tmp_path: Path) -> None:
    commented = application("web", "\n        # automated: {}\n        syncOptions: [CreateNamespace=true]")
    files = {"web.yaml": commented, "a.yaml": application("a", "{automated: {}}")}
    assert findings(tmp_path, files, RULE) == ()
    files["b.yaml"] = application("b", "{automated: {}}")
    assert places(findings(tmp_path, files, RULE)) == [("web.yaml", 12)]
