from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

RULE = "mutable-image-tag"


def _pod(image: str, extra: str = "") -> str:
    head = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n{extra}"
    return f"{head}spec:\n  containers:\n    - name: web\n      image: {image}\n"


def test_one_base_line_is_one_finding_for_all_overlays(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": _pod("web:latest"),
        "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\n",
    }
    found = findings(tmp_path, files, RULE)
    assert places(found) == [("base/pod.yaml", 8)]
    assert (found[0].environments, found[0].severity) == (("dev", "prod"), "error")


def test_the_images_entry_is_the_place_of_the_tag_that_it_sets(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml]\n",
        "base/pod.yaml": _pod("web:1.0.0"),
        "overlays/prod/kustomization.yaml": (
            "resources: [../../base]\nimages:\n"
            "  - name: web\n    newName: registry.example.com/web\n    newTag: stable\n"
        ),
    }
    assert places(findings(tmp_path, files, RULE)) == [("overlays/prod/kustomization.yaml", 5)]


def test_the_values_of_an_application_whose_chart_is_elsewhere(tmp_path: Path) -> None:
    files = {
        "apps/web.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: web, namespace: argocd}
            spec:
              project: default
              sources:
                - repoURL: https://charts.acme.example
                  chart: web
                  targetRevision: 1.0.0
                  helm:
                    valueFiles: [$values/values/web.yaml]
                    valuesObject:
                      image: {repository: registry.example.com/web, tag: latest}
                      sidecar: {image: {repository: registry.example.com/sidecar}}
                - repoURL: https://github.com/example/platform-gitops.git
                  targetRevision: v1.0.0
                  ref: values
              destination: {server: https://kubernetes.default.svc, namespace: web}
            """,
        "values/web.yaml": """
            worker:
              image: registry.example.com/worker:edge
            cache:
              image: {repository: redis, tag: "7.2", digest: "sha256:4c1f"}
            """,
        ".gitlint-ops.yaml": "repository: {urls: [https://github.com/example/platform-gitops.git]}\n",
    }
    assert places(findings(tmp_path, files, RULE)) == [("apps/web.yaml", 13), ("values/web.yaml", 2)]


def test_sources_that_do_not_render_are_still_seen(tmp_path: Path) -> None:
    files = {
        "web/kustomization.yaml": (
            "resources: [pod.yaml, other.yaml, 'https://github.com/acme/x//y?ref=v1']\n"
            "images: [{name: web, newTag: 1.0.0}]\n"
        ),
        "web/pod.yaml": _pod("web:latest"),
        "web/other.yaml": _pod("other:latest"),
    }
    assert places(findings(tmp_path, files, RULE)) == [("web/other.yaml", 8)]


def test_what_no_controller_starts_is_left_out(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/templates/test.yaml": _pod("web:latest", "  annotations: {helm.sh/hook: test}\n"),
        "examples/pod.yaml": _pod("web:latest"),
    }
    assert findings(tmp_path, files, RULE) == ()


def test_options(tmp_path: Path) -> None:
    files = {
        "a.yaml": _pod("registry.example.com/dev/web:latest"),
        "b.yaml": _pod("web:stable"),
        "c.yaml": _pod("web:1.2"),
        "d.yaml": _pod("web:1"),
        ".gitlint-ops.yaml": """
            rules:
              mutable-image-tag:
                options: {allow: ["registry.example.com/dev/*"], allow_tags: [stable], floating_versions: major}
            """,
    }
    assert places(findings(tmp_path, files, RULE)) == [("d.yaml", 8)]


def test_the_values_of_a_chart_whose_dependencies_are_elsewhere(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": (
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
            "  - {name: app, version: 1.0.0, repository: https://charts.acme.example}\n"
        ),
        "web/values.yaml": "app:\n  image: {repository: web, tag: latest}\n  init: {image: 'init:edge'}\n",
        "web/values-prod.yaml": "app:\n  image:\n    tag: 1.2.3\n",
        "web/values-dev.yaml": "app: {}\n",
    }
    found = findings(tmp_path, files, RULE)
    assert [(f.span.path, f.span.line, f.environments) for f in found] == [
        ("web/values.yaml", 3, ("dev", "prod")),
        ("web/values.yaml", 2, ("dev",)),
    ]


def test_the_values_that_an_application_holds_as_text(tmp_path: Path) -> None:
    files = {
        "apps/prod/web.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: web, namespace: argocd}
            spec:
              project: default
              source:
                repoURL: https://charts.acme.example
                chart: web
                targetRevision: 1.0.0
                helm:
                  values: |
                    replicas: 2
                    image:
                      repository: web
                      tag: latest
              destination: {server: https://kubernetes.default.svc, namespace: web}
            """,
    }
    (found,) = findings(tmp_path, files, RULE)
    assert (found.span.line, found.span.column, found.exact) == (15, 16, True)


def test_a_tag_in_values_that_were_rendered_is_one_finding(tmp_path: Path) -> None:
    files = {
        ".gitlint-ops.yaml": "repository: {urls: [https://github.com/acme/gitops]}\n",
        "app.yaml": """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: web, namespace: argocd}
            spec:
              project: default
              source:
                repoURL: https://github.com/acme/gitops
                targetRevision: v1
                path: chart
                helm:
                  values: |
                    image:
                      tag: latest
              destination: {server: https://kubernetes.default.svc, namespace: web}
            """,
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/templates/pod.yaml": """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {containers: [{name: web, image: "acme/web:{{ .Values.image.tag }}"}]}
            """,
    }
    assert places(findings(tmp_path, files, "mutable-image-tag")) == [("app.yaml", 13)]


def test_the_values_of_a_chart_that_renders_count_only_where_they_are_used(tmp_path: Path) -> None:
    files = {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/values.yaml": "image: {repository: web, tag: latest}\nsidecar: {enabled: false, image: 'side:latest'}\n",
        "web/templates/pod.yaml": _pod("'{{ .Values.image.repository }}:{{ .Values.image.tag }}'"),
    }
    assert places(findings(tmp_path, files, RULE)) == [("web/values.yaml", 1)]


def test_an_image_without_a_tag_that_skaffold_builds_is_no_finding(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: a, image: %s}]}\n"
    files = {
        "skaffold.yaml": "apiVersion: skaffold/v3\nkind: Config\nbuild: {artifacts: [{image: cart}, {image: shop}]}\n",
        "apps/cart.yaml": pod % ("cart", "cart"),
        "apps/shop.yaml": pod % ("shop", "shop:latest"),
        "apps/redis.yaml": pod % ("redis", "redis"),
    }
    assert places(findings(tmp_path, files, "mutable-image-tag")) == [("apps/redis.yaml", 4), ("apps/shop.yaml", 4)]
