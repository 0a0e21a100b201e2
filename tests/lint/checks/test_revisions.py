from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

RULE = "mutable-target-revision"
OWN = "https://github.com/example/platform-gitops.git"


def _application(name: str, url: str, revision: str, path: str = "deploy") -> str:
    return f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          project: default
          source:
            repoURL: {url}
            targetRevision: {revision}
            path: {path}
          destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
        """


CONFIG = {".gitlint-ops.yaml": f"repository: {{urls: [{OWN}]}}\n"}


def test_many_on_one_branch_of_another_repository_are_one_finding(tmp_path: Path) -> None:
    files = {f"apps/a{n}.yaml": _application(f"a{n}", "https://git.acme.example/x.git", "main") for n in range(5)}
    found = findings(tmp_path, {**files, **CONFIG}, RULE)
    assert len(found) == 1
    assert found[0].message == (
        "targetRevision follows the branch main of https://git.acme.example/x.git: a push there changes what is "
        "deployed without a change in this repository; pin a tag or a commit; 4 more sources here follow it too"
    )
    assert [(item.span.path, item.message) for item in found[0].related] == [
        (f"apps/a{n}.yaml", "follows it too") for n in range(1, 5)
    ]


def test_few_are_findings_each(tmp_path: Path) -> None:
    files = {f"apps/a{n}.yaml": _application(f"a{n}", "https://git.acme.example/x.git", "main") for n in range(4)}
    assert len(findings(tmp_path, {**files, **CONFIG}, RULE)) == 4


def test_each_branch_of_this_repository_is_one_warning(tmp_path: Path) -> None:
    files = {
        "prod.yaml": _application("web-prod", OWN, "main", "web"),
        "head.yaml": _application("web-head", OWN, "HEAD", "web"),
        "staging.yaml": _application("web-staging", OWN, "env/staging", "web"),
        "web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
    }
    found = findings(tmp_path, {**files, **CONFIG}, RULE)
    assert [(item.span.path, item.span.line, item.severity) for item in found] == [
        ("head.yaml", 8, "warning"),
        ("staging.yaml", 8, "warning"),
    ]


def test_each_source_of_this_repository_on_request(tmp_path: Path) -> None:
    config = f"repository: {{urls: [{OWN}]}}\nrules: {{{RULE}: {{options: {{own_repository: each}}}}}}\n"
    files = {
        "prod.yaml": _application("web-prod", OWN, "main", "web"),
        "dev.yaml": _application("web-dev", OWN, "main", "web"),
        "web/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
        ".gitlint-ops.yaml": config,
    }
    assert [(item.span.path, item.severity) for item in findings(tmp_path, files, RULE)] == [
        ("prod.yaml", "error"),
        ("dev.yaml", "warning"),
    ]


def test_an_application_set_is_reported_at_its_template(tmp_path: Path) -> None:
    files = {
        "set.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: ApplicationSet
            metadata: {name: web, namespace: argocd}
            spec:
              generators:
                - list: {elements: [{env: dev}, {env: prod}]}
              template:
                metadata: {name: "web-{{env}}"}
                spec:
                  project: default
                  source:
                    repoURL: https://git.acme.example/web.git
                    targetRevision: develop
                    path: "envs/{{env}}"
                  destination: {server: https://kubernetes.default.svc, namespace: web}
            """
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("set.yaml", 13)]
    assert found[0].environments == ("dev", "prod")


def test_a_missing_revision_is_reported_at_the_source(tmp_path: Path) -> None:
    text = _application("web", "https://git.acme.example/web.git", "x").replace("            targetRevision: x\n", "")
    found = findings(tmp_path, {"web.yaml": text}, RULE)
    assert places(found) == [("web.yaml", 6)]
    assert found[0].message.startswith("targetRevision follows HEAD, the default branch, of")


def test_flux_precedence_of_refs(tmp_path: Path) -> None:
    source = """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: {0}, namespace: flux-system}}
        spec:
          interval: 1m
          url: https://git.acme.example/{0}.git
          ref: {1}
        """
    refs = {
        "a": "{branch: main, commit: 6d1d8325}",
        "b": "{name: refs/heads/main, tag: v1.0.0}",
        "c": "{tag: v1.0.0, semver: '*'}",
        "d": "{semver: '>=1.0.0', branch: main}",
        "e": "{}",
    }
    files = {f"{name}.yaml": source.format(name, ref) for name, ref in refs.items()}
    assert places(findings(tmp_path, files, RULE)) == [("b.yaml", 7), ("d.yaml", 7), ("e.yaml", 4)]


def test_a_source_that_two_environments_render_is_one_finding_of_both(tmp_path: Path) -> None:
    source = f"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: team, namespace: apps}}
        spec: {{interval: 1h, url: {OWN}, ref: {{branch: main}}}}
        """
    files = {**CONFIG, "base/kustomization.yaml": "resources: [source.yaml]\n", "base/source.yaml": source}
    overlays = {f"{name}/kustomization.yaml": "resources: [../base]\n" for name in ("staging", "production")}
    found = findings(tmp_path, {**files, **overlays}, RULE)
    assert [(item.span.path, item.environments) for item in found] == [("base/source.yaml", ("staging", "production"))]


def test_one_line_that_production_and_others_follow_is_one_finding_of_the_heavier(tmp_path: Path) -> None:
    generated = """
        apiVersion: argoproj.io/v1alpha1
        kind: ApplicationSet
        metadata: {name: web, namespace: argocd}
        spec:
          generators: [{list: {elements: [{env: dev}, {env: qa}, {env: int}, {env: uat}, {env: test}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              source: {repoURL: https://git.acme.example/x.git, targetRevision: main, path: "envs/{{env}}"}
              destination: {server: https://kubernetes.default.svc, namespace: "web-{{env}}"}
        """
    (found,) = findings(tmp_path, {"set.yaml": generated}, RULE)
    assert (found.severity, found.span.line, found.environments[-1]) == ("error", 10, "prod")


def test_a_revision_that_an_overlay_replaces_is_not_placed_exactly_where_it_does_not_stand(tmp_path: Path) -> None:
    files = {
        "root/kustomization.yaml": """
            resources: [app.yaml, facts.yaml]
            replacements:
              - source: {kind: ConfigMap, name: facts, fieldPath: data.revision}
                targets: [{select: {kind: Application}, fieldPaths: [spec.source.targetRevision]}]
            """,
        "root/facts.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: facts}\ndata: {revision: develop}\n",
        "root/app.yaml": _application("root", OWN, "v1.0.0", "root\n            directory: {exclude: app.yaml}"),
    }
    (found,) = findings(tmp_path, {**files, **CONFIG}, RULE)
    assert found.message.startswith("Application root follows this repository's own branch develop: ")
    assert (found.span.path, found.span.line, found.exact) == ("root/app.yaml", 8, False)


def test_braces_in_a_revision_are_shown_as_they_are(tmp_path: Path) -> None:
    source = """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: web, namespace: flux-system}
        spec: {interval: 1m, url: https://git.acme.example/web.git, ref: {branch: "release-{x}"}}
        """
    (found,) = findings(tmp_path, {"a.yaml": source}, RULE)
    assert found.message == (
        "follows the branch release-{x} of https://git.acme.example/web.git: a push there changes what is deployed "
        "without a change in this repository; pin a tag or a commit"
    )
