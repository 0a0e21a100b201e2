from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

TEMPLATE = """
          template:
            metadata: {{name: "a-{name}"}}
            spec:
              project: apps
              source: {{repoURL: "https://github.com/example/a.git", targetRevision: v1.0.0, path: web}}
              destination: {{server: https://kubernetes.default.svc, namespace: web}}
"""


def _set(spec: str, name: str = "{{name}}") -> dict[str, str]:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\nspec:\n"
    body = TEMPLATE.format(name=name).replace("\n          ", "\n  ").lstrip("\n")
    return {"set.yaml": head + spec + body, "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}


@pytest.mark.parametrize(
    ("generators", "count"),
    [
        ("[{list: {elements: []}}]", 0),
        ("[{pullRequest: {github: {owner: a, repo: b}}}]", 0),
        ("[{clusters: {}}]", 1),
        ("[{matrix: {generators: [{list: {elements: []}}, {merge: {generators: [{scmProvider: {}}]}}]}}]", 1),
    ],
)
def test_generators_that_find_their_list_are_unbounded(generators: str, count: int, tmp_path: Path) -> None:
    found = findings(tmp_path, _set(f"  generators: {generators}\n"), "appset-unbounded")
    assert places(found) == [("set.yaml", 3)] * count


def test_a_set_over_many_clusters_wants_a_strategy_too(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d"]
    settings = "".join(f"  - {{name: {name}, server: 'https://{name}.example.com'}}\n" for name in names)
    files = _set("  generators: [{clusters: {}}]\n")
    files["set.yaml"] = files["set.yaml"].replace("server: https://kubernetes.default.svc", 'server: "{{server}}"')
    (found,) = findings(tmp_path, {**files, ".gitlint-ops.yaml": f"clusters:\n{settings}"}, "appset-unbounded")
    assert "nor does a RollingSync strategy spare any of the 5 clusters" in found.message


def test_the_option_is_added_below_the_flag(tmp_path: Path) -> None:
    spec = "  goTemplate: true  # since 2.8\n  generators: [{list: {elements: [{name: web}]}}]\n"
    (found,) = findings(tmp_path, _set(spec, "{{ .name }}"), "appset-no-missingkey-error")
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert (edit.span.line, edit.span.column, edit.span.end_column) == (5, 15, 19)
    assert edit.text == 'true\n  goTemplateOptions: ["missingkey=error"]'


@pytest.mark.parametrize("spec", ["  {}\n", '  goTemplateOptions: ["missingkey=zero"]\n'])
def test_no_edit_is_offered_where_it_would_not_be_plain(spec: str, tmp_path: Path) -> None:
    flow = "  generators: [{list: {elements: [{name: web}]}}]\n"
    text = f"  goTemplate: true\n{spec}{flow}" if "Options" in spec else f"  ? goTemplate\n  : true\n{flow}"
    (found,) = findings(tmp_path, _set(text, "{{ .name }}"), "appset-no-missingkey-error")
    assert found.fix is None
