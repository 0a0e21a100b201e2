"""What the tests of deliveries share: small repositories whose objects are read, and short forms of the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.config import ClusterSetting, Config
from gitlint_ops.repo import Context, Deliveries, deliveries_in
from gitlint_ops.repo.model import Delivery, Unit
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf

URL = "https://github.com/acme/platform.git"
LOCAL = Config(repository_urls=(URL,))
"""A configuration that names this repository's URL."""


def deliver(survey_of: SurveyOf, files: Mapping[str, str], config: Config = LOCAL) -> Deliveries:
    """Give the deliveries of all objects in the files."""
    return deliveries_of(survey_of(files, config))


def deliveries_of(context: Context) -> Deliveries:
    """Give the deliveries of everything in a context's index."""
    return deliveries_in(tuple(context.index), context)


def only(deliveries: Deliveries) -> Delivery:
    """Give the single delivery."""
    (delivery,) = deliveries.deliveries
    return delivery


def unit_of(delivery: Delivery) -> Unit:
    """Give the single unit of a delivery that renders whole."""
    assert delivery.unrendered == (), delivery.unrendered[0].reason
    (unit,) = delivery.units
    return unit


def refusal(delivery: Delivery) -> tuple[str, str, bool, Span | None]:
    """Give kind, reason, failed and place of the one thing that is not rendered."""
    assert delivery.units == ()
    (item,) = delivery.unrendered
    return item.error_kind, item.reason, item.failed, item.span


def application(source: str, name: str = "web", extra: str = "") -> str:
    """Give an Application's text; ``source`` is a flow mapping's inside, or lines below ``source:``."""
    lines = "\n".join(f"    {line}" for line in source.strip("\n").splitlines())
    return f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: {URL}
{lines}
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
{extra}"""


def values_of(unit: Any) -> list[tuple[str, Any]]:
    """Give form and value of a Helm unit's layers."""
    return [(layer.form, layer.value) for layer in unit.layers]


MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
GO = "  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n"
"""The settings of an ApplicationSet with strict Go templates."""
CLUSTERS = Config(
    repository_urls=(URL,),
    clusters=(
        ClusterSetting("prod-eu", "https://eu.example.com", {"env": "prod"}, {"tier": "1"}),
        ClusterSetting("Dev_1", "https://dev.example.com", {"env": "dev"}),
    ),
)
"""A configuration that names two clusters."""


def application_set(generators: str, name: str, path: str = "apps", extra: str = "", spec: str = "") -> str:
    """Give an ApplicationSet's text; ``name`` and ``path`` are templates."""
    lines = "\n".join(f"  {line}" for line in generators.strip("\n").splitlines())
    return f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: all, namespace: argocd}}
spec:
{extra}  generators:
{lines}
  template:
    metadata: {{name: {name!r}}}
    spec:
      project: shop
      source: {{repoURL: {URL}, path: {path!r}}}
      destination: {{name: in-cluster, namespace: shop}}
{spec}"""


def generate(
    survey_of: SurveyOf, text: str, files: Mapping[str, str] | None = None, config: Config = LOCAL
) -> Deliveries:
    return deliver(survey_of, {"apps/c.yaml": MANIFEST, **(files or {}), "set.yaml": text}, config)


def names(found: Deliveries) -> list[str]:
    return [delivery.name for delivery in found.deliveries]


def reasons(found: Deliveries) -> list[str]:
    return [item.reason for item in found.generators[0].unanswered]
