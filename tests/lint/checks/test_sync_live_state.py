from __future__ import annotations

from pathlib import Path

import pytest

from gitlint_ops.lint.checks.sync_live_state import live_fields
from gitlint_ops.lint.model import Fix
from tests.lint.checks.support import findings

RULE = "live-state-in-git"


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"metadata": {"uid": "a", "generation": 2}}, [("metadata", "uid"), ("metadata", "generation")]),
        ({"metadata": {"generation": 2, "creationTimestamp": "2023-01-01T00:00:00Z"}}, []),
        ({"metadata": {"uid": "", "creationTimestamp": None}, "status": {}}, []),
        ({"status": {"conditions": [], "acceptedNames": {"kind": "", "plural": ""}}}, []),
        ({"status": {"replicas": 0}}, [("status",)]),
        ({"kind": "Placement", "status": {"a": 1}}, []),
        ({"metadata": {"ownerReferences": [{"uid": "a"}]}}, [("metadata", "ownerReferences")]),
        ({"metadata": "text", "status": None}, []),
    ],
)
def test_fields_that_only_a_cluster_writes(data: dict[str, object], fields: list[tuple[str, ...]]) -> None:
    assert live_fields(data, ["Placement"]) == fields


def applied(root: Path, fix: Fix) -> str:
    """Give the file's text with the whole-line edits of a fix made, last one first."""
    path = root / fix.edits[0].span.path
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for edit in sorted(fix.edits, key=lambda item: item.span, reverse=True):
        assert (edit.span.column, edit.span.end_column) == (1, 1)
        lines[edit.span.line - 1 : edit.span.end_line - 1] = [edit.text] if edit.text else []
    return "".join(lines)


def test_the_fix_takes_the_lines_out_and_nothing_else(tmp_path: Path) -> None:
    text = """
        apiVersion: v1
        kind: Service
        metadata:
          annotations:
            kubectl.kubernetes.io/last-applied-configuration: |
              {"kind":"Service"}
          managedFields:
          - manager: kubectl
            operation: Update

          # the name stays
          name: web
          ownerReferences:
            - uid: a
          uid: 2f6e9d8c # copied
        spec:
          ports: [{port: 80}]
        status:
          loadBalancer:
            ingress:
            - ip: 192.0.2.7
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: next}
        """
    found = findings(tmp_path, {"web.yaml": text}, RULE)
    assert len(found) == 1
    assert found[0].fix is not None
    assert applied(tmp_path, found[0].fix) == (
        "apiVersion: v1\nkind: Service\nmetadata:\n\n  # the name stays\n  name: web\nspec:\n  ports: [{port: 80}]\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: next}\n"
    )


def test_other_annotations_stay(tmp_path: Path) -> None:
    text = """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: web
          annotations:
            owner: web
            kubectl.kubernetes.io/last-applied-configuration: "{}"
        """
    found = findings(tmp_path, {"web.yaml": text}, RULE)
    assert found[0].fix is not None
    assert applied(tmp_path, found[0].fix).endswith("  annotations:\n    owner: web\n")


def test_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_bytes(b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  uid: abc")
    found = findings(tmp_path, {}, RULE)
    assert found[0].fix is not None
    span = found[0].fix.edits[0].span
    assert (span.line, span.column, span.end_line, span.end_column) == (4, 12, 5, 11)


def test_a_flow_mapping_has_no_certain_fix(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, uid: abc}\n"
    found = findings(tmp_path, {"web.yaml": text}, RULE)
    assert [(item.span.line, item.span.column, item.fix) for item in found] == [(3, 23, None)]


def test_one_document_in_several_environments_is_one_finding(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  uid: abc\n",
        "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\n",
    }
    found = findings(tmp_path, files, RULE)
    assert [(item.span.path, item.span.line, item.environments) for item in found] == [
        ("base/web.yaml", 5, ("dev", "prod"))
    ]
