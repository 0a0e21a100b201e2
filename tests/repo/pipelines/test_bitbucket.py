from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]
FILE = "bitbucket-pipelines.yml"


def test_steps_stages_parallel_steps_and_pipes(open_files: Open) -> None:
    tree = open_files(
        {
            FILE: """
                image: atlassian/default-image:4
                definitions:
                  services: {db: {image: postgres:16.1}}
                  steps:
                    - step: &build
                        name: build
                        script:
                          - make it
                pipelines:
                  default:
                    - step: *build
                  branches:
                    main:
                      - variables: [{name: TARGET}]
                      - parallel:
                          - step: {name: lint, services: [db], script: [lint], after-script: [clean]}
                      - parallel: {steps: [{step: {name: test, image: {name: node:20.1.0}, script: [go test]}}]}
                      - stage:
                          name: release
                          deployment: production
                          steps:
                            - step:
                                name: deploy
                                script:
                                  - export NS=shop
                                  - kubectl apply -n $NS -f web.yaml
                                  - pipe: atlassian/aws-eks-kubectl-run:2.3.0
                                    variables:
                                      CLUSTER_NAME: prod-eu
                                      KUBECTL_COMMAND: apply
                                      RESOURCE_PATH: api.yaml
                                      KUBECTL_ARGS: ["--namespace", shop]
                """
        }
    )
    assert commands(tree) == [
        ("lint", f"{FILE}:16", "lint"),
        ("lint", f"{FILE}:16", "clean"),
        ("test", f"{FILE}:17", "go test"),
        ("deploy", f"{FILE}:25", "export NS=shop"),
        ("deploy", f"{FILE}:26", "kubectl apply -n shop -f web.yaml"),
        ("deploy", f"{FILE}:27", "kubectl apply -f api.yaml --namespace shop --context prod-eu"),
        ("build", f"{FILE}:8", "make it"),
    ]
    main, default = pipelines(tree).pipelines
    assert (default.triggers.branches, main.triggers.branches) == ((), ("main",))
    assert [(job.environment, job.images) for job in main.jobs] == [
        ("", ("atlassian/default-image:4", "postgres:16.1")),
        ("", ("node:20.1.0",)),
        ("production", ("atlassian/default-image:4",)),
    ]


def test_what_starts_a_pipeline(open_files: Open) -> None:
    step = "[{step: {script: [x]}}]"
    tree = open_files(
        {FILE: f"pipelines: {{tags: {{'v*': {step}}}, pull-requests: {{'**': {step}}}, custom: {{a: {step}}}}}\n"}
    )
    custom, pulls, tags = (pipeline.triggers for pipeline in pipelines(tree).pipelines)
    assert (tags.tags, tags.pushes) == (True, False)
    assert pulls.only_pull_requests
    assert (custom.others, custom.pushes) == (True, False)


def test_what_is_imported_or_broken_is_a_gap(open_files: Open) -> None:
    tree = open_files({FILE: "pipelines: {branches: {main: {import: 'shared:main:deploy'}}}\n"})
    (gap,) = pipelines(tree).gaps
    assert gap.reason == (
        "the pipeline shared:main:deploy is imported from another repository, so its steps are not checked"
    )
    (gap,) = pipelines(open_files({FILE: "pipelines: [\n"})).gaps
    assert gap.reason.startswith("it cannot be read as YAML")


def test_anything_of_any_type_is_read(open_files: Open) -> None:
    tree = open_files(
        {FILE: "pipelines: {default: [1, {step: x}, {step: {script: [{pipe: 1}, null, 2]}}, {parallel: 3}]}\n"}
    )
    assert commands(tree) == []
