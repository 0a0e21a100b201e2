from __future__ import annotations

from pathlib import Path

from tests.lint.checks.support import findings, places

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
LISTED = {"web/kustomization.yaml": "resources: [listed.yaml]\n", "web/listed.yaml": CONFIG_MAP}


def test_many_unread_files_of_a_folder_are_one_finding(tmp_path: Path) -> None:
    files = LISTED | {f"web/rbac/r{n}.yaml": CONFIG_MAP for n in range(7)} | {"web/one.yaml": CONFIG_MAP}
    found = findings(tmp_path, files, "orphan-file")
    assert places(found) == [("web/one.yaml", 1), ("web/rbac/r0.yaml", 1)]
    assert found[1].message == (
        "no kustomization reads r0.yaml, r1.yaml, r2.yaml, r3.yaml, r4.yaml and 2 more: none of these 7 files is ever "
        "applied. List them in web/kustomization.yaml, under resources or patches, or delete them"
    )
    assert [item.span.path for item in found[1].related] == [f"web/rbac/r{n}.yaml" for n in range(1, 7)]


def test_a_file_whose_name_is_misspelt_is_the_missing_files_matter(tmp_path: Path) -> None:
    files = {"web/kustomization.yaml": "resources: [deploymnet.yaml]\n", "web/deployment.yaml": CONFIG_MAP}
    found = findings(tmp_path, files, "orphan-file", "missing-file")
    assert [item.rule for item in found] == ["missing-file"]


def test_templates_and_files_with_only_secrets_are_kept(tmp_path: Path) -> None:
    secret = CONFIG_MAP.replace("ConfigMap", "Secret")
    files = LISTED | {"web/secret.yaml": secret, "web/both.yaml": f"{secret}---\n{CONFIG_MAP}"}
    files |= {"templates/web/kustomization.yaml": "resources: []\n", "templates/web/more.yaml": CONFIG_MAP}
    assert places(findings(tmp_path, files, "orphan-file")) == [("web/both.yaml", 1)]


def test_a_comment_anywhere_above_that_names_the_file_counts(tmp_path: Path) -> None:
    files = LISTED | {"web/rbac/role.yaml": CONFIG_MAP, "web/rbac/other-role.yaml": CONFIG_MAP}
    files["web/kustomization.yaml"] += "# not yet: rbac/role.yaml\n"
    assert places(findings(tmp_path, files, "orphan-file")) == [("web/rbac/other-role.yaml", 1)]


def test_beside_a_kustomization_that_does_not_parse_nothing_is_an_orphan(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources:\n\t- a.yaml\n",
        "base/a.yaml": CONFIG_MAP,
        "base/deep/b.yaml": CONFIG_MAP,
        "other/kustomization.yaml": "resources: [a.yaml]\n",
        "other/a.yaml": CONFIG_MAP,
        "other/b.yaml": CONFIG_MAP.replace("web", "b"),
    }
    assert places(findings(tmp_path, files, "orphan-file")) == [("other/b.yaml", 1)]
