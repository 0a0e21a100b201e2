"""A first configuration file, from what was found in the repository: every key with what it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gitlint_ops.report.escape import safe_json

_HEAD = """\
# What only you know about this repository. Every key can go: without this file, all of it is found out or left open.
# The keys: https://github.com/gitlint-ops/gitlint-ops/blob/main/gitlint_ops/config.schema.json
"""
_TAIL = """
# The version of Kubernetes to check against, where it is not the newest known.
# kubernetes:
#   version: "1.33"

# Flux variables that only a cluster knows.
# substitutions:
#   CLUSTER_DOMAIN: example.com

# Rules: off, another severity, or options. 'gitlint-ops rules' lists them, 'gitlint-ops explain RULE' describes one.
# rules:
#   mutable-image-tag: warning

# Findings that you accept, each with its reason and, best, its end.
# suppressions:
#   - {rule: plaintext-secret, path: "hack/**", reason: local development only, until: "2027-06-30"}
"""


def render_starter(layout: Mapping[str, Any], urls: Sequence[str]) -> str:
    """Give the text of a configuration file for ``layout`` (as ``inspect`` gives it).

    ``urls`` are the names of this repository, free of credentials.
    """
    return _HEAD + _repository(urls) + _environments(layout["environments"]) + _clusters(layout["deliveries"]) + _TAIL


def _repository(urls: Sequence[str]) -> str:
    """Give an example: the remotes of a clone are known anyway, and only a mirror has further names."""
    listed = ", ".join(map(_quoted, urls)) or "https://git.example.com/platform/gitops"
    about = "\n# Further URLs under which Argo CD and Flux know this repository; its remotes are known.\n"
    return f"{about}# repository:\n#   urls: [{listed}]\n"


def _environments(environments: Sequence[Mapping[str, Any]]) -> str:
    about = "\n# The environments in promotion order (rank); in production, findings weigh more.\n"
    if not environments:
        return f'{about}# environments:\n#   prod: {{production: true, rank: 2, paths: ["clusters/prod/**"]}}\n'
    lines = [
        f"  {_quoted(entry['name'])}: {{production: {_quoted(entry['production'])}, rank: {entry['rank']}}}\n"
        for entry in environments
    ]
    return f"{about}environments:\n{''.join(lines)}"


def _clusters(deliveries: Sequence[Mapping[str, Any]]) -> str:
    """Give an example: what labels a cluster has is in no repository."""
    names = sorted({delivery["cluster"] for delivery in deliveries if delivery["cluster"]}) or ["prod-eu"]
    about = "\n# The clusters of Argo CD with the labels that ApplicationSets select by: they are not in Git.\n"
    examples = "".join(f"#   - {{name: {_quoted(name)}, labels: {{env: prod}}}}\n" for name in names)
    return f"{about}# clusters:\n{examples}"


def _quoted(value: str | bool) -> str:
    """Write a value as JSON, which is YAML too, whatever stands in it."""
    return safe_json(json.dumps(value))
