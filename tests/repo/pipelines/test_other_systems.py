from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]


def test_circleci_commands_parameters_matrices_and_orbs(open_files: Open) -> None:
    tree = open_files(
        {
            ".circleci/config.yml": """
                version: 2.1
                orbs: {kubernetes: circleci/kubernetes@1.3, own: acme/deploy@1}
                commands:
                  push:
                    parameters: {app: {type: string}}
                    steps:
                      - run: push << parameters.app >>
                jobs:
                  deploy:
                    parameters: {env: {type: string, default: dev}}
                    steps:
                      - checkout
                      - push: {app: "web-<< parameters.env >>"}
                      - when: {condition: true, steps: [{run: {command: later}}]}
                      - kubernetes/create-or-update-resource: {resource-file-path: web.yaml, namespace: shop}
                      - own/ship
                workflows:
                  main:
                    jobs: [{deploy: {matrix: {parameters: {env: [stage, prod]}}}}]
                """
        }
    )
    place = ".circleci/config.yml"
    assert commands(tree) == [
        line
        for env in ("stage", "prod")
        for line in [
            ("deploy", f"{place}:7", f"push web-{env}"),
            ("deploy", f"{place}:14", "later"),
            ("deploy", f"{place}:15", "kubectl apply -f web.yaml --namespace shop"),
        ]
    ]
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "what ship of the orb acme/deploy does is not in this repository, so it is not checked"
    ]


def test_azure_stages_templates_tasks_and_expressions(open_files: Open) -> None:
    tree = open_files(
        {
            "azure-pipelines.yml": """
                trigger: [main]
                variables: {ns: shop}
                stages:
                  - stage: prod
                    jobs:
                      - deployment: web
                        environment: prod
                        strategy: {runOnce: {deploy: {steps: [{template: ci/steps.yml, parameters: {app: web}}]}}}
                      - template: x.yml@other
                """,
            "ci/steps.yml": """
                parameters: [{name: app, type: string}, {name: tag, default: "1"}]
                steps:
                  - ${{ if eq(parameters.app, 'web') }}:
                    - bash: |
                        go ${{ parameters.app }} ${{ parameters.tag }} $(ns)
                  - task: KubernetesManifest@1
                    inputs: {action: deploy, namespace: $(ns), manifests: web.yaml}
                """,
        }
    )
    assert commands(tree) == [
        ("web", "ci/steps.yml:5", "go web 1 shop"),
        ("web", "ci/steps.yml:6", "kubectl apply -f web.yaml --namespace shop"),
    ]
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "the template x.yml@other is in another repository, so its steps are not checked"
    ]


def test_jenkins_steps_strings_and_folders(open_files: Open) -> None:
    tree = open_files(
        {
            "ci/Jenkinsfile": """
                @Library('shared') _
                pipeline {
                  environment { NS = 'shop' } // sh 'not this'
                  stages {
                    stage("Deploy") {
                      when { branch 'main' }
                      steps {
                        sh 'kubectl -n $NS apply -f web.yaml'
                        sh label: 'x', script: '''
                          one
                          two "${TAG}"
                        '''
                        dir('deploy') { sh(script: "go ${env.BUILD_NUMBER} \\"a b\\"", returnStdout: true) }
                        script { def image = docker.build("web:${GIT_COMMIT}"); image.push('latest') }
                      }
                    }
                  }
                }
                """
        }
    )
    assert commands(tree) == [
        ("Deploy", "ci/Jenkinsfile:8", "kubectl -n shop apply -f web.yaml"),
        ("Deploy", "ci/Jenkinsfile:10", "one"),
        ("Deploy", "ci/Jenkinsfile:11", "two ${TAG}"),
        ("Deploy", "ci/Jenkinsfile:13", "go ${BUILD_NUMBER} a b"),
        ("Deploy", "ci/Jenkinsfile:14", "docker build -t web:${GIT_COMMIT}"),
        ("Deploy", "ci/Jenkinsfile:14", "docker push web:latest"),
    ]
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "the shared library shared is not in this repository, so what its steps do is not checked"
    ]


def test_an_open_string_in_a_jenkinsfile_is_a_gap(open_files: Open) -> None:
    tree = open_files({"Jenkinsfile": "node {\n  sh 'one'\n  sh 'two\n}\n"})
    assert [command for _, _, command in commands(tree)] == ["one"]
    (gap,) = pipelines(tree).gaps
    assert gap.reason == "the string that opens on line 3 is not closed; what follows is not checked"


def test_an_open_text_in_a_jenkinsfile_is_a_gap_whatever_it_escapes(open_files: Open) -> None:
    tree = open_files({"Jenkinsfile": "node {\n  sh 'one'\n  sh '''" + "\\a" * 10_000 + "\n}\n"})
    assert [command for _, _, command in commands(tree)] == ["one"]
    (gap,) = pipelines(tree).gaps
    assert gap.reason == "the string that opens on line 3 is not closed; what follows is not checked"


def test_a_program_with_a_file_of_its_own_is_a_gap_once(open_files: Open) -> None:
    scripts = "[make build, make -C x deploy, docker compose up -d, docker buildx bake --push, docker build .]"
    tree = open_files({".gitlab-ci.yml": f"ship: {{script: {scripts}}}\nagain: {{script: [make]}}\n"})
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "the job again runs make, whose own file is not read",
        "the job ship runs docker compose, whose own file is not read",
        "the job ship runs docker buildx bake, whose own file is not read",
    ]
