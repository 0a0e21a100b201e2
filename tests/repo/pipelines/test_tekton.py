from __future__ import annotations

from collections.abc import Callable, Mapping

from gitlint_ops.source import SourceTree
from tests.repo.pipelines.support import commands, pipelines

Open = Callable[[Mapping[str, str]], SourceTree]
TASK = """
    apiVersion: tekton.dev/v1
    kind: Task
    metadata: {name: deploy}
    spec:
      params: [{name: file}, {name: ns, default: shop}]
      steps:
        - name: apply
          image: bitnami/kubectl:1.31.0
          workingDir: $(workspaces.source.path)/apps
          script: |
            #!/usr/bin/env bash
            kubectl apply -n $(params.ns) -f $(params.file)
        - {name: other, image: python:3.13.1, script: "#!/usr/bin/env python3\\nprint('no shell')"}
        - {name: words, image: bitnami/kubectl:1.31.0, command: [kubectl], args: [delete, pod, "a b"]}
    """


def test_a_task_that_nothing_calls_has_its_defaults(open_files: Open) -> None:
    tree = open_files({"ci/task.yaml": TASK})
    assert [command for _, _, command in commands(tree)] == [
        "params.file",
        "kubectl apply -n shop -f $(params.file)",
        "kubectl delete pod a b",
    ]
    assert commands(tree)[1][1] == "ci/task.yaml:12"


def test_calls_hand_over_parameters(open_files: Open) -> None:
    tree = open_files(
        {
            "ci/task.yaml": TASK,
            "ci/pipeline.yaml": """
                apiVersion: tekton.dev/v1
                kind: Pipeline
                metadata: {name: release}
                spec:
                  params: [{name: app, default: web}]
                  tasks:
                    - name: web
                      taskRef: {name: deploy}
                      params: [{name: file, value: $(params.app).yaml}]
                    - name: inline
                      taskSpec: {steps: [{image: a, script: "cd $(workspaces.source.path)\\nhelm upgrade web chart"}]}
                  finally:
                    - name: oc
                      taskRef: {resolver: cluster, params: [{name: name, value: openshift-client}]}
                      params:
                        - name: SCRIPT
                          value: oc apply -f $(params.app).yaml
                    - name: sync
                      taskRef: {name: argocd-task-sync-and-wait}
                      params: [{name: application-name, value: $(params.app)}]
                    - {name: gap, taskRef: {name: our-own}}
                """,
            "ci/trigger.yaml": """
                apiVersion: triggers.tekton.dev/v1beta1
                kind: TriggerTemplate
                metadata: {name: run}
                spec:
                  resourcetemplates:
                    - apiVersion: tekton.dev/v1
                      kind: TaskRun
                      metadata: {generateName: run-}
                      spec: {taskRef: {name: deploy}, params: [{name: file, value: api.yaml}]}
                """,
        }
    )
    found = [line for line in commands(tree) if "delete" not in line[2]]
    assert found == [
        ("web", "ci/task.yaml:12", "kubectl apply -n shop -f web.yaml"),
        ("inline", "ci/pipeline.yaml:11", "cd ${PWD}"),
        ("inline", "ci/pipeline.yaml:11", "helm upgrade web chart"),
        ("oc", "ci/pipeline.yaml:17", "oc apply -f web.yaml"),
        ("sync", "ci/pipeline.yaml:19", "argocd app sync web"),
        ("run-", "ci/task.yaml:12", "kubectl apply -n shop -f api.yaml"),
    ]
    assert [gap.reason for gap in pipelines(tree).gaps] == [
        "the Tekton task our-own is not in this repository, so what it does is not checked"
    ]


def test_anything_of_any_type_is_read(open_files: Open) -> None:
    tree = open_files(
        {
            "a.yaml": "{apiVersion: tekton.dev/v1, kind: Pipeline, metadata: 1, spec: {tasks: [1, {taskRef: x}]}}\n",
            "b.yaml": "{apiVersion: tekton.dev/v1, kind: Task, metadata: 1, spec: {steps: {a: b}, params: 2}}\n",
        }
    )
    assert commands(tree) == []
