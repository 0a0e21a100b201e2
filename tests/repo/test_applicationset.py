from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.repo import deliveries_in
from gitlint_ops.repo.model import Declared, Delivery
from gitlint_ops.source import Span
from tests.repo.conftest import SurveyOf
from tests.repo.delivering import (
    CLUSTERS,
    GO,
    LOCAL,
    MANIFEST,
    URL,
    application_set,
    deliver,
    generate,
    names,
    reasons,
)


def test_a_list(survey_of: SurveyOf) -> None:
    text = application_set("- list:\n    elements:\n    - {env: dev}\n    - {env: prod}", "web-{{env}}", "apps")
    found = generate(survey_of, text)
    (generator,) = found.generators
    assert generator.id == "argocd:ApplicationSet/argocd/all"
    assert generator.deliveries == ("argocd:Application/argocd/web-dev", "argocd:Application/argocd/web-prod")
    assert (generator.document, generator.span) == (("set.yaml", 0), Span("set.yaml", 1, 1, 1, 33))
    dev, prod = found.deliveries
    assert (dev.environment, prod.environment) == ("dev", "prod")
    assert (dev.generator, dev.document, dev.document_path) == (generator.id, ("set.yaml", 0), ("spec", "template"))
    assert dev.span == Span("set.yaml", 8, 9, 8, 19)
    assert dev.units[0].path == "apps"
    assert dev.object["metadata"] == {
        "name": "web-dev",
        "namespace": "argocd",
        "finalizers": ["resources-finalizer.argocd.argoproj.io"],
    }


def test_an_unknown_key_of_the_template_stays_in_fasttemplate(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- list: {elements: [{env: dev}]}", "web-{{env}}-{{.env}}-{{other}}"))
    assert names(found) == ["web-dev-{{.env}}-{{other}}"]


def test_a_missing_key_fails_where_the_options_say_so(survey_of: SurveyOf) -> None:
    text = application_set("- list: {elements: [{env: dev}, {envv: x}]}", "web-{{.env}}", extra=GO)
    found = generate(survey_of, text)
    assert names(found) == ["web-dev"]
    (note,) = found.generators[0].unanswered
    assert note.failed
    assert (note.span, note.exact) == (Span("set.yaml", 10, 22, 10, 36), True)
    assert 'map has no entry for key "env"' in note.reason


def test_elements_of_a_wrong_type(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- list: {elements: [{env: dev, size: 1}]}", "web-{{env}}"))
    assert names(found) == []
    assert reasons(found) == ["spec.generators[0].list.elements[0].size is the number 1, it must be a string"]


def test_elements_from_text(survey_of: SurveyOf) -> None:
    text = application_set(
        "- list:\n    elementsYaml: |\n      - env: dev\n      - {env: prod}", "web-{{.env}}", extra=GO
    )
    assert names(generate(survey_of, text)) == ["web-dev", "web-prod"]


DIRECTORIES = f"- git:\n    repoURL: {URL}\n    revision: HEAD\n    directories:\n"


def test_git_directories(survey_of: SurveyOf) -> None:
    entries = "    - {path: 'apps/*'}\n    - {path: 'apps/old', exclude: true}\n"
    folders = ("Web_1", "old", ".hidden", "deep/below")
    files = {f"apps/{name}/c.yaml": MANIFEST for name in folders}
    found = generate(
        survey_of, application_set(DIRECTORIES + entries, "{{path.basenameNormalized}}", "{{path}}"), files
    )
    assert names(found) == ["web-1", "deep"]
    assert [delivery.units[0].path for delivery in found.deliveries] == ["apps/Web_1", "apps/deep"]


def test_git_directories_in_go_templates_with_a_prefix_and_values(survey_of: SurveyOf) -> None:
    entries = "    - path: apps/*\n    pathParamPrefix: my\n    values: {env: '{{index .my.path.segments 0}}-x'}\n"
    text = application_set(DIRECTORIES + entries, "{{.my.path.basename}}-{{.values.env}}", "{{.my.path.path}}", GO)
    assert names(generate(survey_of, text, {"apps/web/c.yaml": MANIFEST})) == ["web-apps-x"]


FILES = f"- git:\n    repoURL: {URL}\n    files:\n"


def test_git_files(survey_of: SurveyOf) -> None:
    files = {
        "conf/prod/app.yaml": "app: {name: web, size: 1000000, on: yes, empty: null}\n",
        "conf/list.json": '[{"app": {"name": "a"}}, {"app": {"name": "b"}}]',
        "conf/skip.yaml": "app: {name: c}\n",
    }
    entries = "    - {path: 'conf/*.yaml'}\n    - {path: conf/list.json}\n    - {path: conf/skip.yaml, exclude: true}\n"
    text = application_set(
        FILES + entries, "{{app.name}}-{{path.filename}}-{{path.basename}}-{{app.size}}-{{app.true}}"
    )
    assert names(generate(survey_of, text, files)) == [
        "a-list.json-conf-{{app.size}}-{{app.true}}",
        "b-list.json-conf-{{app.size}}-{{app.true}}",
        "web-app.yaml-prod-1e+06-true",
    ]


def test_git_files_in_go_templates(survey_of: SurveyOf) -> None:
    files = {"conf/prod/app.yaml": "app: {name: web, hosts: [a, b]}\n"}
    name = "{{.app.name}}-{{index .app.hosts 1}}-{{.path.filenameNormalized}}-{{index .path.segments 1}}"
    found = generate(survey_of, application_set(FILES + "    - path: conf\n", name, extra=GO), files)
    assert names(found) == ["web-b-app.yaml-prod"]
    assert found.deliveries[0].span == Span("conf/prod/app.yaml", 1, 1, 1, 32)


def test_a_file_that_holds_no_parameters(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set(FILES + "    - path: conf\n", "x"), {"conf/a.yaml": "- 1\n"})
    assert reasons(found) == [
        "conf/a.yaml holds neither a mapping nor a list of mappings: Argo CD cannot take parameters from it"
    ]


def test_git_of_another_repository(survey_of: SurveyOf) -> None:
    text = application_set(DIRECTORIES.replace(URL, "https://github.com/x/y") + "    - path: apps/*\n", "{{path}}")
    assert reasons(generate(survey_of, text)) == [
        (
            "the git generator's repository https://github.com/x/y is another repository: run "
            "'gitlint-ops vendor' to fetch it; if it is this one, add the URL to 'repository.urls' in .gitlint-ops.yaml"
        )
    ]


def test_a_bad_pattern(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set(DIRECTORIES + "    - path: 'apps/['\n", "{{path}}"))
    assert reasons(found) == ['a template or pattern of the generator fails: pattern "apps/[": syntax error in pattern']


def test_clusters_of_the_configuration(survey_of: SurveyOf) -> None:
    text = application_set(
        "- clusters:\n    selector: {matchLabels: {env: prod}}\n    values: {tier: 't{{metadata.annotations.tier}}'}",
        "{{nameNormalized}}-{{metadata.labels.env}}-{{values.tier}}",
    )
    found = generate(survey_of, text, config=CLUSTERS)
    assert (names(found), reasons(found)) == (["prod-eu-prod-t1"], [])


def test_all_clusters_and_in_cluster(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- clusters: {}", "{{.nameNormalized}}", extra=GO), config=CLUSTERS)
    assert (names(found), reasons(found)) == (["dev-1", "prod-eu", "in-cluster"], [])


def test_clusters_of_secrets(survey_of: SurveyOf) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n"
        "  labels: {argocd.argoproj.io/secret-type: cluster, env: prod}\n"
        "data: {name: bG9jYWw=, server: aHR0cHM6Ly9rdWJlcm5ldGVzLmRlZmF1bHQuc3Zj}\n"
    )
    text = application_set("- clusters: {selector: {matchExpressions: [{key: env, operator: Exists}]}}", "{{name}}")
    assert names(generate(survey_of, text, {"secret.yaml": secret})) == ["local"]
    everything = application_set("- clusters: {}", "{{name}}")
    assert names(generate(survey_of, everything, {"secret.yaml": secret})) == ["local"]


UNKNOWN = (
    "neither a cluster Secret in Git nor the configuration names a cluster, so {}: list the "
    "clusters under 'clusters' in "
    ".gitlint-ops.yaml (name, server, labels)"
)


def test_clusters_that_nothing_names(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- clusters: {}", "{{name}}"))
    assert (names(found), reasons(found)) == (["in-cluster"], [UNKNOWN.format("only in-cluster is used")])
    found = generate(survey_of, application_set("- clusters: {selector: {matchLabels: {env: prod}}}", "{{name}}"))
    assert (names(found), reasons(found)) == ([], [UNKNOWN.format("no Application is known")])


def test_a_flat_list_of_clusters(survey_of: SurveyOf) -> None:
    text = application_set("- clusters: {flatList: true}", "{{range .clusters}}{{.nameNormalized}}.{{end}}", extra=GO)
    assert names(generate(survey_of, text, config=CLUSTERS)) == ["dev-1.prod-eu.in-cluster."]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (
            "scmProvider",
            (
                "the scmProvider generator asks a code hosting service for its repositories: its Applications "
                "are not known"
            ),
        ),
        ("plugin", "the plugin generator asks a plugin service: its Applications are not known"),
    ],
)
def test_generators_that_only_a_live_system_answers(survey_of: SurveyOf, kind: str, reason: str) -> None:
    found = generate(survey_of, application_set(f"- {kind}: {{}}\n- list: {{elements: [{{a: b}}]}}", "{{a}}"))
    assert (names(found), reasons(found)) == (["b"], [reason])
    assert found.generators[0].unanswered[0].error_kind == "needs-network"


def test_a_selector_filters_what_a_generator_gives(survey_of: SurveyOf) -> None:
    generators = (
        "- list: {elements: [{env: dev}, {env: prod}, {env: qa}]}\n"
        "  selector: {matchExpressions: [{key: env, operator: NotIn, values: [dev]}]}"
    )
    assert names(generate(survey_of, application_set(generators, "{{env}}"))) == ["prod", "qa"]
    bad = generators.replace("key: env", "key: 'path[0]'")
    assert reasons(generate(survey_of, application_set(bad, "{{env}}"))) == [
        "the selector's key 'path[0]' is no valid label key: Argo CD refuses it"
    ]


def test_a_generators_own_template_comes_first(survey_of: SurveyOf) -> None:
    generators = (
        "- list:\n    elements: [{env: dev}]\n"
        "    template: {metadata: {labels: {from: '{{env}}'}}, spec: {source: {path: other}}}\n"
        "- list: {elements: [{env: b}]}"
    )
    found = generate(survey_of, application_set(generators, "{{env}}"), {"other/c.yaml": MANIFEST})
    assert [delivery.units[0].path for delivery in found.deliveries] == ["other", "apps"]
    assert found.deliveries[0].object["metadata"]["labels"] == {"from": "dev"}


def test_a_template_patch(survey_of: SurveyOf) -> None:
    patch = """  templatePatch: |
    metadata:
      labels: {env: {{.env}}}
    spec:
      project: other
      source:
        path: null
        chart: {{.env}}
      syncPolicy:
        automated: {prune: {{.prune}}}
"""
    text = application_set("- list: {elements: [{env: dev, prune: true}]}", "{{.env}}", extra=GO, spec=patch)
    (delivery,) = generate(survey_of, text).deliveries
    assert (delivery.project, delivery.sync.prune, delivery.sync.automated) == ("shop", True, True)
    assert delivery.object["spec"]["source"] == {"repoURL": URL, "chart": "dev"}
    assert delivery.environment == "dev"


def test_a_broken_template_patch(survey_of: SurveyOf) -> None:
    patch = "  templatePatch: '- {{.env}}'\n"
    text = application_set("- list: {elements: [{env: dev}]}", "{{.env}}", extra=GO, spec=patch)
    found = generate(survey_of, text)
    assert found.deliveries == ()
    assert reasons(found)[0].startswith("its templatePatch fails: ")
    assert found.generators[0].unanswered[0].span == Span("set.yaml", 15, 18, 15, 30)


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        ("{$patch: merge}", "its templatePatch fails: unknown patch type: merge"),
        ("{$patch: [merge]}", "its templatePatch fails: unknown patch type: ['merge']"),
        (
            "{source: {helm: {valuesObject: {image: {tag: '2'}}}}}",
            'its templatePatch fails: unable to find api field in struct RawExtension for the json field "image"',
        ),
    ],
)
def test_a_template_patch_that_the_library_refuses(survey_of: SurveyOf, patch: str, reason: str) -> None:
    own = "    spec: {source: {helm: {valuesObject: {image: {tag: '1'}}}}}\n"
    generators = f"- list:\n    elements: [{{env: dev}}]\n    template:\n      metadata: {{}}\n  {own}"
    text = application_set(generators, "{{env}}", spec=f'  templatePatch: "spec: {patch}"\n')
    found = generate(survey_of, text)
    assert (found.deliveries, reasons(found)) == ((), [reason])


def test_a_tag_that_nothing_fills_is_no_missing_path(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- list: {elements: [{env: dev}]}", "{{env}}", "{{paht}}"))
    (delivery,) = found.deliveries
    (note,) = delivery.unrendered
    assert (note.error_kind, note.reason, note.failed, note.span) == (
        "needs-cluster",
        "its path '{{paht}}' holds a template tag or variable that nothing here fills",
        False,
        Span("set.yaml", 11, 69, 11, 79),
    )
    assert delivery.sources[0].missing == ""


def test_repeated_names(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- list: {elements: [{a: '1'}, {a: '2'}]}", "same"))
    assert names(found) == ["same"]
    assert reasons(found) == [
        "its generators give the Application 'same' more than once: Argo CD skips the repeated one"
    ]


def test_finalizers(survey_of: SurveyOf) -> None:
    text = application_set(
        "- list: {elements: [{a: '1'}]}", "web", extra="  syncPolicy: {preserveResourcesOnDeletion: true}\n"
    )
    assert "finalizers" not in generate(survey_of, text).deliveries[0].object["metadata"]


def test_an_empty_set_leaves_the_template_as_it_is(survey_of: SurveyOf) -> None:
    found = generate(survey_of, application_set("- list: {elements: [{}]}", "{{name}}"))
    assert names(found) == ["{{name}}"]


def test_generated_applications_of_two_sets_have_their_own_ids(survey_of: SurveyOf) -> None:
    text = application_set("- list: {elements: [{a: web}]}", "{{a}}")
    found = deliver(survey_of, {"apps/c.yaml": MANIFEST, "clusters/a/set.yaml": text, "clusters/b/set.yaml": text})
    assert [generator.id for generator in found.generators] == [
        "argocd:ApplicationSet/argocd/all@clusters/a",
        "argocd:ApplicationSet/argocd/all@clusters/b",
    ]
    assert [delivery.id for delivery in found.deliveries] == [
        "argocd:Application/argocd/web@clusters/a",
        "argocd:Application/argocd/web@clusters/b",
    ]


def test_a_set_that_a_root_renders(survey_of: SurveyOf) -> None:
    context = survey_of(
        {"apps/c.yaml": MANIFEST, "set.yaml": application_set("- list: {elements: [{a: web}]}", "{{a}}")}, LOCAL
    )
    (raw,) = context.index.all("ApplicationSet")
    root = Delivery("root", "argocd", "Application", "argocd", "root")
    found = deliveries_in([Declared(raw.data, "set.yaml", 0, 1, root)], context)
    assert (found.generators[0].parent, found.deliveries[0].parent) == ("root", "root")


@pytest.mark.parametrize("spec", [{}, {"generators": []}, {"generators": [{}]}, {"generators": "x"}, "x", None])
def test_sets_that_argo_cd_refuses(survey_of: SurveyOf, spec: Any) -> None:
    context = survey_of({"apps/c.yaml": MANIFEST}, LOCAL)
    data = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "a"}, "spec": spec}
    found = deliveries_in([Declared(data, "apps/c.yaml", 0)], context)
    assert found.deliveries == ()
    assert [item.failed for item in found.generators[0].unanswered] == [True]
