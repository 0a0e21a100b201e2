"""Which units are rendered on each side: roots on the head, to know what there is, and what the change can touch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render import render_repository
from gitlint_ops.render.answers import Answers
from gitlint_ops.render.compare import open_base
from gitlint_ops.source import open_tree
from tests.render.compare.conftest import Compare
from tests.render.compare.edits import files_of
from tests.repositories import Repository

FILES = files_of("monorepo-clean")
DEV, PROD = "apps/storefront/overlays/dev", "apps/storefront/overlays/prod"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record what each engine renders, the head's first: a unit's folder, and the values files of a release."""
    engines: list[EngineClient] = []
    found: list[list[str]] = []
    ask = EngineClient.call_many

    def record(self: EngineClient, requests: Sequence[dict[str, Any]]) -> Any:
        for request in requests:
            if request.get("reads") and not request.get("only_reads"):
                if self not in engines:
                    engines.append(self)
                    found.append([])
                files = [str(layer["file"]) for layer in request.get("layers", ()) if "file" in layer]
                found[engines.index(self)].append(" ".join([str(request.get("path") or request["chart"]), *files]))
        return ask(self, requests)

    monkeypatch.setattr(EngineClient, "call_many", record)
    return found


ORDERS = ["apps/orders apps/orders/values-dev.yaml", "apps/orders apps/orders/values-prod.yaml"]
BUNDLE = ["argocd/bundle", "argocd/bundle"]
"""The root's chart, by itself to find what it declares, and as the root's Application renders it."""
EDITED = {
    "apps/storefront/overlays/prod/replicas.yaml": [PROD],
    "apps/storefront/base/deployment.yaml": [DEV, PROD],
    "apps/storefront/components/debug/kustomization.yaml": [DEV],
    "apps/orders/templates/deployment.yaml": ORDERS,
    "apps/orders/values.yaml": ORDERS,
    "apps/orders/values-prod.yaml": ORDERS[1:],
    "argocd/bundle/templates/orders.yaml": BUNDLE,
    "argocd/root.yaml": ["argocd"],
    "infrastructure/edge/cache.yaml": ["infrastructure/edge"],
    "README.md": [],
}


@pytest.mark.parametrize("path", EDITED)
def test_either_side_renders_what_an_edit_can_touch(path: str, compared: Compare, rendered: list[list[str]]) -> None:
    found = compared(FILES, {**FILES, path: FILES[path] + "# x\n"})
    head, base = (sorted(side) for side in (*rendered, [])[:2])
    assert head == sorted([*BUNDLE, *(unit for unit in EDITED[path] if unit not in BUNDLE)])
    assert base == EDITED[path]
    assert len(found.head.unchanged) == len(found.head.graph.deliveries) - len({*EDITED[path]})


def test_a_file_that_comes_touches_who_lists_its_folder(compared: Compare, rendered: list[list[str]]) -> None:
    compared(FILES, {**FILES, "apps/orders/templates/more.yaml": "", "apps/storefront/notes.yaml": ""})
    assert [sorted(side) for side in rendered] == [sorted([*BUNDLE, *ORDERS]), ORDERS]


ESTATE = files_of("estate")
ROOTS = ["argocd/apps", "flux/settings", "flux/tenants"]
"""What declares deliveries, and what gives the values that one of them is substituted with."""
UNKNOWN = ["apps/linked", "apps/web/overlays/broken", "apps/web/overlays/dev"]
"""What lies behind a symbolic link, or refers to what is not there: it is rendered to find out what it reads."""
FAILS = "apps/web/overlays/broken"
"""What fails tells of no reads, so that the other side renders it too."""
EDITED_ESTATE = {
    "README.md": [],
    "apps/web/base/settings.env": ["apps/web/overlays/dev", "apps/web/overlays/prod"],
    "apps/web/overlays/dev/shared.yaml": ["apps/linked", "apps/web/overlays/dev"],
    "argocd/apps/shop.yaml": ["argocd/apps"],
    "charts/shop/files/notes.yaml": [],
    "charts/shop/values-prod.yaml": ["charts/shop charts/shop/values-prod.yaml"],
    "charts/told/files/notes.yaml": ["charts/told charts/told/values-dev.yaml"],
    "flux/settings/settings.yaml": ["flux/settings"],
    "flux/sites/site.yaml": ["flux/sites"],
    "plain/below/two.yaml": ["plain"],
}


@pytest.mark.parametrize("path", EDITED_ESTATE)
def test_what_the_graph_tells_of_other_kinds_of_units(path: str, compared: Compare, rendered: list[list[str]]) -> None:
    compared(ESTATE, {**ESTATE, path: ESTATE.get(path, "") + "# x\n"})
    head, base = map(sorted, rendered)
    assert head == sorted({*ROOTS, *UNKNOWN, *EDITED_ESTATE[path]})
    assert base == sorted([FAILS, *EDITED_ESTATE[path]])


def test_a_value_that_changes_touches_what_is_substituted_with_it(compared: Compare, rendered: list[list[str]]) -> None:
    path = "flux/settings/settings.yaml"
    found = compared(ESTATE, {**ESTATE, path: ESTATE[path].replace("example.com", "example.org")})
    assert sorted(rendered[1]) == [FAILS, "flux/settings", "flux/sites"]
    assert [change.label for change in found.base.changes.objects] == ["ConfigMap home-settings", "ConfigMap site"]


def test_the_base_of_a_check_renders_what_the_change_can_touch(tmp_path: Path, rendered: list[list[str]]) -> None:
    repository = Repository(tmp_path)
    repository.commit(FILES)
    repository.write({**FILES, "apps/storefront/overlays/prod/replicas.yaml": ""})
    with EngineClient(tmp_path, workers=1) as engine:
        tree, answers = open_tree(tmp_path, engine, Config()), Answers()
        head = render_repository(tree, engine, Config(), answers)
        with open_base(tree, head, engine, Config(), "HEAD", answers) as base:
            assert base.rendering.unchanged == frozenset()
    assert (len(rendered[0]), rendered[1]) == (head.rendered_units + 1, [PROD])
