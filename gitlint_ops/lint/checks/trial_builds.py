"""Builds of a kustomization as it is and with other contents: what an entry does is tried, not guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.repo.remotes import mapped_remotes
from gitlint_ops.source.model import Json


def build_request(
    context: CheckContext, folder: str, data: Mapping[str, Json] | None = None, of: str = ""
) -> dict[str, Any]:
    """Give the request that builds a folder, with other contents for its kustomization (or for that of ``of``)."""
    request: dict[str, Any] = {"verb": "kustomize", "path": folder, "load_restrictor": "none", "enable_helm": True}
    remotes = context.once("mapped-remotes", lambda: _remotes(context))
    if remotes:
        request["remotes"] = remotes
    if data is not None:
        request["files"] = {context.graph.kustomizations[of or folder].path: json.dumps(data)}
    return request


def _remotes(context: CheckContext) -> dict[str, str]:
    return dict(mapped_remotes(context.config.remotes, context.graph.kustomizations))


def builds_of(context: CheckContext, kustomization: Kustomization) -> tuple[str, ...]:
    """Give the folders to build to see what a kustomization does: itself, or those that use a component."""
    if not kustomization.component:
        return (kustomization.folder,)
    users = users_of(context)
    found: dict[str, None] = {}
    pending, seen = list(users.get(kustomization.folder, ())), {kustomization.folder}
    while pending:
        folder = pending.pop()
        if folder in seen:
            continue
        seen.add(folder)
        if context.graph.kustomizations[folder].component:
            pending += users.get(folder, ())
        else:
            found[folder] = None
    return tuple(sorted(found))


def users_of(context: CheckContext) -> Mapping[str, list[str]]:
    """Give, by kustomization folder, the folders of those that build upon it."""
    return context.once("kustomization-users", lambda: _users(context))


def _users(context: CheckContext) -> Mapping[str, list[str]]:
    users: dict[str, list[str]] = {}
    for folder, kustomization in context.graph.kustomizations.items():
        for target in kustomization.folders():
            if target != folder and target in context.graph.kustomizations:
                users.setdefault(target, []).append(folder)
    return users
