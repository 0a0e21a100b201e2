from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings, places

RULE = "role-binding-dangling"
THERE = """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader, namespace: shop}
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web, namespace: shop}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: shop}
    spec: {containers: [{name: tool, image: "registry.example.com/tool:1.0.0"}]}
    """


def binding(
    role: str = "{kind: Role, name: reader}",
    subject: str = "{kind: ServiceAccount, name: web}",
    kind: str = "RoleBinding",
    api: str = "rbac.authorization.k8s.io/v1",
) -> str:
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: web, namespace: shop}}
        roleRef: {role}
        subjects: [{subject}]
        """


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (binding(), 0),
        (binding(role="{kind: Role, name: writer}"), 4),
        (binding(role="{kind: ClusterRole, name: reader}"), 4),
        (binding(role="{kind: ClusterRole, name: view}"), 0),
        (binding(role="{kind: ClusterRole, name: 'system:auth-delegator'}"), 0),
        (binding(role="{kind: Role, name: '${ROLE}'}"), 0),
        (binding(role="{}"), 0),
        (binding(role="text"), 0),
        (binding(subject="{kind: ServiceAccount, name: api}"), 5),
        (binding(subject="{kind: ServiceAccount, name: web, namespace: other}"), 5),
        (binding(subject="{kind: ServiceAccount, name: api, namespace: nothing-known-of-it}"), 0),
        (binding(subject="{kind: ServiceAccount, name: default}"), 0),
        (binding(subject="{kind: User, name: api}"), 0),
        (binding(subject="{kind: ServiceAccount, name: api, apiVersion: example.com/v1}"), 0),
        (binding(subject="text"), 0),
        (binding("{kind: ClusterRole, name: raeder}", kind="ClusterRoleBinding"), 4),
        (binding("{kind: Role, name: writer}", api="example.com/v1"), 0),
    ],
)
def test_what_a_binding_names(text: str, line: int, tmp_path: Path) -> None:
    found = findings(tmp_path, {"web/binding.yaml": text, "web/there.yaml": THERE}, RULE)
    assert places(found) == [("web/binding.yaml", line)] * bool(line)


def test_a_cluster_role_of_another_environment(tmp_path: Path) -> None:
    role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}}\n"
    files = {
        "web/overlays/prod/kustomization.yaml": "resources: [binding.yaml]\n",
        "web/overlays/prod/binding.yaml": binding("{kind: ClusterRole, name: reader}", "{kind: Group, name: all}"),
        "roles/overlays/staging/kustomization.yaml": "resources: [roles.yaml]\n",
        "roles/overlays/staging/roles.yaml": role,
    }
    (found,) = findings(tmp_path, files, RULE)
    assert found.message == (
        "RoleBinding web binds the ClusterRole reader, which its environment lacks and staging has: it grants nothing. "
        "Add it there too"
    )


def test_a_role_and_an_account_that_one_binding_lacks_are_two_findings(tmp_path: Path) -> None:
    text = binding("{kind: Role, name: raeder}", "{kind: ServiceAccount, name: wbe}")
    found = findings(tmp_path, {"web/binding.yaml": text, "web/there.yaml": THERE}, RULE)
    assert [item.message.partition(":")[0] for item in found] == [
        "RoleBinding web binds the Role raeder, which nothing in this repository makes",
        "RoleBinding web grants its role to the ServiceAccount wbe, which nothing in this repository makes",
    ]
