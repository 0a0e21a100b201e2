from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.checks.support import findings

FILES = {
    "overlays/prod/kustomization.yaml": "resources: [pod.yaml]\n",
    "overlays/prod/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x}]}\n",
    "argocd/web.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: web, namespace: argocd}
        spec:
          project: web
          source: {repoURL: https://github.com/example/shop.git, targetRevision: main, path: overlays/prod}
          destination: {name: prod, namespace: shop}
        """,
}
EDIT = "yq -i '.a = 1' overlays/prod/pod.yaml"


def count(root: Path, steps: str, trigger: str = "{push: {branches: [main]}}") -> int:
    lines = "".join(f"      {line}\n" for line in steps.split("\n"))
    text = f"on: {trigger}\njobs:\n  promote:\n    steps:\n{lines}"
    return len(findings(root, {**FILES, ".github/workflows/a.yaml": text}, "ci-pushes-to-default-branch"))


def run(*commands: str) -> str:
    return "- run: |\n" + "\n".join(f"    {command}" for command in commands)


@pytest.mark.parametrize(
    "steps",
    [
        run(EDIT, "git push"),
        run(EDIT, "git push origin main"),
        run(EDIT, "git push origin HEAD:${{ github.ref_name }}"),
        run("cd overlays/prod", "sed -i s/a/b/ pod.yaml", "git push origin HEAD:refs/heads/main"),
        run("cp new.yaml overlays/prod/pod.yaml", "git -C . push https://x@github.com/$GITHUB_REPOSITORY main"),
        run("cat a.yaml > overlays/prod/pod.yaml", "git push"),
        run(EDIT) + "\n- uses: stefanzweifel/git-auto-commit-action@v5",
        "- uses: a/copy@v1\n  with: {to: 'overlays/${{ inputs.env }}/pod.yaml'}\n- uses: ad-m/github-push-action@v1",
        run("git clone https://github.com/acme/envs.git", "cd envs", "kustomize edit set image a=b", "git push"),
    ],
)
def test_commits_past_review(tmp_path: Path, steps: str) -> None:
    assert count(tmp_path, steps) == 1


@pytest.mark.parametrize(
    "steps",
    [
        run("git switch -c promote", EDIT, "git push origin HEAD", "gh pr create --fill"),
        run(EDIT, "git push origin HEAD:promote-web"),
        run(EDIT, "git push --tags"),
        run(EDIT, "git push --dry-run"),
        run("npm version patch", "git push origin main"),
        run("yq -i '.a = 1' docs/values.yaml", "git push"),
        run(EDIT) + "\n- uses: peter-evans/create-pull-request@v7",
    ],
)
def test_reviewed_or_no_manifests(tmp_path: Path, steps: str) -> None:
    assert count(tmp_path, steps) == 0


def test_a_push_to_a_pull_requests_own_branch(tmp_path: Path) -> None:
    assert count(tmp_path, run(EDIT, "git push"), "pull_request") == 0


@pytest.mark.parametrize(
    ("environments", "changed"),
    [(("prod",), "the environment prod changes"), (("prod", "stage"), "the environments prod, stage change")],
)
def test_folders_that_nothing_here_applies_are_named_by_environment(
    tmp_path: Path, environments: tuple[str, ...], changed: str
) -> None:
    files = {
        f"overlays/{environment}/{path.rpartition('/')[2]}": text
        for environment in environments
        for path, text in FILES.items()
        if path.startswith("overlays/")
    }
    steps = run("sed -i s/a/b/ overlays/*/pod.yaml", "git push").replace("\n", "\n      ")
    files[".github/workflows/a.yaml"] = f"on: {{push: {{}}}}\njobs:\n  promote:\n    steps:\n      {steps}\n"
    (found,) = findings(tmp_path, files, "ci-pushes-to-default-branch")
    assert f"straight to the default branch: {changed} without anyone's review" in found.message


def test_the_runs_of_a_matrix_are_one_finding(tmp_path: Path) -> None:
    files = {
        "overlays/dev/kustomization.yaml": "resources: [pod.yaml]\n",
        "overlays/dev/pod.yaml": FILES["overlays/prod/pod.yaml"],
        **FILES,
        ".github/workflows/a.yaml": """
            on: {push: {branches: [main]}}
            jobs:
              promote:
                strategy: {matrix: {env: [dev, prod]}}
                steps:
                  - run: |
                      yq -i '.a = 1' overlays/${{ matrix.env }}/pod.yaml
                      git push
            """,
    }
    found = findings(tmp_path, files, "ci-pushes-to-default-branch")
    assert [item.message.partition(" straight")[0] for item in found] == [
        "the job promote (GitHub Actions) commits overlays/dev/pod.yaml, overlays/prod/pod.yaml"
    ]
    assert found[0].environments == ("dev", "prod")
