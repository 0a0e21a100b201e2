"""What the tests of deliveries share: small repositories whose objects are read, and short forms of the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.config import Config
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
