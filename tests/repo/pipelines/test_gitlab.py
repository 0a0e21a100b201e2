from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]


def test_includes_extends_references_and_anchors(open_files: Open) -> None:
    tree = open_files(
        {
            ".gitlab-ci.yml": """
                include:
                  - local: /ci/*.yml
                  - project: acme/ci
                    file: /deploy.yml
                variables: {NS: shop}
                default:
                  before_script: [login]
                .apply: &apply
                  - kubectl -n $NS apply -f $APP.yaml
                .setup:
                  script: [setup]
                deploy:
                  extends: .base
                  variables: {APP: web}
                  script:
                    - !reference [.setup, script]
                    - *apply
                trigger: {trigger: {project: acme/deploy}}
                """,
            "ci/base.yml": """
                .base:
                  environment: {name: prod}
                  before_script: [other-login]
                clean:
                  script: clean
                """,
        }
    )
    assert commands(tree) == [
        ("deploy", "ci/base.yml:3", "other-login"),
        ("deploy", ".gitlab-ci.yml:11", "setup"),
        ("deploy", ".gitlab-ci.yml:9", "kubectl -n shop apply -f web.yaml"),
        ("clean", ".gitlab-ci.yml:7", "login"),
        ("clean", "ci/base.yml:5", "clean"),
    ]
    (pipeline,) = pipelines(tree).pipelines
    assert pipeline.jobs[0].environment == "prod"
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "the include of project acme/ci is not in this repository, so its jobs are not checked",
        "the job trigger starts another pipeline, which is not checked",
    ]


def test_a_missing_include_and_a_circle(open_files: Open) -> None:
    tree = open_files(
        {
            ".gitlab-ci.yml": """
                include: [ci/$NAME.yml, ci/a.yml]
                a: {extends: b, script: x}
                b: {extends: a}
                """,
            "ci/a.yml": "include: .gitlab-ci.yml\n",
        }
    )
    assert [command for _, _, command in commands(tree, "a")] == ["x"]
    (gap,) = pipelines(tree).gaps
    assert gap.reason == "the included file ci/$NAME.yml depends on a variable, so its jobs are not checked"


def test_a_matrix(open_files: Open) -> None:
    tree = open_files({".gitlab-ci.yml": "a:\n  script: go $X\n  parallel: {matrix: [{X: [one, two]}, {X: three}]}\n"})
    assert [command for _, _, command in commands(tree)] == ["go one", "go two", "go three"]


def test_parts_that_multiply_end(open_files: Open) -> None:
    names = [f".r{n}" for n in range(9)]
    many = ", ".join(["!reference [{0}, script]"] * 9)
    parts = [
        f"{one}: {{script: [{many.format(next_one)}]}}"
        for one, next_one in zip(names, [*names[1:], ".end"], strict=True)
    ]
    parents = [f".p{n}: {{extends: [{', '.join([f'.p{n + 1}'] * 9)}]}}" for n in range(9)]
    job = "go: {extends: .p0, script: [!reference [.r0, script]]}"
    tree = open_files({".gitlab-ci.yml": "\n".join([*parts, *parents, ".end: {script: [x]}", job])})
    assert len(commands(tree)) == 500
