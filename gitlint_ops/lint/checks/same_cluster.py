"""Whether two deliveries go to one cluster, as far as the repository tells."""

from __future__ import annotations

import posixpath
import re

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.narrowing import mapping

_OWN = ("", "in-cluster")
_PLACEHOLDER = re.compile(r"[{}<>$%]")


def cluster_key(context: CheckContext, delivery: Delivery) -> str:
    """Give a text that is equal for two deliveries only where they surely go to the same cluster, '' for unknown.

    A cluster that is named is the same wherever it is named so. The cluster in which the controller itself runs is the
    same for what one root creates, and for roots of one environment that are declared in one folder; a folder that is
    applied by hand goes anywhere.
    """
    known: dict[str, str] = context.once("cluster-keys", dict)
    if delivery.id not in known:
        known[delivery.id] = ""  # A delivery that leads back to itself ends here.
        known[delivery.id] = _key(context, delivery)
    return known[delivery.id]


def _key(context: CheckContext, delivery: Delivery) -> str:
    if delivery.controller == "none" or _PLACEHOLDER.search(delivery.cluster):
        return ""
    remote = mapping(delivery.object, "spec", "kubeConfig")
    if delivery.controller == "flux" and remote:
        names = [str(mapping(remote, ref).get("name") or "") for ref in ("secretRef", "configMapRef")]
        home = controller_home(context, delivery)
        return f"{home} {' '.join(names)}" if home and any(names) else ""
    if delivery.controller == "argocd" and delivery.cluster not in _OWN:
        return f"cluster {delivery.cluster}"
    return controller_home(context, delivery)


def controller_home(context: CheckContext, delivery: Delivery) -> str:
    """Give a text for the cluster in which the controller of a delivery runs, '' for unknown."""
    creator = context.graph.deliveries.get(delivery.parent)
    if creator is not None and creator.controller != "none" and creator.id != delivery.id:
        return cluster_key(context, creator)
    generator = context.graph.generators.get(delivery.generator)
    span = generator.span if generator is not None else delivery.span
    if span is None:
        return ""
    environment = "" if generator is not None else delivery.environment
    cluster = delivery.cluster if delivery.controller == "flux" else ""
    return f"{delivery.controller} {posixpath.dirname(span.path)} {environment} {cluster}"
