from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]


def test_drone_documents_commands_and_plugins(open_files: Open) -> None:
    tree = open_files(
        {
            ".drone.yml": """
                kind: pipeline
                type: docker
                name: build
                steps:
                  - name: image
                    image: plugins/docker:20
                    settings: {repo: registry.example.com/web, tags: [latest, "1.2"]}
                trigger: {branch: [main], event: [push, tag]}
                ---
                kind: pipeline
                name: deploy
                environment: {NS: shop}
                services: [{name: db, image: postgres:16.1}]
                steps:
                  - name: apply
                    image: bitnami/kubectl:1.31
                    environment: {TOKEN: {from_secret: token}, FILE: web.yaml}
                    commands:
                      - echo $TOKEN
                      - kubectl -n $NS apply -f $FILE
                  - name: chart
                    image: docker.io/pelotech/drone-helm3
                    settings: {mode: upgrade, chart: ./chart, release: web, namespace: shop}
                trigger: {event: {include: [promote]}, target: production}
                ---
                kind: template
                load: deploy.yaml
                ---
                kind: secret
                name: token
                """,
            ".drone.star": "def main(ctx): pass\n",
        }
    )
    assert commands(tree) == [
        ("build", ".drone.yml:6", "image-push registry.example.com/web -t latest -t 1.2"),
        ("deploy", ".drone.yml:19", "echo ${TOKEN}"),
        ("deploy", ".drone.yml:20", "kubectl -n shop apply -f web.yaml"),
        ("deploy", ".drone.yml:22", "helm upgrade web ./chart --namespace shop"),
    ]
    build, deploy = pipelines(tree).pipelines
    assert (build.triggers.branches, build.triggers.tags, build.triggers.others) == (("main",), True, False)
    assert (deploy.triggers.pushes, deploy.triggers.others) == (False, True)
    assert (deploy.jobs[0].environment, deploy.jobs[0].images[0]) == ("production", "postgres:16.1")
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "it is a program that writes the pipeline, which is not run, so what it does is not checked",
        "the template deploy.yaml is kept on the Drone server, so its steps are not checked",
    ]


def test_woodpecker_workflows_by_name_or_list_with_a_matrix(open_files: Open) -> None:
    tree = open_files(
        {
            ".woodpecker/deploy.yaml": """
                when: [{event: push, branch: main}, {event: cron}]
                matrix: {STACK: [platform, apps]}
                steps:
                  diff:
                    image: alpine/k8s:1.31.0
                    directory: deploy
                    environment: [MODE=all]
                    commands: |
                      cd ${STACK}
                      kubectl apply -f $MODE.yaml
                """,
            ".woodpecker.yml": "matrix: {include: [{A: one}]}\npipeline: {x: {image: a, commands: ['go $A']}}\n",
            ".woodpecker/notes.txt": "steps: no\n",
        }
    )
    assert commands(tree) == [
        ("woodpecker", ".woodpecker.yml:2", "go one"),
        *[
            line
            for stack in ("platform", "apps")
            for line in [
                ("deploy", ".woodpecker/deploy.yaml:9", f"cd {stack}"),
                ("deploy", ".woodpecker/deploy.yaml:10", "kubectl apply -f all.yaml"),
            ]
        ],
    ]
    triggers = pipelines(tree).pipelines[1].triggers
    assert (triggers.branches, triggers.pushes, triggers.others, triggers.pull_requests) == (
        ("main",),
        True,
        True,
        False,
    )


def test_anything_of_any_type_is_read(open_files: Open) -> None:
    tree = open_files(
        {
            ".drone.yml": "kind: pipeline\nsteps: [1, {commands: 2, settings: [], environment: 3}]\ntrigger: [x]\n",
            ".woodpecker.yml": "steps: {a: 1, b: {commands: {c: d}}}\nwhen: 5\nmatrix: [1]\n",
        }
    )
    assert commands(tree) == []
