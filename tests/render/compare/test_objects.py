from __future__ import annotations

from pathlib import Path

from tests.render.compare.conftest import Compare
from tests.repositories import Repository

CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME}
data: {a: "VALUE"}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0.0
          envFrom: [{configMapRef: {name: settings}}]
"""


def _config(name: str, value: str) -> str:
    return CONFIG.replace("NAME", name).replace("VALUE", value)


def _overlay(*resources: str) -> str:
    return f"resources: [{', '.join(resources)}]\n"


def test_objects_come_go_and_change(compared: Compare) -> None:
    before = {
        "overlays/prod/kustomization.yaml": _overlay("a.yaml", "b.yaml"),
        "overlays/prod/a.yaml": _config("a", "1"),
        "overlays/prod/b.yaml": _config("b", "1"),
    }
    after = {
        "overlays/prod/kustomization.yaml": _overlay("a.yaml", "c.yaml"),
        "overlays/prod/a.yaml": _config("a", "2"),
        "overlays/prod/c.yaml": _config("c", "1"),
    }
    changes = compared(before, after).base.changes
    assert [(c.kind, c.label, c.environment, [f.shown for f in c.fields]) for c in changes.objects] == [
        ("changed", "ConfigMap a", "prod", ["data.a"]),
        ("removed", "ConfigMap b", "prod", []),
        ("added", "ConfigMap c", "prod", []),
    ]
    assert [d.environment for d in changes.deliveries] == ["prod"]
    assert len(changes.of_environment("prod")) == 3


def test_nothing_changes_without_an_edit(compared: Compare) -> None:
    files = {"overlays/prod/kustomization.yaml": _overlay("a.yaml"), "overlays/prod/a.yaml": _config("a", "1")}
    found = compared(files, files)
    assert (found.base.changes.objects, found.base.changed_files) == ((), frozenset())


def test_a_generated_name_is_the_same_object(compared: Compare) -> None:
    def files(value: str) -> dict[str, str]:
        generator = f"configMapGenerator: [{{name: settings, literals: [A={value}]}}]\n"
        return {
            "overlays/prod/kustomization.yaml": _overlay("web.yaml") + generator,
            "overlays/prod/web.yaml": DEPLOYMENT,
        }

    changes = compared(files("1"), files("2")).base.changes
    config, deployment = changes.objects
    assert (config.kind, [f.shown for f in config.fields]) == ("changed", ["data.A"])
    assert [(f.shown, f.generated) for f in deployment.fields] == [
        ("spec.template.spec.containers[web].envFrom[0].configMapRef.name", True)
    ]


def test_a_moved_overlay_is_the_same_delivery(compared: Compare) -> None:
    def files(folder: str, value: str) -> dict[str, str]:
        return {f"{folder}/prod/kustomization.yaml": _overlay("a.yaml"), f"{folder}/prod/a.yaml": _config("a", value)}

    changes = compared(files("overlays", "1"), files("environments", "2")).base.changes
    assert [(c.kind, c.label) for c in changes.objects] == [("changed", "ConfigMap a")]
    assert (changes.added, changes.removed) == ((), ())


def test_a_side_that_does_not_render_is_not_compared(compared: Compare) -> None:
    before = {"overlays/prod/kustomization.yaml": _overlay("a.yaml"), "overlays/prod/a.yaml": _config("a", "1")}
    after = {**before, "overlays/prod/kustomization.yaml": _overlay("a.yaml", "missing.yaml")}
    changes = compared(before, after).base.changes
    assert changes.objects == ()
    assert [(gap.side, gap.delivery.environment) for gap in changes.uncompared] == [("head", "prod")]
    assert changes.uncompared[0].reason == "'overlays/prod/missing.yaml' does not exist"


def test_what_a_chart_draws_anew_is_no_change(compared: Compare) -> None:
    secret = """
apiVersion: v1
kind: Secret
metadata: {name: db, labels: {tier: "{{ .Values.tier }}"}}
stringData: {password: "{{ randAlphaNum 20 }}"}
"""
    before = {
        "chart/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        "chart/values.yaml": "tier: a\n",
        "chart/templates/secret.yaml": secret,
    }
    changes = compared(before, {**before, "chart/values.yaml": "tier: b\n"}).base.changes
    assert [[f.shown for f in change.fields] for change in changes.objects] == [["metadata.labels.tier"]]


def test_a_new_api_version_is_the_same_object(compared: Compare) -> None:
    text = "apiVersion: policy/VERSION\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1}\n"

    def files(version: str) -> dict[str, str]:
        return {
            "overlays/prod/kustomization.yaml": _overlay("pdb.yaml"),
            "overlays/prod/pdb.yaml": text.replace("VERSION", version),
        }

    changes = compared(files("v1beta1"), files("v1")).base.changes
    assert [(c.kind, [f.shown for f in c.fields]) for c in changes.objects] == [("changed", ["apiVersion"])]


def test_an_edit_of_what_neither_side_renders_is_told(compared: Compare) -> None:
    def files(value: str) -> dict[str, str]:
        return {
            "overlays/prod/kustomization.yaml": _overlay("https://example.com/remote.yaml", "a.yaml"),
            "overlays/prod/a.yaml": _config("a", value),
            "overlays/dev/kustomization.yaml": _overlay("https://example.com/remote.yaml"),
        }

    changes = compared(files("1"), files("2")).base.changes
    assert [(gap.side, gap.delivery.environment) for gap in changes.uncompared] == [("head", "prod")]


def test_a_submodule_that_is_another_one_changes_what_it_gives(compared: Compare, tmp_path: Path) -> None:
    library = Repository(tmp_path / "library")
    library.commit({"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": _config("a", "1")})
    repository = Repository(tmp_path / "repo")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "library")
    (repository.root / "library/a.yaml").write_text(_config("a", "2"), "utf-8")
    files = {"overlays/prod/kustomization.yaml": _overlay("../../library")}
    (change,) = compared(files, files).base.changes.objects
    assert [(field.shown, field.before, field.after) for field in change.fields] == [("data.a", "1", "2")]
