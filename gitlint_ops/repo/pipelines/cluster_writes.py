"""Commands that change a cluster: what they write, where, and from which files.

Reading, waiting, dry runs and the installation of Argo CD or Flux themselves change nothing that Git owns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gitlint_ops.repo.pipelines.arguments import Arguments, parse_arguments, words_in
from gitlint_ops.repo.pipelines.commands import Command, resolve

Target = tuple[str, str]
"""Kind (lower case, as written) and name."""

_KUBECTL_VALUES = words_in(
    """-n --namespace --context --cluster --kubeconfig -s --server --as --token --user -f --filename -k --kustomize
    -l --selector -o --output -p --patch --patch-file --type --replicas --timeout --field-manager --image --from
    --kind --name --request-timeout --from-file --from-literal --grace-period --to-revision -c --containers"""
)
_HELM_VALUES = words_in(
    """-n --namespace --kube-context --kubeconfig -f --values --set --set-string --set-file --set-json --version
    --repo --timeout --history-max --description --post-renderer --kube-token --username --password --ca-file -o"""
)
_ARGOCD_VALUES = words_in(
    """--server --auth-token --project --revision --timeout --resource --label -p --parameter --helm-set
    --helm-set-string --values --kustomize-image --dest-namespace --dest-server --dest-name --repo --path -l --selector
    --app-namespace -N --patch --type --local --sync-policy --strategy"""
)
_FLUX_VALUES = frozenset(["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--timeout"])
_HELMFILE_VALUES = words_in("-f --file -e --environment -n --namespace -l --selector --kube-context")
_KUBECTL_VERBS = words_in("apply create replace patch set delete scale edit autoscale expose run rollout new-app")
_ROLLOUT_VERBS = frozenset({"restart", "undo", "latest", "pause"})
_MOMENTARY = frozenset({"pod", "pods", "po", "token", "rollout"})
"""What is deleted or created for the moment: its controller makes it anew, or it is no state at all."""
_HELM_VERBS = frozenset({"upgrade", "install", "uninstall", "delete", "rollback", "del", "un"})
_ARGOCD_VERBS = frozenset({"set", "unset", "sync", "create", "delete", "rollback", "patch", "patch-resource"})
_FLUX_KINDS = {
    "kustomization": "Kustomization",
    "ks": "Kustomization",
    "helmrelease": "HelmRelease",
    "hr": "HelmRelease",
}
_HELMFILE_VERBS = frozenset({"apply", "sync", "destroy", "delete"})
_OTHERS = {
    "skaffold": frozenset({"run", "deploy", "apply"}),
    "kapp": frozenset({"deploy", "delete"}),
    "ko": frozenset({"apply"}),
}
_CONTROLLER = re.compile(
    r"argo-?cd(?!-apps)|argo-helm|fluxcd|flux2|flux-operator|flux-instance|gotk-components|openshift-gitops",
    re.IGNORECASE,
)
_MAX_TYPED = 20_000
"""Characters of a heredoc in which objects are looked for."""
_TYPED = re.compile(
    r"^kind:[ \t]*(?P<kind>\w+)(?:(?!^---|^kind:).)*?^metadata:(?:(?!^---|^\S).)*?^[ \t]+name:[ \t]*(?P<name>\S+)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ClusterWrite:
    """What a command changes in a cluster. Texts may hold variables (``${NS}``); '' stands for what is not told."""

    command: Command
    verb: str
    """Program and verb as people name it: ``kubectl apply``."""
    namespace: str = ""
    cluster: str = ""
    """The context or cluster that the command itself names."""
    paths: tuple[str, ...] = ()
    """Files and folders of the repository that are applied."""
    targets: tuple[Target, ...] = ()
    release: str = ""
    delivery: Target = ("", "")
    """The controller's own object that is changed: kind and name."""
    mild: bool = False
    """Whether it only makes something happen now that Git asks for, or that leaves no trace in what Git describes."""
    remote: bool = False
    """Whether what is applied comes from elsewhere: a URL, a chart repository."""


def cluster_write(command: Command) -> ClusterWrite | None:
    """Give what a command changes in a cluster, None where it changes nothing there."""
    readers = {
        "kubectl": _kubectl,
        "oc": _kubectl,
        "helm": _helm,
        "argocd": _argocd,
        "flux": _flux,
        "helmfile": _helmfile,
    }
    read = readers.get(command.program, _other if command.program in _OTHERS else None)
    return read(command) if read else None


def _kubectl(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _KUBECTL_VALUES)
    verb, *rest = arguments.positional or ("",)
    if verb not in _KUBECTL_VERBS or _is_dry(arguments) or arguments.has("--local"):
        return None
    if verb == "rollout":
        if not rest or rest[0] not in _ROLLOUT_VERBS:
            return None
        verb, rest = f"rollout {rest[0]}", rest[1:]
    elif verb == "set" and rest:
        verb, rest = f"set {rest[0]}", rest[1:]
    if (rest and rest[0].partition("/")[0] in _MOMENTARY) or arguments.value("--from"):
        return None
    written = arguments.values("-f", "--filename", "-k", "--kustomize")
    files = tuple(path for path in (resolve(command.folder, text) for text in written) if path)
    if "-" in written:
        files += tuple(_piped(command))
    if _installs_controller(command, written):
        return None
    return ClusterWrite(
        command=command,
        verb=f"{command.program} {verb}",
        namespace=arguments.value("-n", "--namespace"),
        cluster=arguments.value("--context", "--cluster"),
        paths=files,
        targets=(*_targets(verb, rest), *_named(arguments), *(_typed(command) if "-" in written else ())),
        mild=verb == "rollout restart",
        remote=any("://" in text for text in written),
    )


def _is_dry(arguments: Arguments) -> bool:
    return arguments.has("--dry-run", "--server-dry-run")


def _named(arguments: Arguments) -> tuple[Target, ...]:
    kind, name = arguments.value("--kind"), arguments.value("--name")
    return ((kind.lower(), name),) if kind and name else ()


def _targets(verb: str, words: list[str]) -> Iterator[Target]:
    """Give the objects that a command names: ``deployment/web``, ``deployment web``."""
    if verb == "create":
        kinds = [word for word in words if word not in ("generic", "tls", "docker-registry", "clusterip")]
        if len(kinds) > 1:
            yield kinds[0].lower(), kinds[1]
        return
    slashed = [word for word in words if "/" in word and "=" not in word]
    if slashed:
        for word in slashed:
            kind, _, name = word.partition("/")
            yield kind.lower(), name
    elif len(words) > 1:
        yield from ((words[0].lower(), name) for name in words[1:] if "=" not in name)


def _piped(command: Command) -> Iterator[str]:
    """Give the repository's files and folders that the commands before the pipe read."""
    source = command.source
    while source is not None:
        words = source.words[1:]
        for word in (*words, *source.inputs):
            path = resolve(source.folder, word.partition("=")[2] or word)
            if path and ("/" in word or "." in word):
                yield path
        if not words and source.program == "kustomize":
            yield source.folder
        source = source.source


def _typed(command: Command) -> Iterator[Target]:
    """Give the objects that a heredoc holds, as far as its lines tell."""
    text = command.stdin or (command.source.stdin if command.source is not None else "")
    for found in _TYPED.finditer(text[:_MAX_TYPED]):
        yield found["kind"].lower(), found["name"].strip("\"'")


def _installs_controller(command: Command, written: tuple[str, ...]) -> bool:
    """Whether what is applied is Argo CD or Flux itself, from its own project."""
    source = command.source
    texts = [*written, *(source.words if source is not None else ())]
    return any("://" in text and _CONTROLLER.search(text) for text in texts) or (
        source is not None and source.words[:2] in (("flux", "install"), ("argocd", "admin"))
    )


def _helm(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _HELM_VALUES)
    verb, *rest = arguments.positional or ("",)
    if verb not in _HELM_VERBS or _is_dry(arguments):
        return None
    release, chart = (rest[0] if rest else ""), (rest[1] if len(rest) > 1 else "")
    if verb == "install" and arguments.has("-g", "--generate-name"):
        release, chart = "", release
    if _CONTROLLER.search(chart) or (not chart and _CONTROLLER.search(release)):
        return None
    paths = [resolve(command.folder, text) for text in (chart, *arguments.values("-f", "--values"))]
    local = chart.startswith(".") or not re.search(r"://", chart)
    return ClusterWrite(
        command=command,
        verb=f"helm {verb}",
        namespace=arguments.value("-n", "--namespace"),
        cluster=arguments.value("--kube-context"),
        paths=tuple(path for path in paths if path),
        release=release,
        remote=not local,
    )


def _argocd(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _ARGOCD_VALUES)
    group, verb, *rest = (*arguments.positional, "", "")[:3]
    if group not in ("app", "appset") or verb not in _ARGOCD_VERBS or _is_dry(arguments):
        return None
    from_git = verb == "sync" and not arguments.has("--local") and "--revision" not in arguments.options
    name = rest[0].rpartition("/")[2] if rest else ""
    kind = "Application" if group == "app" else "ApplicationSet"
    return ClusterWrite(command=command, verb=f"argocd {group} {verb}", delivery=(kind, name), mild=from_git)


def _flux(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _FLUX_VALUES)
    verb, kind, name = (*arguments.positional, "", "", "")[:3]
    if verb not in ("reconcile", "suspend", "delete") or kind not in _FLUX_KINDS:
        return None
    return ClusterWrite(
        command=command,
        verb=f"flux {verb}",
        namespace=arguments.value("-n", "--namespace"),
        cluster=arguments.value("--context"),
        delivery=(_FLUX_KINDS[kind], name),
        mild=verb == "reconcile",
    )


def _helmfile(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _HELMFILE_VALUES)
    if not _HELMFILE_VERBS.intersection(arguments.positional):
        return None
    verb = next(word for word in arguments.positional if word in _HELMFILE_VERBS)
    return ClusterWrite(
        command=command,
        verb=f"helmfile {verb}",
        namespace=arguments.value("-n", "--namespace"),
        cluster=arguments.value("--kube-context"),
        paths=tuple(p for p in (resolve(command.folder, text) for text in arguments.values("-f", "--file")) if p),
    )


def _other(command: Command) -> ClusterWrite | None:
    arguments = parse_arguments(command.words[1:], _KUBECTL_VALUES)
    verb = arguments.positional[0] if arguments.positional else ""
    if verb not in _OTHERS[command.program] or _is_dry(arguments):
        return None
    paths = (resolve(command.folder, text) for text in arguments.values("-f", "--filename"))
    return ClusterWrite(
        command=command,
        verb=f"{command.program} {verb}",
        namespace=arguments.value("-n", "--namespace"),
        paths=tuple(path for path in paths if path),
    )
