"""A check for pipelines that change a cluster behind the controller that reconciles it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gitlint_ops.lint.checks.pipeline_owners import Hints, Owned, owners
from gitlint_ops.lint.checks.pipeline_runs import JobRun, callers_of, job_runs, place_of
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Severity, Violation
from gitlint_ops.repo.model import Delivery
from gitlint_ops.repo.pipelines.cluster_context import ClusterContext, after, makes_test_cluster
from gitlint_ops.repo.pipelines.cluster_writes import ClusterWrite, cluster_write
from gitlint_ops.source import Span

_CONTROLLERS = {"argocd": "Argo CD", "flux": "Flux"}
_SHOWN = 3


@dataclass(slots=True)
class _Push:
    """What one line of a pipeline pushes, over all runs of its job (a matrix runs it several times)."""

    run: JobRun
    write: ClusterWrite
    span: Span
    hints: Hints
    owned: list[Owned] = field(default_factory=list)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every delivery that is bypassed, once."""
        return tuple({d.id: d for owned in self.owned for d in owned.deliveries}.values())


def push_deploy(context: CheckContext) -> Iterator[Violation]:
    """Report commands and ready-made steps of pipelines that write what a delivery of this repository reconciles."""
    found = owners(context)
    if not found.deliveries:
        return
    pushes: dict[Span, _Push] = {}
    for run in job_runs(context):
        for write, chosen in _writes(run):
            span = place_of(context, write.command)
            hints = _hints(run, write, chosen)
            push = pushes.setdefault(span, _Push(run, write, span, hints))
            owned = found.find(write, hints)
            push.owned += [owned] if owned else []
    for push in pushes.values():
        yield from _violations(context, push)


def _writes(run: JobRun) -> Iterator[tuple[ClusterWrite, ClusterContext]]:
    """Give a job's writes with the cluster chosen before each; a job that makes its own cluster tests in it."""
    if makes_test_cluster(run.commands, run.job.images):
        return
    chosen = ClusterContext()
    for command in run.commands:
        write = cluster_write(command)
        if write is not None:
            yield write, chosen
        chosen = after(chosen, command)


def _hints(run: JobRun, write: ClusterWrite, chosen: ClusterContext) -> Hints:
    namespace = write.namespace or chosen.namespace
    texts = (run.job.environment, write.cluster or chosen.cluster, namespace, *write.paths, run.job.name)
    return Hints(namespace, texts)


def _violations(context: CheckContext, push: _Push) -> Iterator[Violation]:
    deliveries = push.deliveries
    if not deliveries:
        message = _unowned(context, push)
        if message:
            yield Violation(
                message, span=push.span, severity="info", related=callers_of(context, push.run, push.write.command)
            )
        return
    certain = any(owned.certain for owned in push.owned)
    related = tuple(
        Related(delivery.span, f"{delivery.kind} {delivery.name} is declared here")
        for delivery in deliveries
        if delivery.span is not None
    )
    yield Violation(
        _message(push, deliveries, certain=certain),
        span=push.span,
        severity=_severity(push, deliveries, certain=certain),
        deliveries=deliveries,
        related=(*callers_of(context, push.run, push.write.command), *related),
    )


def _severity(push: _Push, deliveries: Sequence[Delivery], *, certain: bool) -> Severity | None:
    """Give a milder severity for what only hurries the controller, and for what a namespace alone tells."""
    if push.write.mild and push.write.delivery[0] and not any(d.sync.automated for d in deliveries):
        return "info"
    return None if certain and not push.write.mild else "warning"


def _message(push: _Push, deliveries: Sequence[Delivery], *, certain: bool) -> str:
    first = deliveries[0]
    controller = _CONTROLLERS[first.controller]
    runs = f"{push.run.name} runs {push.write.verb}"
    if push.write.mild and push.write.delivery[0]:
        own = "which syncs by itself" if first.sync.automated else "which waits for someone to sync it"
        return (
            f"{runs} on {_listed(deliveries)}, {own}: a pipeline needs no access to the cluster to deploy what is in "
            f"Git. Leave the sync to {controller}, and let the job wait for the result at most"
        )
    if push.write.delivery[0]:
        return (
            f"{runs} on {_listed(deliveries)}: Git no longer says what is deployed, and no review saw the change. "
            f"Change {_declared(first)} in a pull request instead"
        )
    place = f"{'on' if certain else 'into'} {push.owned[0].what}{_where(push)}"
    fate = _fate(first) if certain else "what it makes there is in no review, and nothing in Git describes it"
    fate = "no commit says that or why its pods started anew" if push.write.mild else fate
    verb = "reconciles" if len(deliveries) == 1 else "reconcile"
    return (
        f"{runs} {place}, which {_listed(deliveries)} {verb} from Git: {fate}. Let the job open a pull request that "
        f"changes {_source(first)}, and leave the apply to {controller}"
    )


def _where(push: _Push) -> str:
    """Say in which namespace and cluster a write lands, as far as the job says so in plain words."""
    cluster = push.hints.texts[1]
    namespace = push.hints.namespace if "$" not in push.hints.namespace else ""
    told = "" if push.owned[0].what == f"namespace {namespace}" else namespace
    parts = [f" in namespace {told}"] if told else []
    parts += [f" of cluster {cluster}"] if cluster and "$" not in cluster else []
    return "".join(parts)


def _listed(deliveries: Sequence[Delivery]) -> str:
    shown = ", ".join(f"{d.kind} {d.name}{_at(d)}" for d in deliveries[:_SHOWN])
    return shown + (f" and {len(deliveries) - _SHOWN} more" if len(deliveries) > _SHOWN else "")


def _at(delivery: Delivery) -> str:
    return f" ({delivery.span.path}:{delivery.span.line})" if delivery.span is not None else ""


def _fate(delivery: Delivery) -> str:
    """Say what becomes of a change that does not stand in Git."""
    if delivery.controller == "flux":
        if delivery.sync.suspended:
            return "the change stays until Flux resumes, and Git does not describe it"
        return "Flux undoes the change at its next reconciliation, and until then Git does not say what runs"
    if delivery.sync.self_heal:
        return "self-heal undoes the change, and until then Git does not say what runs"
    if delivery.sync.automated:
        return "the application is out of sync until a later sync undoes the change"
    return "the application is out of sync from then on, and its next sync undoes the change"


def _source(delivery: Delivery) -> str:
    """Name what to change in Git instead."""
    return next((unit.path for unit in delivery.units if unit.path != "."), _declared(delivery))


def _declared(delivery: Delivery) -> str:
    return delivery.span.path if delivery.span is not None else "its declaration"


def _unowned(context: CheckContext, push: _Push) -> str:
    """Word the finding about a write that no delivery owns; '' for what says nothing against the repository's way."""
    write = push.write
    path = next((p for p in write.paths if context.tree.is_file(p) or context.tree.is_folder(p)), "")
    if not path or write.mild or any(_starts_controller(context, p) for p in write.paths):
        return ""
    return (
        f"{push.run.name} runs {write.verb} on {path}, which no delivery of this repository applies: the rest is "
        "reconciled from Git, this is pushed, and nothing puts it right when it drifts. Let an Application or a Flux "
        "Kustomization apply it"
    )


def _starts_controller(context: CheckContext, path: str) -> bool:
    """Whether a file or folder holds the controller's own objects: the root that a person or a job applies once."""
    tree = context.tree
    files = [path] if tree.is_file(path) else tree.files_under(path)
    known = set(tree.yaml_files)
    documents = (document for file in files if file in known for document in tree.read(file).documents)
    return any(_is_controllers(group_of(document.value["apiVersion"])) for document in documents if document.is_object)


def _is_controllers(group: str) -> bool:
    return group == "argoproj.io" or group.endswith("fluxcd.io")
