"""The types of the repo room: units, deliveries, environments, and the graph of them all.

Every path is repository-relative and POSIX; ``.`` is the root folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gitlint_ops.source.model import FieldPath, Json, Span
from gitlint_ops.source.vendor import Remote

Controller = Literal["argocd", "flux", "none"]
NEWEST_HELM = 4
"""Major version of Helm in the newest Argo CD and Flux."""

INVALID_OBJECT = "invalid-object"
"""The ``error_kind`` of a delivery whose own object its controller refuses, so that there is nothing to render."""
NOT_APPLIED = "not-applied"
"""The ``error_kind`` of what is not rendered because no environment would have it: nothing is wrong or lacking."""


@dataclass(frozen=True, slots=True)
class FluxBuild:
    """What a Flux Kustomization adds to a build: its spec, identity and merged substitution variables."""

    name: str
    namespace: str
    spec: Mapping[str, Any]
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_spans: Mapping[str, Span] = field(default_factory=dict)
    """Where each variable's value is written."""
    unknown_variables: tuple[str, ...] = ()
    """Variables that are defined, but with an encrypted value: ``variables`` gives each as its own ``${NAME}``."""
    absent_sources: tuple[str, ...] = ()
    """Why variables may be missing: a reason for each ConfigMap or Secret of substituteFrom that Git does not hold."""
    ignore: str = ""
    """The source's ``spec.ignore``: patterns of files that are no part of its artifact."""


@dataclass(frozen=True, slots=True)
class KustomizeUnit:
    """A folder with a kustomization (or, for Flux, without one) that a controller builds."""

    path: str
    edits: tuple[tuple[str, ...], ...] = ()
    """Arguments of ``kustomize edit`` that Argo CD applies before the build."""
    edit_fields: tuple[FieldPath, ...] = ()
    """For each edit, the field of the Application that caused it (for provenance)."""
    flux: FluxBuild | None = None
    load_restrictor: Literal["root", "none"] = "root"
    enable_helm: bool = False
    kube_version: str = ""
    """For charts that it inflates, as for a HelmUnit."""
    api_versions: tuple[str, ...] = ()
    remotes: tuple[tuple[str, str], ...] = ()
    """What kustomizations name by a URL, and the path here that holds it."""
    charts: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The charts that were fetched for it: ``REPOSITORY NAME VERSION`` as written, and the folder."""
    helm: int = NEWEST_HELM
    """Major version of the Helm that inflates charts."""

    @property
    def kind(self) -> str:
        """The unit's kind as the JSON contract names it."""
        return "kustomize"


@dataclass(frozen=True, slots=True)
class ValueLayer:
    """One layer of Helm values, later layers win. ``source`` is where it is written.

    ``form``: ``file`` (``value`` is a repository path), ``inline`` (a mapping), or ``set``, ``set_string``,
    ``set_file``, ``set_literal`` (a list of texts).
    """

    form: Literal["file", "inline", "set", "set_string", "set_file", "set_literal"]
    value: Json
    span: Span | None = None
    document: tuple[str, int] | None = None
    """For ``inline``: path and document index of the file it is written in."""
    field_path: FieldPath = ()
    """For ``inline`` and ``set*``: the field within that document that holds the values or the parameter."""
    holder: tuple[str, str, str] | None = None
    """For what a ConfigMap or Secret holds: its kind, namespace and name; ``field_path`` is a field of it."""


@dataclass(frozen=True, slots=True)
class HelmUnit:
    """A chart folder with one release's values."""

    path: str
    release: str
    namespace: str
    layers: tuple[ValueLayer, ...] = ()
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    include_crds: bool = True
    skip_tests: bool = False
    skip_schema_validation: bool = False
    chart_values_files: tuple[str, ...] = ()
    post_renderers: tuple[Mapping[str, Any], ...] = ()
    common_metadata: Mapping[str, Any] = field(default_factory=dict)
    charts: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The dependencies that were fetched for it, as for a KustomizeUnit."""
    helm: int = NEWEST_HELM
    """Major version of the Helm that renders it."""

    @property
    def kind(self) -> str:
        """The unit's kind as the JSON contract names it."""
        return "helm"


@dataclass(frozen=True, slots=True)
class DirectoryUnit:
    """A folder of plain manifests, read as an Argo CD directory source reads it."""

    path: str
    recurse: bool = False
    include: str = ""
    exclude: str = ""

    @property
    def kind(self) -> str:
        """The unit's kind as the JSON contract names it."""
        return "directory"


Unit = KustomizeUnit | HelmUnit | DirectoryUnit


@dataclass(frozen=True, slots=True)
class Unrendered:
    """A source that cannot be rendered here: what it is, where it is written, why, what would make it renderable."""

    unit: str
    path: str
    reason: str
    span: Span | None = None
    failed: bool = False
    """True where rendering was tried and failed; False where it was skipped with a true reason."""
    error_kind: str = ""
    """The engine's error kind, where the engine refused; or NOT_APPLIED."""
    error_path: str = ""
    error_line: int = 0
    exact: bool = False
    """Whether ``span`` is the very field that is at fault."""
    field_path: FieldPath = ()
    """That field of the declaring object, where the object says what cannot be rendered."""
    orphans: tuple[str, ...] = ()
    """The manifests that nothing reads, for those in a kustomization's folder."""
    remotes: tuple[Remote, ...] = ()
    """What would have to be fetched to render it."""


@dataclass(frozen=True, slots=True)
class SyncPolicy:
    """How a controller keeps a delivery in step. ``automated`` is False where it waits for a person or is paused."""

    automated: bool = False
    prune: bool = False
    self_heal: bool = False
    allow_empty: bool = False
    suspended: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """dev, stage, prod …: how it was recognised, its rank in the promotion order (0 first), if it is production."""

    name: str
    rank: int
    production: bool
    recognised_by: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a delivery takes its manifests from, as written. ``local`` says that it is this repository."""

    repo_url: str = ""
    path: str = ""
    chart: str = ""
    revision: str = ""
    kind: str = "git"
    """git, oci, helm or bucket."""
    local: bool = False
    assumed_local: bool = False
    field_path: FieldPath = ()
    """The field of the delivery's object that holds this source."""
    ref: str = ""
    missing: str = ""
    """For a local source: the path, values file or chart that is not there ('' when all are)."""
    missing_field: FieldPath = ()


@dataclass(frozen=True, slots=True)
class ParameterPlace:
    """A mapping whose keys an ApplicationSet's template knows: an element of a list generator, a file of a git one."""

    field_path: FieldPath
    file: str = ""
    """The file, '' for the ApplicationSet itself."""
    prefix: str = ""
    """What stands before the keys in the template: ``values`` for a generator's own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a controller is told to apply.

    An Application, a Flux Kustomization or HelmRelease, or (controller ``none``) an overlay that nothing points at.
    """

    id: str
    controller: Controller
    kind: str
    namespace: str
    name: str
    units: tuple[Unit, ...] = ()
    unrendered: tuple[Unrendered, ...] = ()
    environment: str = ""
    cluster: str = ""
    target_namespace: str = ""
    sync: SyncPolicy = SyncPolicy()
    parent: str = ""
    """Id of the delivery whose controller creates this one ('' for a root)."""
    emitted_by: str = ""
    """For a root: id of the kustomization or chart that holds it and that nothing in Git applies ('' if none)."""
    span: Span | None = None
    """Where it is declared (the source document's first line, or the folder's kustomization file)."""
    document: tuple[str, int] | None = None
    """Path and document index of the object that declares it, where it is written as such in a file."""
    document_path: FieldPath = ()
    """Where in that document the object stands: ``("spec", "template")`` for what an ApplicationSet generates."""
    object: Mapping[str, Any] = field(default_factory=dict)
    """The declaring object as the controller sees it."""
    sources: tuple[SourceRef, ...] = ()
    project: str = ""
    generator: str = ""
    """Id of the ApplicationSet that generated it ('' if none)."""
    parameters: tuple[ParameterPlace, ...] = ()
    """Where the parameters of a generated Application are written, the ones that win first."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An object that may declare deliveries or sources (an Application, a GitRepository …), and where it is written."""

    data: Mapping[str, Any] = field(repr=False)
    path: str = ""
    """The file it is written in: a manifest, or the chart template that emits it; '' where unknown."""
    document: int | None = None
    """Document index in that file, where the object is written there as such (not from a chart template)."""
    line: int = 1
    parent: Delivery | None = None
    """The delivery whose rendering gave it; None for a document read straight from a file."""
    scope: str = ""
    """The folder whose build gives it, for one without a parent that several builds give, each patched in its way."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A kustomization's or a delivery's mention of a file or folder: where it is written, and what it means."""

    path: str
    """The file that mentions it."""
    document: int
    field_path: FieldPath
    target: str
    """Repository-relative path of the target; the URL as written when remote."""
    written: str
    role: str
    """resources, components, patches, generators, values …"""
    exists: bool = True
    remote: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A folder's kustomization file and what it refers to."""

    folder: str
    path: str
    data: Mapping[str, Any]
    references: tuple[Reference, ...]
    component: bool = False

    def folders(self) -> tuple[str, ...]:
        """Give the local folders that this kustomization builds upon (bases, resources, components)."""
        roles = ("resources", "bases", "components")
        return tuple(r.target for r in self.references if r.role in roles and r.exists and not r.remote)


@dataclass(frozen=True, slots=True)
class ValuesFile:
    """A values file that the chart's layout assigns to an environment."""

    path: str
    environment: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart folder: metadata, dependencies with no folder or archive in ``charts/``, values files per environment."""

    folder: str
    name: str
    version: str
    type: str
    data: Mapping[str, Any]
    missing_dependencies: tuple[str, ...] = ()
    values_files: tuple[ValuesFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Generator:
    """An ApplicationSet: where it is declared, how many Applications it gives, and what could not be answered."""

    id: str
    name: str
    namespace: str
    span: Span | None
    document: tuple[str, int] | None
    object: Mapping[str, Any]
    deliveries: tuple[str, ...] = ()
    unanswered: tuple[Unrendered, ...] = ()
    parent: str = ""
    emitted_by: str = ""
    """As for a Delivery."""
    unmatched: tuple[tuple[FieldPath, str], ...] = ()
    """Patterns of its git generators that match nothing here: the field of each, and its text."""


@dataclass(frozen=True, slots=True)
class RepoGraph:
    """All units, deliveries and environments of a repository with their edges."""

    kustomizations: Mapping[str, Kustomization]
    """Keyed by folder."""
    charts: Mapping[str, Chart]
    """Keyed by folder."""
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    generators: Mapping[str, Generator] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    local_urls: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    """What was assumed (a URL taken for this repository …), in the user's words, for the coverage."""
    kubernetes_versions: Mapping[str, str] = field(default_factory=dict)
    """What the configuration or the cluster says that a delivery meets, keyed by its id; none where nothing says."""

    def children_of(self, delivery: str) -> tuple[Delivery, ...]:
        """Give the deliveries that this one creates, in id order."""
        return tuple(d for d in self.deliveries.values() if d.parent == delivery)

    def environment_of(self, delivery: Delivery) -> Environment | None:
        """Give the delivery's environment, or None where none was recognised."""
        return self.environments.get(delivery.environment)
