"""Which cluster and namespace a job's commands work on, and whether the job made that cluster itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gitlint_ops.repo.pipelines.arguments import parse_arguments
from gitlint_ops.repo.pipelines.commands import Command

_TEST_TOOLS = frozenset({"kind", "k3d", "minikube", "k3s", "microk8s", "ctlptl", "vcluster", "k0s", "talosctl"})
_TEST_VERBS = frozenset({"create", "start", "server", "install", "cluster", "apply", "connect"})
_TEST_IMAGES = ("k3s", "kindest/", "k3d", "minikube", "microk8s")


@dataclass(frozen=True, slots=True)
class ClusterContext:
    """What the commands so far have chosen; '' for what they did not."""

    cluster: str = ""
    namespace: str = ""


def after(context: ClusterContext, command: Command) -> ClusterContext:
    """Give what holds after a command."""
    cluster = _chosen_cluster(command)
    namespace = _chosen_namespace(command)
    return replace(context, cluster=cluster or context.cluster, namespace=namespace or context.namespace)


def _chosen_cluster(command: Command) -> str:
    words = command.words
    with_value = (
        "--name",
        "-n",
        "--cluster-name",
        "--cluster",
        "--region",
        "--zone",
        "--project",
        "-g",
        "--resource-group",
    )
    arguments = parse_arguments(words[1:], with_value)
    rest = arguments.positional
    if command.program in ("kubectl", "oc") and rest[:2] in (("config", "use-context"), ("config", "use")):
        return rest[2] if len(rest) > 2 else ""
    if command.program == "kubectx":
        return rest[0] if rest else ""
    if rest[:2] == ("eks", "update-kubeconfig") or rest[:2] == ("aks", "get-credentials"):
        return arguments.value("--name", "-n", "--cluster-name")
    if rest[:3] in (("container", "clusters", "get-credentials"), ("kubernetes", "cluster", "kubeconfig")):
        return rest[-1] if len(rest) > 3 else ""
    return ""


def _chosen_namespace(command: Command) -> str:
    arguments = parse_arguments(command.words[1:], ("--namespace", "-n"))
    rest = arguments.positional
    if command.program == "kubens" or (command.program == "oc" and rest[:1] == ("project",)):
        return rest[-1] if rest else ""
    if command.program == "kubectl" and rest[:2] == ("config", "set-context"):
        return arguments.value("--namespace")
    return ""


def makes_test_cluster(commands: Sequence[Command], images: Iterable[str]) -> bool:
    """Whether a job works on a cluster that it makes for itself, which ends with it."""
    if any(name in image for image in images for name in _TEST_IMAGES):
        return True
    return any(_is_test_cluster(command) for command in commands)


def _is_test_cluster(command: Command) -> bool:
    return command.program in _TEST_TOOLS and bool(_TEST_VERBS.intersection(command.words[1:3]))
