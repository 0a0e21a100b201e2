"""Ready-made steps of the CI systems as the commands that they run.

Each entry gives a command line with the step's inputs in braces; an option whose input is not given is left out. The
sources are the actions', tasks' and orbs' own reference pages.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from gitlint_ops.repo.pipelines.commands import Command
from gitlint_ops.repo.pipelines.model import Script, Step
from gitlint_ops.repo.pipelines.values import text

_KUBERNETES = " --context {kubernetesServiceEndpoint|kubernetesServiceConnection} --namespace {namespace}"
COMMANDS: Mapping[str, str] = {
    # GitHub Actions
    "azure/k8s-deploy": "kubectl {action=deploy} --namespace {namespace} -f {manifests}",
    "actions-hub/kubectl": "kubectl {args}",
    "steebchen/kubectl": "kubectl {command|args}",
    "consensys/kubernetes-action": "kubectl {args}",
    "danielr1996/kubectl-action": "kubectl {args}",
    "kodermax/kubectl-aws-eks": "kubectl {args}",
    "ianbelcher/eks-kubectl-action": "kubectl {args}",
    "giantswarm/kubectl-action": "kubectl {args}",
    "cloudnatived/kubectl-action": "kubectl {args}",
    "wahyd4/kubectl-helm-action": "{args}",
    "koslib/helm-eks-action": "{command}",
    "wyrihaximus/github-action-helm3": "{exec}",
    "deliverybot/helm": "helm upgrade {release} {chart} --namespace {namespace}",
    "vimeda/helm": "helm upgrade {release} {chart} --namespace {namespace}",
    "bitovi/github-actions-deploy-eks-helm": "helm upgrade {name} {chart-path} --namespace {namespace}"
    " --kube-context {cluster-name}",
    "craftech-io/eks-helm-deploy-action": "helm upgrade {name} {chart-path} --namespace {namespace}"
    " --kube-context {cluster-name}",
    "peymanmortazavi/eks-helm-deploy": "helm upgrade {name} {chart} --namespace {namespace}"
    " --kube-context {cluster-name}",
    "helmfile/helmfile-action": "helmfile {helmfile-args}",
    "clowdhaus/argo-cd-action": "argocd {command} {options}",
    # Azure Pipelines
    "kubernetes": "kubectl {command} {arguments} -f {configuration}" + _KUBERNETES,
    "kubernetesmanifest": "kubectl {action=deploy} -f {manifests} --kind {kind} --name {name}" + _KUBERNETES,
    "helmdeploy": "helm {command} {releaseName} {chartPath|chartName} {arguments} --namespace {namespace}"
    " --kube-context {kubernetesCluster|kubernetesServiceEndpoint|kubernetesServiceConnection}",
    # CircleCI
    "circleci/kubernetes/create-or-update-resource": "kubectl apply -f {resource-file-path} --namespace {namespace}",
    "circleci/kubernetes/delete-resource": "kubectl delete {resource-types} {resource-names} -f {resource-file-path}"
    " --namespace {namespace}",
    "circleci/kubernetes/update-container-image": "kubectl set image {resource-name} {container-image-updates}"
    " --namespace {namespace}",
    "circleci/aws-eks/update-container-image": "kubectl set image {resource-name} {container-image-updates}"
    " --namespace {namespace} --context {cluster-name}",
    "circleci/helm/upgrade-helm-chart": "helm upgrade {release-name} {chart} --namespace {namespace}",
    "circleci/helm/install-helm-chart": "helm install {release-name} {chart} --namespace {namespace}",
    "circleci/helm/delete-helm-release": "helm uninstall {release-name} --namespace {namespace}",
    "circleci/aws-eks/install-helm-chart": "helm install {release-name} {chart} --namespace {namespace}",
    # Bitbucket Pipelines
    "atlassian/aws-eks-kubectl-run": "kubectl {KUBECTL_COMMAND} -f {RESOURCE_PATH} {KUBECTL_ARGS}"
    " --context {CLUSTER_NAME}",
    "atlassian/google-gke-kubectl-run": "kubectl {KUBECTL_COMMAND} -f {RESOURCE_PATH} {KUBECTL_ARGS}"
    " --context {CLUSTER_NAME}",
    "atlassian/kubectl-run": "kubectl {KUBECTL_COMMAND} -f {RESOURCE_PATH} {KUBECTL_ARGS}",
    "microsoft/azure-aks-deploy": "kubectl {KUBECTL_COMMAND} {KUBECTL_ARGUMENTS} --context {AKS_NAME|AZURE_AKS_NAME}",
    # Drone and Woodpecker
    "pelotech/drone-helm3": "helm {mode|helm_command=upgrade} {release} {chart} --namespace {namespace}",
    "danielgormly/drone-plugin-kube": "kubectl apply -f {template} --namespace {namespace}",
    "sinlead/drone-kubectl": "kubectl {kubectl}",
    # Tekton
    "tekton/argocd-task-sync-and-wait": "argocd app sync {application-name}",
    "tekton/helm-upgrade-from-repo": "helm upgrade {release_name} {chart_name} --namespace {release_namespace}",
    "tekton/helm-upgrade-from-source": "helm upgrade {release_name} {charts_dir} --namespace {release_namespace}",
    # Which cluster
    "google-github-actions/get-gke-credentials": "gcloud container clusters get-credentials {cluster_name}",
    "azure/aks-set-context": "az aks get-credentials --name {cluster-name}",
    "azure/k8s-set-context": "kubectl config use-context {context}",
    "circleci/aws-eks/update-kubeconfig-with-authenticator": "aws eks update-kubeconfig --name {cluster-name}",
    "circleci/kubernetes/install-kubeconfig": "kubectl config use-context {kubeconfig}",
    # Images
    "docker/build-push-action": "docker buildx build --push={push=false} --output {outputs} -t {tags}",
    "redhat-actions/push-to-registry": "image-push {registry}/{image} -t {tags=latest}",
    "mr-smithers-excellent/docker-build-push": "image-push {registry}/{image} -t {tags=$GITHUB_SHA}",
    "docker": "image-push {containerRegistry}/{repository} -t {tags=$(Build.BuildId)} --command {command=buildAndPush}",
    "circleci/docker/publish": "image-push {image} -t {tag=$CIRCLE_SHA1}",
    "circleci/docker/push": "image-push {image} -t {tag=$CIRCLE_SHA1}",
    "circleci/aws-ecr/build-and-push-image": "image-push {repo} -t {tag=latest}",
    "circleci/aws-ecr/build_and_push_image": "image-push {repo} -t {tag=latest}",
    "circleci/gcp-gcr/build-and-push-image": "image-push {image} -t {tag=latest}",
    "circleci/azure-acr/build-and-push-image": "image-push {repo} -t {tag=latest}",
    "plugins/docker": "image-push {repo} -t {tags}",
    "plugins/ecr": "image-push {repo} -t {tags}",
    "plugins/gcr": "image-push {repo} -t {tags}",
    "woodpeckerci/plugin-docker-buildx": "image-push {repo} -t {tags}",
    "woodpeckerci/plugin-kaniko": "image-push {repo} -t {tags}",
    "tekton/buildah": "docker push {IMAGE}",
    "tekton/kaniko": "docker push {IMAGE}",
    # Git
    "appleboy/drone-git-push": "git push origin {branch=master}",
    "stefanzweifel/git-auto-commit-action": "git push origin {branch=HEAD}",
    "endbug/add-and-commit": "git push origin {new_branch=HEAD}",
    "ad-m/github-push-action": "git push origin {branch=HEAD}",
    "actions-js/push": "git push origin {branch=main}",
    "github-actions-x/commit": "git push origin {push-branch=HEAD}",
    "devops-infra/action-commit-push": "git push origin {target_branch=HEAD}",
}
_ACTION_VERBS = {"deploy": "apply", "promote": "apply", "reject": "delete"}
_TEST_CLUSTER = re.compile(r"(^|[-_/])(kind|k3d|k3s|minikube|microk8s|setup-kind|kind-action)([-_/]|$)")
_LISTS = frozenset({"-f", "-t"})
"""Options that are given once for each line (or item) of a step's input."""
_ITEM = re.compile(r"(?:\$\{\{.{0,1000}?\}\}|[^\s,])+")
_SLOT = re.compile(r"(?:(?P<option>--?[\w-]+) )?\{(?P<names>[\w|-]+)(?:=(?P<default>[^{}]*))?\}")


def action_command(step: Step) -> Iterator[Command]:
    """Give the command that a ready-made step runs, where it is a known one.

    A command ``image-push NAME -t TAG`` is none of a shell: it stands for what several actions do. An action that sets
    up a cluster in the job itself is ``kind create cluster``.
    """
    template = COMMANDS.get(step.action, "kind create cluster" if _TEST_CLUSTER.search(step.action) else "")
    if not template:
        return
    inputs = {str(key).lower(): text(value) for key, value in step.inputs.items()}
    line = _SLOT.sub(lambda found: _slot(found, inputs), template)
    words = [_ACTION_VERBS.get(word, word) if at == 1 else word for at, word in enumerate(_split(line))]
    if words:
        yield Command(
            words=tuple(words),
            script=Script("", step.place.below(_marker(step))),
            line=0,
            step=step,
            folder=step.folder,
            callers=(step.caller,) if step.caller else (),
        )


def _marker(step: Step) -> str:
    """Give the key of a step that names its action; an orb's step stands under its own name already."""
    return "task" if "/" not in step.action else "uses"


def _slot(found: re.Match[str], inputs: Mapping[str, str]) -> str:
    """Fill in one input: several words for a whole command line, one option a line of a list of files."""
    names = found["names"].lower().split("|")
    value = next((inputs[name] for name in names if inputs.get(name)), found["default"] or "")
    if not value:
        return ""
    if found["option"]:
        parts = _ITEM.findall(value) if found["option"] in _LISTS else [value]
        return " ".join(f"{found['option']} {shlex.quote(part)}" for part in parts)
    return value


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line, posix=True)
    except ValueError:
        # An unclosed quote in an input: the words as they stand still tell the program and its verb.
        return line.split()
