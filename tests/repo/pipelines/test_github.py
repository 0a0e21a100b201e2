from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.repo.pipelines.model import Gap, Triggers
from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]


def test_matrix_environment_and_each_way_to_write_a_script(open_files: Open) -> None:
    tree = open_files(
        {
            ".github/workflows/a.yaml": """
                on: [push]
                env: {NS: shop}
                jobs:
                  deploy:
                    strategy: {matrix: {env: [dev, prod], include: [{env: prod, extra: "1"}]}}
                    environment: {name: "${{ matrix.env }}"}
                    defaults: {run: {working-directory: deploy}}
                    steps:
                      - run: |
                          set -e
                          kubectl -n $NS apply \\
                            -f ${{ matrix.env }}.yaml
                      - run: >
                          kubectl
                          delete pod x
                      - run: |
                          print("kubectl apply")
                        shell: python
                """
        }
    )
    assert commands(tree) == [
        (job, place, command.format(env))
        for env in ("dev", "prod")
        for job, place, command in [
            ("deploy", ".github/workflows/a.yaml:10", "set -e"),
            ("deploy", ".github/workflows/a.yaml:11", "kubectl -n shop apply -f {}.yaml"),
            ("deploy", ".github/workflows/a.yaml:14", "kubectl delete pod x"),
        ]
    ]
    assert [job.environment for job in pipelines(tree).pipelines[0].jobs] == ["dev", "prod"]


def test_composite_actions_reusable_workflows_and_scripts_are_followed(open_files: Open) -> None:
    tree = open_files(
        {
            ".github/workflows/a.yml": """
                on: {push: {branches: [main]}}
                jobs:
                  call:
                    uses: ./.github/workflows/shared.yml
                    with: {env: prod}
                  other: {uses: acme/ci/.github/workflows/deploy.yml@v1}
                """,
            ".github/workflows/shared.yml": """
                on: {workflow_call: {inputs: {env: {default: dev}}}}
                jobs:
                  go:
                    steps:
                      - uses: ./.github/actions/push
                        with: {name: "${{ inputs.env }}"}
                      - run: ./ci/deploy.sh
                      - uses: ./missing
                """,
            ".github/actions/push/action.yml": """
                inputs: {name: {}}
                runs:
                  using: composite
                  steps:
                    - {run: "push ${{ inputs.name }}", shell: bash}
                """,
            "ci/deploy.sh": "#!/bin/sh\ncd deploy\nkubectl apply -f .\n",
        }
    )
    assert commands(tree) == [
        ("go", ".github/actions/push/action.yml:5", "push prod"),
        ("go", ".github/workflows/shared.yml:7", "./ci/deploy.sh"),
        ("go", "ci/deploy.sh:2", "cd deploy"),
        ("go", "ci/deploy.sh:3", "kubectl apply -f ."),
    ]
    assert pipelines(tree).gaps == (
        Gap(
            ".github/workflows/shared.yml",
            "the action ./missing is not in this repository, so its steps are not checked",
        ),
        Gap(
            ".github/workflows/a.yml",
            "the reusable workflow acme/ci/.github/workflows/deploy.yml@v1 is in another repository, so what the job "
            "other does is not checked",
        ),
    )


def test_triggers(open_files: Open) -> None:
    tree = open_files(
        {
            ".github/workflows/a.yml": "on: {push: {tags: ['v*']}}\njobs: {a: {steps: [{run: x}]}}\n",
            ".github/workflows/b.yml": "on: pull_request\njobs: {a: {steps: [{run: x}]}}\n",
            ".github/workflows/c.yml": "on: {schedule: [{cron: x}]}\njobs: {a: {steps: [{run: x}]}}\n",
        }
    )
    assert [pipeline.triggers for pipeline in pipelines(tree).pipelines] == [
        Triggers(pushes=False, tags=True),
        Triggers(pushes=False, pull_requests=True),
        Triggers(pushes=False, others=True),
    ]


def test_broken_workflows_give_no_jobs_and_no_crash(open_files: Open) -> None:
    tree = open_files(
        {
            ".github/workflows/a.yml": "on: push\njobs:\n  a: [\n",
            ".github/workflows/b.yml": "- a list\n",
            ".github/workflows/c.yml": "on: push\njobs: {a: text, c: {steps: [1, {run: [x]}]}}\n",
            ".github/workflows/d.yml": 'on: push\njobs: {a: {steps: [{run: "echo \'x"}]}}\n',
        }
    )
    assert commands(tree) == [("a", ".github/workflows/d.yml:2", "echo x")]
    assert pipelines(tree).gaps == (
        Gap(
            ".github/workflows/a.yml",
            "it cannot be read as YAML (line 3: the bracket that opens here is not closed: did not find expected node "
            "content), so what it does is not checked",
        ),
        Gap(
            ".github/workflows/d.yml",
            "a script of the job a does not parse as shell: the quote ' is not closed",
        ),
    )


def test_shared_parts_that_call_each_other_many_times_are_not_all_followed(open_files: Open) -> None:
    def calling(name: str) -> str:
        return "runs: {using: composite, steps: [" + ", ".join([f"{{uses: ./{name}}}"] * 50) + "]}"

    files = {f"{name}/action.yml": calling(called) for name, called in (("a", "b"), ("b", "c"), ("c", "none"))}
    workflow = "on: push\njobs: {x: {steps: [{uses: ./a}]}}\n"
    found = pipelines(open_files({**files, ".github/workflows/a.yaml": workflow}))
    reasons = {gap.reason for gap in found.gaps}
    assert "shared parts are called over 5,000 times; the rest is not checked" in reasons
