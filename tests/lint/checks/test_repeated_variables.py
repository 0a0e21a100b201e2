from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "repeated-variable"


def web(
    env: str, kind: str = "Deployment", api: str = "apps/v1", annotations: str = "", where: str = "containers"
) -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: web, annotations: {{{annotations}}}}}
        spec:
          template:
            spec:
              {where}: [{{name: web, image: "registry.example.com/web:1.4.2", env: {env}}}]
        """


TWICE = "[{name: A, value: a}, {name: A, value: b}]"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (web(TWICE), "warning"),
        (web(TWICE, where="initContainers"), "warning"),
        (web(TWICE, annotations="argocd.argoproj.io/sync-options: 'Prune=false,ServerSideApply=true'"), "error"),
        (web("[{name: A, value: a}, {name: B, value: a}]"), ""),
        (web("[{name: A, value: a}, {name: A, value: '$(A)b'}]"), ""),
        (web("[{name: A, value: a}, {name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]"), "warning"),
        (web("[a, {value: b}, {value: c}]"), ""),
        (web(TWICE, kind="Runner", api="example.com/v1"), ""),
    ],
)
def test_variables(text: str, severity: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/web.yaml": text}, RULE)
    assert places(found) == [("web/web.yaml", 7)] * bool(severity)
    assert [item.severity for item in found] == [severity] * bool(severity)
