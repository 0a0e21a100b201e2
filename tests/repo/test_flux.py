from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gitlint_ops.config import Config
from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.model import Declared, Delivery, FluxBuild, KustomizeUnit, SourceRef, SyncPolicy
from gitlint_ops.source import Span
from gitlint_ops.source.vendor import remote
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import LOCAL, URL, deliver, deliveries_of, only, refusal, unit_of

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def kustomization(spec: str, name: str = "apps", namespace: str = "flux-system") -> str:
    """Give a Flux Kustomization's text; ``spec`` are the lines of its spec."""
    lines = "\n".join(f"  {line}" for line in spec.strip("\n").splitlines())
    return f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: {name}
  namespace: {namespace}
spec:
{lines}
"""


def source(url: str = URL, kind: str = "GitRepository", name: str = "flux-system", ref: str = "{branch: main}") -> str:
    return (
        f"apiVersion: source.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: flux-system}}\n"
        f"spec: {{url: '{url}', ref: {ref}}}\n"
    )


def build_of(delivery: Delivery) -> FluxBuild:
    unit = delivery.units[0]
    assert isinstance(unit, KustomizeUnit)
    assert unit.flux is not None
    return unit.flux


def test_a_kustomization(survey_of: SurveyOf) -> None:
    text = kustomization(
        "path: ./apps/production\nprune: true\nwait: true\ntargetNamespace: shop\n"
        "sourceRef: {kind: GitRepository, name: flux-system}"
    )
    files = {
        "clusters/production/apps.yaml": "---\n# apps\n" + text,
        "clusters/production/sync.yaml": source(ref="{branch: main, tag: v1, commit: abc}"),
        "apps/production/c.yaml": MANIFEST,
    }
    delivery = only(deliver(survey_of, files))
    spec = delivery.object["spec"]
    assert delivery == Delivery(
        id="flux:Kustomization/flux-system/apps",
        controller="flux",
        kind="Kustomization",
        namespace="flux-system",
        name="apps",
        units=(KustomizeUnit("apps/production", flux=FluxBuild("apps", "flux-system", spec), load_restrictor="none"),),
        environment="production",
        cluster="production",
        target_namespace="shop",
        sync=SyncPolicy(automated=True, prune=True, self_heal=True, options=("wait=true",)),
        span=delivery.span,
        document=("clusters/production/apps.yaml", 0),
        object=delivery.object,
        sources=(SourceRef(URL, "./apps/production", revision="abc", local=True, field_path=("spec", "sourceRef")),),
    )


@pytest.mark.parametrize("path", ["./apps/production", "", "/apps/production/"])
def test_what_the_source_ignores(survey_of: SurveyOf, path: str) -> None:
    text = kustomization(f"path: '{path}'\nprune: true\nsourceRef: {{kind: GitRepository, name: flux-system}}")
    files = {
        "clusters/production/apps.yaml": text,
        "clusters/production/sync.yaml": source(ref='{branch: main}, ignore: "/docs\\n"'),
        "apps/production/c.yaml": MANIFEST,
    }
    assert build_of(only(deliver(survey_of, files))).ignore == "/docs\n"


def test_kustomizes_own_kind_is_passed_over(survey_of: SurveyOf) -> None:
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\nresources: []\n"
    assert deliver(survey_of, {"kustomization.yaml": text, "other.yaml": text}).deliveries == ()


def test_a_source_that_git_does_not_hold_is_this_repository_where_the_path_is_here(survey_of: SurveyOf) -> None:
    context = survey_of({"a.yaml": kustomization("path: apps"), "apps/c.yaml": MANIFEST})
    delivery = only(deliveries_of(context))
    assert delivery.units[0].path == "apps"
    assert (delivery.sources[0].local, delivery.sources[0].assumed_local) == (True, True)
    assert context.locality.assumptions == (
        "GitRepository 'flux-system/flux-system' is taken for this repository: Git does not say where it leads",
    )


def test_another_source_that_git_does_not_hold(survey_of: SurveyOf) -> None:
    delivery = only(
        deliver(survey_of, {"a.yaml": kustomization("path: gone\nsourceRef: {kind: GitRepository, name: other}")})
    )
    assert refusal(delivery) == (
        "needs-network",
        (
            "its source GitRepository 'flux-system/other' is not in Git and its path 'gone' does not exist "
            "here: if it is this "
            "repository, correct the path; if not, add the source's object"
        ),
        False,
        Span("a.yaml", 7, 9, 7, 13),
    )


def test_a_source_that_git_does_not_hold_is_this_repository_where_others_have_a_path_here(survey_of: SurveyOf) -> None:
    text = "path: {}\nsourceRef: {{kind: GitRepository, name: other}}"
    files = {"a.yaml": kustomization(text.format("apps")), "apps/c.yaml": MANIFEST}
    wrong = kustomization(text.format("gone")).replace("name: apps", "name: wrong")
    found = deliver(survey_of, {**files, "b.yaml": wrong}).deliveries
    assert {d.name: [item.error_kind for item in d.unrendered] for d in found} == {
        "apps": [],
        "wrong": ["missing-file"],
    }


def test_a_missing_path(survey_of: SurveyOf) -> None:
    delivery = only(
        deliver(survey_of, {"a.yaml": kustomization("path: ./app"), "s.yaml": source(), "apps/c.yaml": MANIFEST})
    )
    assert refusal(delivery) == ("missing-file", "its path './app' does not exist", False, Span("a.yaml", 7, 9, 7, 14))
    assert (delivery.sources[0].missing, delivery.sources[0].missing_field) == ("app", ("spec", "path"))


def test_a_missing_path_does_not_tell_the_environment(survey_of: SurveyOf) -> None:
    text = kustomization("path: ./apps/prd\nprune: true\nsourceRef: {kind: GitRepository, name: flux-system}")
    files = {"clusters/production/apps.yaml": text, "apps/production/c.yaml": MANIFEST}
    assert only(deliver(survey_of, files)).environment == "production"


def test_a_path_with_a_variable(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": kustomization("path: ./apps/${CLUSTER}"), "s.yaml": source()}))
    reason = "its path './apps/${CLUSTER}' holds a template tag or variable that nothing here fills"
    assert refusal(delivery)[:3] == ("needs-cluster", reason, False)


def test_another_repository(survey_of: SurveyOf) -> None:
    files = {"a.yaml": kustomization("path: not/here"), "s.yaml": source("ssh://git@github.com/other/repo")}
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery)[:2] == (
        "needs-network",
        (
            "its source GitRepository 'flux-system/flux-system' ssh://github.com/other/repo is another repository: run "
            "'gitlint-ops vendor' to fetch it; if it is this one, add the URL to 'repository.urls' in .gitlint-ops.yaml"
        ),
    )
    assert delivery.sources[0].missing == ""


@pytest.mark.parametrize("kind", ["OCIRepository", "Bucket"])
def test_sources_without_git(survey_of: SurveyOf, kind: str) -> None:
    files = {
        "a.yaml": kustomization(f"path: apps\nsourceRef: {{kind: {kind}, name: art}}"),
        "s.yaml": source("oci://ghcr.io/x/art", kind, "art", "{tag: v1}"),
        "vendor/art/apps/c.yaml": MANIFEST,
    }
    reasons = {
        "OCIRepository": "from oci://ghcr.io/x/art needs the network: run 'gitlint-ops vendor' to fetch it",
        "Bucket": "cannot be fetched, with --network neither: download it into a folder here, and name that folder for "
        "'oci://ghcr.io/x/art' under 'remotes' in .gitlint-ops.yaml",
    }
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery)[1] == f"the content of {kind} 'flux-system/art' {reasons[kind]}"
    wanted = (remote("oci", "oci://ghcr.io/x/art", version="v1"),) if kind == "OCIRepository" else ()
    assert delivery.unrendered[0].remotes == wanted
    config = replace(LOCAL, remotes={"oci://ghcr.io/x/art": "vendor/art"})
    assert unit_of(only(deliver(survey_of, files, config))).path == "vendor/art/apps"


def test_each_bucket_of_a_service_has_its_address(survey_of: SurveyOf) -> None:
    bucket = source("", "Bucket", "art").replace("url: ''", "endpoint: minio.example.com, bucketName: prod")
    files = {
        "a.yaml": kustomization("path: apps\nsourceRef: {kind: Bucket, name: art}"),
        "s.yaml": bucket,
        "buckets/prod/apps/c.yaml": MANIFEST,
    }
    assert "name that folder for 'minio.example.com/prod' under" in refusal(only(deliver(survey_of, files)))[1]
    config = replace(LOCAL, remotes={"minio.example.com/prod": "buckets/prod"})
    assert unit_of(only(deliver(survey_of, files, config))).path == "buckets/prod/apps"


def test_an_artifact_generator_is_followed_back(survey_of: SurveyOf) -> None:
    generator = """
        apiVersion: source.extensions.fluxcd.io/v1beta1
        kind: ArtifactGenerator
        metadata: {name: flux-system, namespace: flux-system}
        spec:
          sources: [{alias: mono, kind: GitRepository, name: flux-system}]
          artifacts:
          - name: apps
            copy:
            - {from: "@mono/apps/base/**", to: "@artifact/base/"}
            - {from: "@mono/apps/production/**", to: "@artifact/prod/"}
        """
    text = kustomization("path: ./prod/web\nsourceRef: {kind: ExternalArtifact, name: apps}")
    files = {"a.yaml": text, "g.yaml": generator, "s.yaml": source(), "apps/production/web/c.yaml": MANIFEST}
    assert unit_of(only(deliver(survey_of, files))).path == "apps/production/web"
    for other, kind in (("stage", "missing-file"), ("staging", "invalid-object")):
        files |= {"a.yaml": text.replace("./prod/web", f"./{other}"), "apps/staging/c.yaml": MANIFEST}
        reason = f"its path './{other}' is not in the artifact 'apps', which holds 'base', 'prod' of its"
        failed = kind == "invalid-object"
        assert refusal(only(deliver(survey_of, files)))[:3] == (kind, f"{reason} ArtifactGenerator's copies", failed)
    unknown = {**files, "a.yaml": text.replace("name: apps}", "name: gone}")}
    assert refusal(only(deliver(survey_of, unknown)))[:2] == (
        "needs-cluster",
        "no ArtifactGenerator in Git makes its source ExternalArtifact 'flux-system/gone'",
    )


def test_a_path_of_another_branch_is_not_missing(survey_of: SurveyOf) -> None:
    text = kustomization("path: apps\nsourceRef: {kind: GitRepository, name: team}")
    delivery = only(deliver(survey_of, {"a.yaml": text, "s.yaml": source(URL, name="team", ref="{branch: team-a}")}))
    reason = "its path 'apps' does not exist here, and the source follows the branch 'team-a'"
    assert refusal(delivery)[:3] == ("needs-network", f"{reason}: check that out to have it checked", False)
    assert delivery.sources[0].missing == ""
    for ref in ("{branch: main}", "{tag: v1.0.0}", "{semver: '>=1.0'}", "{commit: 0123abc}"):
        files = {"a.yaml": text, "s.yaml": source(URL, name="team", ref=ref)}
        assert only(deliver(survey_of, files)).sources[0].missing == "apps", ref


def test_a_component_that_is_not_there(survey_of: SurveyOf) -> None:
    text = kustomization("path: apps\ncomponents: [../parts/a, ../parts/b]")
    files = {"a.yaml": text, "s.yaml": source(), "apps/c.yaml": MANIFEST, "parts/a/kustomization.yaml": "{}\n"}
    delivery = only(deliver(survey_of, files))
    assert refusal(delivery)[:2] == ("missing-file", "its component '../parts/b' does not exist")
    assert (delivery.sources[0].missing, delivery.sources[0].missing_field) == ("parts/b", ("spec", "components", 1))
    tolerant = {**files, "a.yaml": kustomization("path: apps\ncomponents: [../b]\nignoreMissingComponents: true")}
    assert unit_of(only(deliver(survey_of, tolerant))).path == "apps"


VARIABLES = """
path: apps
postBuild:
  substitute: {B: inline, LINES: "a\\nb"}
  substituteFrom:
  - {kind: ConfigMap, name: settings}
  - {kind: Secret, name: plain}
  - {kind: Secret, name: gone, optional: true}
"""
SETTINGS = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata:\n  A: one\n  B: two\n"
)


def _secret(name: str, **data: str) -> str:
    lines = "".join(f"\n  {key}: {value}" for key, value in data.items())
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: flux-system}}\ndata:{lines}\n"


def test_variables(survey_of: SurveyOf) -> None:
    files = {
        "a.yaml": kustomization(VARIABLES),
        "settings.yaml": SETTINGS,
        "secret.yaml": _secret("plain", A=base64.b64encode(b"secret").decode()),
        "apps/c.yaml": MANIFEST,
    }
    delivery = only(deliver(survey_of, files, Config(substitutions={"A": "unused", "C": "unused"})))
    build = build_of(delivery)
    assert delivery.unrendered == ()
    assert build.variables == {"A": "secret", "B": "inline", "LINES": "ab"}
    assert build.variable_spans["A"] == Span("secret.yaml", 5, 6, 5, 14)
    assert build.variable_spans["B"] == Span("a.yaml", 9, 21, 9, 27)


def test_variables_that_only_the_cluster_knows(survey_of: SurveyOf) -> None:
    files = {
        "a.yaml": kustomization(VARIABLES),
        "secret.yaml": _secret("plain", TOKEN="ENC[AES256_GCM,data:x]", DOMAIN="ENC[AES256_GCM,data:y]") + "sops: {}\n",
        "apps/c.yaml": MANIFEST,
    }
    delivery = only(deliver(survey_of, files, replace(LOCAL, substitutions={"DOMAIN": "example.com", "A": "given"})))
    build = build_of(delivery)
    assert build.variables == {"TOKEN": "${TOKEN}", "DOMAIN": "example.com", "B": "inline", "LINES": "ab", "A": "given"}
    assert build.unknown_variables == ("TOKEN",)
    absent = (
        "its variables come from ConfigMap 'flux-system/settings', which is not in Git: give the variables under "
        "'substitutions' in .gitlint-ops.yaml"
    )
    assert build.absent_sources == (absent,)
    assert [(item.reason, item.span, item.failed) for item in delivery.unrendered] == [
        (absent, Span("a.yaml", 11, 7, 11, 40), False),
        (
            (
                "the values of its variables TOKEN are encrypted and left as they are: give values for review under "
                "'substitutions' in .gitlint-ops.yaml"
            ),
            Span("a.yaml", 9, 5, 13, 49),
            False,
        ),
    ]


def test_the_engine_substitutes_around_an_encrypted_variable(survey_of: SurveyOf) -> None:
    files = {
        "a.yaml": kustomization(VARIABLES),
        "settings.yaml": SETTINGS,
        "secret.yaml": _secret("plain", TOKEN="ENC[AES256_GCM,data:x]") + "sops: {}\n",
        "apps/c.yaml": MANIFEST + "data: {text: '${A} ${TOKEN} ${B}'}\n",
    }
    context = survey_of(files, LOCAL)
    build = build_of(only(deliveries_in(tuple(context.index), context)))
    flux = {"spec": dict(build.spec), "name": build.name, "namespace": build.namespace, "strict": True}
    answer = context.engine.call(
        "kustomize", path="apps", load_restrictor="none", flux={**flux, "vars": dict(build.variables)}
    )
    assert answer["objects"][0]["data"] == {"text": "one ${TOKEN} inline"}
    assert not answer.get("substitution_errors")


def test_the_settings_nearest_to_the_cluster_count(survey_of: SurveyOf) -> None:
    text = kustomization("path: apps\npostBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}")
    files = {"apps/c.yaml": MANIFEST}
    for name in ("dev", "prod"):
        files[f"clusters/{name}/apps.yaml"] = text
        files[f"clusters/{name}/settings/cm.yaml"] = SETTINGS.replace("one", name)
    found = deliver(survey_of, files)
    assert [(d.id, build_of(d).variables["A"]) for d in found.deliveries] == [
        ("flux:Kustomization/flux-system/apps@clusters/dev", "dev"),
        ("flux:Kustomization/flux-system/apps@clusters/prod", "prod"),
    ]


def test_children_take_environment_cluster_and_scope_from_their_parent(survey_of: SurveyOf) -> None:
    context = survey_of({"base/ks.yaml": kustomization("path: apps"), "apps/c.yaml": MANIFEST}, LOCAL)
    (raw,) = context.index.all("Kustomization")
    parents = [
        replace(
            Delivery(
                f"flux:Kustomization/flux-system/root@clusters/{name}", "flux", "Kustomization", "flux-system", "root"
            ),
            environment=name,
            cluster=name,
        )
        for name in ("staging", "production")
    ]
    children = [Declared(raw.data, "base/ks.yaml", 0, 1, parent) for parent in parents]
    for child in children:
        context.index.add(child)
    found = deliveries_in(children, context)
    assert [(d.id, d.environment, d.cluster, d.parent) for d in found.deliveries] == [
        (f"flux:Kustomization/flux-system/apps@clusters/{name}", name, name, parent.id)
        for name, parent in zip(("staging", "production"), parents, strict=True)
    ]


def test_a_suspended_kustomization(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": kustomization("path: .\nsuspend: true\nprune: true")}))
    assert delivery.sync == SyncPolicy(prune=True, suspended=True)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("path: [apps]", "spec.path is a list, it must be a string"),
        ("path: .\nsourceRef: flux-system", "spec.sourceRef is the string 'flux-system', it must be a mapping"),
        (
            "path: .\npostBuild: {substitute: {PIN: 1234}}",
            "spec.postBuild.substitute.PIN is a number, it must be a string",
        ),
        (
            "path: .\npostBuild: {substituteFrom: [{kind: Pod, name: x}]}",
            "spec.postBuild.substituteFrom[0].kind is the string 'Pod', it must be ConfigMap or Secret",
        ),
    ],
)
def test_wrong_types(survey_of: SurveyOf, spec: str, reason: str) -> None:
    kind, found, failed, _ = refusal(only(deliver(survey_of, {"a.yaml": kustomization(spec)})))
    assert (kind, found, failed) == ("invalid-object", reason, True)


def test_a_wrong_type_of_a_setting_hides_nothing_of_what_is_applied(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": kustomization("path: .\nprune: 1")}))
    assert [(item.error_kind, item.reason) for item in delivery.unrendered] == [
        ("invalid-object", "spec.prune is the number 1, it must be true or false")
    ]
    assert [unit.path for unit in delivery.units] == ["."]


def test_a_wrong_source_keeps_the_path(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": kustomization("path: ./apps\nsourceRef: flux-system")}))
    assert [source.path for source in delivery.sources] == ["./apps"]
