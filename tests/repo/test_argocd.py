from __future__ import annotations

import pytest

from gitlint_ops.config import Config
from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.model import Declared, Delivery, DirectoryUnit, KustomizeUnit, SourceRef, SyncPolicy
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import LOCAL, URL, application, deliver, deliveries_of, only, refusal, unit_of

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
KUSTOMIZATION = "resources: []\n"


def test_an_application_of_a_directory(survey_of: SurveyOf) -> None:
    policy = "  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}\n"
    found = deliver(
        survey_of,
        {
            "clusters/prod/web.yaml": "# web\n" + application("path: apps/web\ntargetRevision: v1.2", extra=policy),
            "apps/web/config.yaml": MANIFEST,
        },
    )
    delivery = only(found)
    assert delivery == Delivery(
        id="argocd:Application/argocd/web",
        controller="argocd",
        kind="Application",
        namespace="argocd",
        name="web",
        units=(DirectoryUnit("apps/web"),),
        environment="prod",
        cluster="in-cluster",
        target_namespace="shop",
        sync=SyncPolicy(automated=True, prune=True, self_heal=True, options=("CreateNamespace=true",)),
        span=delivery.span,
        document=("clusters/prod/web.yaml", 0),
        object=delivery.object,
        sources=(SourceRef(URL, "apps/web", revision="v1.2", local=True, field_path=("spec", "source")),),
        project="shop",
    )
    assert delivery.object["spec"]["project"] == "shop"
    assert found.generators == ()


def test_directory_settings(survey_of: SurveyOf) -> None:
    source = "path: apps\ndirectory: {recurse: true, include: '*.yaml', exclude: 'test/*'}"
    delivery = only(deliver(survey_of, {"a.yaml": application(source), "apps/web/c.yaml": MANIFEST}))
    assert unit_of(delivery) == DirectoryUnit("apps", recurse=True, include="*.yaml", exclude="test/*")


def test_kustomize_beats_helm_and_an_explicit_type_beats_both(survey_of: SurveyOf) -> None:
    files = {"apps/kustomization.yaml": KUSTOMIZATION, "apps/Chart.yaml": "name: web\nversion: 1.0.0\n"}
    assert unit_of(only(deliver(survey_of, {**files, "a.yaml": application("path: apps")}))).kind == "kustomize"


def test_an_empty_block_is_no_type(survey_of: SurveyOf) -> None:
    files = {"apps/kustomization.yaml": KUSTOMIZATION, "apps/Chart.yaml": "name: web\nversion: 1.0.0\n"}
    source = "path: apps\nhelm: {valueFiles: []}\nkustomize: {forceCommonLabels: true}\ndirectory: {recurse: false}"
    assert unit_of(only(deliver(survey_of, {**files, "a.yaml": application(source)}))).kind == "kustomize"


def test_two_types_at_once(survey_of: SurveyOf) -> None:
    source = "path: apps\nhelm: {releaseName: web}\nkustomize: {namePrefix: a-}"
    delivery = only(deliver(survey_of, {"a.yaml": application(source), "apps/c.yaml": MANIFEST}))
    assert refusal(delivery) == (
        "invalid-object",
        "its source has helm and kustomize at once: Argo CD allows one type",
        True,
        Span("a.yaml", 12, 16, 12, 32),
    )


def test_a_missing_path_is_named_at_its_field(survey_of: SurveyOf) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": application("path: apps/wbe"), "apps/web/c.yaml": MANIFEST}))
    reason = "its path 'apps/wbe' does not exist"
    assert refusal(delivery) == ("missing-file", reason, False, Span("a.yaml", 10, 11, 10, 19))
    assert delivery.sources[0].missing == "apps/wbe"
    assert delivery.sources[0].missing_field == ("spec", "source", "path")


@pytest.mark.parametrize(
    ("file", "path", "environment"),
    [
        ("clusters/staging/a.yaml", "apps/web/overlays/prd", "staging"),
        ("a.yaml", "apps/web/overlays/prd", "prd"),
        ("clusters/staging/a.yaml", "apps/web/overlays/prod/eu-wset", "prod"),
    ],
)
def test_of_a_missing_path_only_what_is_there_tells_the_environment(
    survey_of: SurveyOf, file: str, path: str, environment: str
) -> None:
    files = {file: application(f"path: {path}"), "apps/web/overlays/prod/eu-west/c.yaml": MANIFEST}
    assert only(deliver(survey_of, files)).environment == environment


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        (
            "/apps/web",
            "invalid-object",
            "its path '/apps/web' is absolute: Argo CD wants it relative to the repository's root",
        ),
        ("../other", "outside-root", "its path '../other' leads out of the repository"),
        ("apps/web/c.yaml", "missing-file", "its path 'apps/web/c.yaml' is a file, not a folder"),
    ],
)
def test_paths_that_argo_cd_refuses(survey_of: SurveyOf, path: str, kind: str, reason: str) -> None:
    delivery = only(deliver(survey_of, {"a.yaml": application(f"path: {path}"), "apps/web/c.yaml": MANIFEST}))
    assert refusal(delivery)[:2] == (kind, reason)


def test_another_repository_is_judged_before_its_path(survey_of: SurveyOf) -> None:
    text = application("path: not/here").replace(URL, "https://user:s3cret@github.com/other/repo")
    delivery = only(deliver(survey_of, {"a.yaml": text}))
    assert refusal(delivery) == (
        "needs-network",
        (
            "its source https://github.com/other/repo is another repository: run 'gitlint-ops vendor' "
            "to fetch it; if it is this one, add the URL to 'repository.urls' in .gitlint-ops.yaml"
        ),
        False,
        Span("a.yaml", 9, 14, 9, 55),
    )
    assert delivery.sources[0].missing == ""


def test_a_remote_that_the_configuration_maps(survey_of: SurveyOf) -> None:
    text = application("path: apps/web").replace(URL, "git@github.com:other/repo.git")
    config = Config(repository_urls=(URL,), remotes={"https://github.com/other/repo": "vendor/repo"})
    delivery = only(deliver(survey_of, {"a.yaml": text, "vendor/repo/apps/web/c.yaml": MANIFEST}, config))
    assert unit_of(delivery) == DirectoryUnit("vendor/repo/apps/web")


def test_sources_win_over_source(survey_of: SurveyOf) -> None:
    sources = f"  sources:\n  - {{repoURL: {URL}, path: two}}\n  - {{repoURL: {URL}, path: three}}\n"
    files = {f"{name}/c.yaml": MANIFEST for name in ("one", "two", "three")}
    several = only(deliver(survey_of, {**files, "a.yaml": application("path: one", extra=sources)}))
    assert [unit.path for unit in several.units] == ["two", "three"]
    assert several.sources[1].field_path == ("spec", "sources", 1)


def test_the_dry_source_is_rendered(survey_of: SurveyOf) -> None:
    dry = (
        f"  sourceHydrator: {{drySource: {{repoURL: {URL}, path: dry}}, syncSource: {{path: out, targetBranch: x}}}}\n"
    )
    delivery = only(deliver(survey_of, {"dry/c.yaml": MANIFEST, "a.yaml": application("path: one", extra=dry)}))
    assert unit_of(delivery).path == "dry"
    assert delivery.sources[0].field_path == ("spec", "sourceHydrator", "drySource")


def test_a_source_without_path_or_chart(survey_of: SurveyOf) -> None:
    reason = "its source has neither path nor chart: Argo CD refuses it (write path: . for the repository's root)"
    assert refusal(only(deliver(survey_of, {"a.yaml": application("targetRevision: main")})))[1] == reason


def test_a_config_management_plugin(survey_of: SurveyOf) -> None:
    source = "path: apps\nplugin: {name: vault}"
    delivery = only(deliver(survey_of, {"a.yaml": application(source), "apps/c.yaml": MANIFEST}))
    reason = "config management plugin 'vault' runs inside Argo CD's repo server only"
    assert refusal(delivery) == ("needs-plugin", reason, False, Span("a.yaml", 11, 13, 11, 26))


def test_sync_that_is_switched_off(survey_of: SurveyOf) -> None:
    policy = "  syncPolicy: {automated: {enabled: false, prune: true}}\n"
    delivery = only(deliver(survey_of, {"a.yaml": application("path: .", extra=policy)}))
    assert delivery.sync == SyncPolicy(suspended=True)


def test_a_cluster_known_by_its_server(survey_of: SurveyOf) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: c1\n  labels: {argocd.argoproj.io/secret-type: cluster}\n"
        "stringData: {name: prod-eu, server: 'https://eu.example.com:6443'}\n"
    )
    text = application("path: .").replace("https://kubernetes.default.svc", "https://eu.example.com:6443/")
    delivery = only(deliver(survey_of, {"a.yaml": text, "secrets/c1.yaml": secret}))
    assert delivery.cluster == "prod-eu"
    assert delivery.environment == "prod-eu"


def test_an_explicit_label_is_the_strongest_hint(survey_of: SurveyOf) -> None:
    text = application("path: envs/prod").replace("  namespace: argocd\n", "  labels: {env: staging}\n", 1)
    delivery = only(deliver(survey_of, {"a.yaml": text, "envs/prod/c.yaml": MANIFEST}))
    assert (delivery.environment, delivery.namespace) == ("staging", "argocd")


def test_a_wrong_type_is_named(survey_of: SurveyOf) -> None:
    policy = "  syncPolicy: {automated: {prune: 'true'}}\n"
    delivery = only(deliver(survey_of, {"a.yaml": application("path: .", extra=policy)}))
    assert [(item.error_kind, item.reason, item.failed, item.span) for item in delivery.unrendered] == [
        (
            "invalid-object",
            "spec.syncPolicy.automated.prune is the string 'true', it must be true or false",
            True,
            Span("a.yaml", 14, 35, 14, 41),
        )
    ]
    assert [unit.path for unit in delivery.units] == ["."], "the source is built all the same"


def test_ids_tell_namesakes_apart(survey_of: SurveyOf) -> None:
    files = {f"clusters/{name}/web.yaml": application("path: .") for name in ("dev", "prod")}
    found = deliver(survey_of, files)
    assert [delivery.id for delivery in found.deliveries] == [
        "argocd:Application/argocd/web@clusters/dev",
        "argocd:Application/argocd/web@clusters/prod",
    ]


def test_the_same_object_has_one_id_raw_and_rendered(survey_of: SurveyOf) -> None:
    context = survey_of({"clusters/prod/web.yaml": application("path: .")}, LOCAL)
    raw = only(deliveries_of(context))
    root = Delivery("argocd:Application/argocd/root", "argocd", "Application", "argocd", "root", environment="prod")
    declared = Declared(raw.object, "clusters/prod/web.yaml", 0, 1, root)
    rendered = only(deliveries_in([declared], context))
    assert (rendered.id, rendered.parent) == (raw.id, root.id)
    other = Declared(
        raw.object, "clusters/prod/web.yaml", 0, 1, Delivery("x", "argocd", "Application", "argocd", "two")
    )
    assert only(deliveries_in([other], context)).id == "argocd:Application/argocd/web@two"


def test_what_an_undelivered_folder_gives_is_told_by_the_folder(survey_of: SurveyOf) -> None:
    context = survey_of({"base/web.yaml": application("path: .")}, LOCAL)
    raw = only(deliveries_of(context))
    tops = [
        Delivery(f"kustomize:envs/{name}", "none", "kustomize", "", name, (KustomizeUnit(f"envs/{name}"),))
        for name in ("dev", "prod")
    ]
    given = [Declared(raw.object, "base/web.yaml", 0, 1, top) for top in tops]
    for declared in given:
        context.index.add(declared)
    found = deliveries_in(given, context)
    assert [delivery.id for delivery in found.deliveries] == [
        "argocd:Application/argocd/web@envs/dev",
        "argocd:Application/argocd/web@envs/prod",
    ]


def test_an_application_that_a_chart_emits_has_the_templates_place(survey_of: SurveyOf) -> None:
    context = survey_of(
        {"chart/Chart.yaml": "name: a\nversion: 1.0.0\n", "chart/templates/app.yaml": "a:\n  {{ b }}\n"}, LOCAL
    )
    data = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web"},
        "spec": {"source": {"repoURL": URL, "path": "gone"}},
    }
    root = Delivery("r", "argocd", "Application", "argocd", "root", target_namespace="platform")
    delivery = only(deliveries_in([Declared(data, "chart/templates/app.yaml", None, 2, root)], context))
    assert delivery.namespace == "platform"
    assert delivery.document is None
    assert refusal(delivery)[3] == Span("chart/templates/app.yaml", 2, 3, 2, 10)


def test_other_kinds_of_that_name_are_passed_over(survey_of: SurveyOf) -> None:
    text = application("path: .").replace("argoproj.io/v1alpha1", "app.k8s.io/v1beta1")
    assert deliver(survey_of, {"a.yaml": text}).deliveries == ()


def test_edits_in_argo_cds_order(survey_of: SurveyOf) -> None:
    source = """
path: apps
kustomize:
  components: [../parts]
  patches: [{target: {kind: Deployment}, patch: 'x', options: {allowNameChange: true}}]
  namespace: shop
  commonAnnotations: {a: $ARGOCD_APP_NAME}
  commonLabels: {app: $ARGOCD_APP_NAME, team: x}
  labelWithoutSelector: true
  replicas: [{name: web, count: '3'}]
  images: ['web=reg/web:${ARGOCD_APP_SOURCE_TARGET_REVISION}']
  nameSuffix: -b
  namePrefix: a-
targetRevision: v7
"""
    files = {"apps/kustomization.yaml": KUSTOMIZATION, "parts/kustomization.yaml": "kind: Component\n"}
    unit = unit_of(only(deliver(survey_of, {**files, "a.yaml": application(source)})))
    assert isinstance(unit, KustomizeUnit)
    assert unit.edits == (
        ("set", "nameprefix", "--", "a-"),
        ("set", "namesuffix", "--", "-b"),
        ("set", "image", "web=reg/web:v7"),
        ("set", "replicas", "web=3"),
        ("add", "label", "--without-selector", "app:web"),
        ("add", "label", "--without-selector", "team:x"),
        ("add", "annotation", "a:$ARGOCD_APP_NAME"),
        ("set", "namespace", "--", "shop"),
        (
            "append",
            "patches",
            '[{"patch": "x", "target": {"kind": "Deployment"}, "options": {"allowNameChange": true}}]',
        ),
        ("add", "component", "../parts"),
    )
    assert unit.edit_fields[2] == ("spec", "source", "kustomize", "images", 0)
    assert unit.load_restrictor == "root"


def test_the_engine_takes_the_edits(survey_of: SurveyOf) -> None:
    source = """
path: apps
kustomize:
  namePrefix: a-
  images: ['web=reg/web:v7']
  replicas: [{name: web, count: 3}]
  commonLabels: {team: x}
  commonAnnotations: {note: hi}
  namespace: shop
  patches: [{target: {kind: Deployment}, patch: '[{"op": "add", "path": "/spec/paused", "value": true}]'}]
"""
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: web, image: web}]}}}\n"
    )
    files = {
        "apps/kustomization.yaml": "resources: [d.yaml]\n",
        "apps/d.yaml": deployment,
        "a.yaml": application(source),
    }
    context = survey_of(files, LOCAL)
    unit = unit_of(only(deliveries_of(context)))
    assert isinstance(unit, KustomizeUnit)
    answer = context.engine.call(
        "kustomize", path=unit.path, load_restrictor="root", edits=[list(e) for e in unit.edits]
    )
    (built,) = answer["objects"]
    assert built["metadata"] == {
        "name": "a-web",
        "namespace": "shop",
        "labels": {"team": "x"},
        "annotations": {"note": "hi"},
    }
    assert (built["spec"]["replicas"], built["spec"]["paused"]) == (3, True)
    assert built["spec"]["template"]["spec"]["containers"][0]["image"] == "reg/web:v7"


def test_a_missing_component(survey_of: SurveyOf) -> None:
    files = {"apps/kustomization.yaml": KUSTOMIZATION}
    source = "path: apps\nkustomize: {components: [../gone]}"
    delivery = only(deliver(survey_of, {**files, "a.yaml": application(source)}))
    assert refusal(delivery)[1] == "its component '../gone' does not exist"
    assert delivery.sources[0].missing == "gone"
    lenient = "path: apps\nkustomize: {components: [../gone], ignoreMissingComponents: true}"
    assert unit_of(only(deliver(survey_of, {**files, "a.yaml": application(lenient)}))) == KustomizeUnit(
        "apps", enable_helm=True
    )


def test_build_options_of_argocd_cm(survey_of: SurveyOf) -> None:
    settings = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n"
        "data: {kustomize.buildOptions: '--load-restrictor LoadRestrictionsNone'}\n"
    )
    files = {"apps/kustomization.yaml": KUSTOMIZATION, "cm.yaml": settings, "a.yaml": application("path: apps")}
    assert unit_of(only(deliver(survey_of, files))) == KustomizeUnit("apps", load_restrictor="none", enable_helm=False)


def test_override_files_beside_the_manifests(survey_of: SurveyOf) -> None:
    files = {
        "apps/kustomization.yaml": KUSTOMIZATION,
        "apps/.argocd-source.yaml": "kustomize:\n  images: [web=web:1]\npath: elsewhere\n",
        "apps/.argocd-source-web.yaml": "kustomize:\n  images:\n  - web=web:2\n",
        "a.yaml": application("path: apps\nkustomize: {namePrefix: a-, images: [web=web:0]}"),
    }
    unit = unit_of(only(deliver(survey_of, files)))
    assert isinstance(unit, KustomizeUnit)
    assert unit.path == "apps"
    assert unit.edits == (("set", "nameprefix", "--", "a-"), ("set", "image", "web=web:2"))
    assert unit.edit_fields == (("spec", "source", "kustomize", "namePrefix"), ("kustomize", "images", 0))
