from __future__ import annotations

from tests.repo.conftest import SurveyOf
from tests.repo.delivering import CLUSTERS, GO, MANIFEST, URL, application_set, generate, names, reasons

MATRIX = f"""
- matrix:
    generators:
    - git:
        repoURL: {URL}
        directories: [{{path: 'apps/*'}}]
    - %s
"""


def test_a_matrix_puts_the_first_childs_parameters_into_the_second(survey_of: SurveyOf) -> None:
    second = "list: {elements: [{env: 'e-{{path.basename}}'}, {env: two}]}"
    files = {"apps/a/c.yaml": MANIFEST, "apps/b/c.yaml": MANIFEST}
    found = generate(survey_of, application_set(MATRIX % second, "{{path.basename}}-{{env}}"), files)
    assert names(found) == ["a-e-a", "a-two", "b-e-b", "b-two"]


def test_a_matrix_interpolates_a_cluster_selector_and_values(survey_of: SurveyOf) -> None:
    second = (
        "clusters: {selector: {matchLabels: {env: '{{.path.basename}}'}}, values: {v: '{{.path.basename}}/{{.name}}'}}"
    )
    text = application_set(MATRIX % second, "{{.values.v}}", extra=GO)
    files = {"apps/prod/c.yaml": MANIFEST, "apps/dev/c.yaml": MANIFEST}
    assert names(generate(survey_of, text, files, CLUSTERS)) == ["dev/Dev_1", "prod/prod-eu"]


def test_in_a_matrix_the_first_child_wins_in_go_templates(survey_of: SurveyOf) -> None:
    generators = (
        "- matrix: {generators: [{list: {elements: [{a: {x: '', z: '1'}, b: '1'}]}}, {list: {elements: "
        "[{a: {x: q}, b: '2', c: '3'}]}}]}"
    )
    text = application_set(generators, "n{{.a.x}}{{.a.z}}{{.b}}{{.c}}", extra=GO)
    assert names(generate(survey_of, text)) == ["n113"]


def test_in_a_matrix_two_values_of_one_key_fail_in_fasttemplate(survey_of: SurveyOf) -> None:
    generators = "- matrix: {generators: [{list: {elements: [{a: '1'}]}}, {list: {elements: [{a: '2'}]}}]}"
    assert reasons(generate(survey_of, application_set(generators, "{{a}}"))) == [
        "both children of the matrix set 'a', to different values: Argo CD refuses this"
    ]


def test_a_merge_overrides_by_key(survey_of: SurveyOf) -> None:
    generators = """
- merge:
    mergeKeys: [name]
    generators:
    - clusters: {values: {size: small}}
    - list: {elements: [{name: prod-eu, values.size: big}, {name: other, values.size: huge}]}
"""
    found = generate(survey_of, application_set(generators, "{{name}}-{{values.size}}"), config=CLUSTERS)
    assert names(found) == ["Dev_1-small", "prod-eu-big", "in-cluster-small"]


def test_a_merge_with_doubled_keys(survey_of: SurveyOf) -> None:
    generators = (
        "- merge: {mergeKeys: [a], generators: [{list: {elements: [{a: '1'}, {a: '1'}]}}, {list: {elements: []}}]}"
    )
    assert reasons(generate(survey_of, application_set(generators, "{{a}}"))) == [
        "two parameter sets of one child agree in all merge keys (a): Argo CD refuses this"
    ]


def test_nesting_ends_at_two_levels(survey_of: SurveyOf) -> None:
    leaf = "{list: {elements: [{%s: '1'}]}}"
    inner = f"{{matrix: {{generators: [{leaf % 'a'}, {leaf % 'b'}]}}}}"
    two = f"- matrix: {{generators: [{inner}, {leaf % 'c'}]}}"
    assert names(generate(survey_of, application_set(two, "n{{a}}{{b}}{{c}}"))) == ["n111"]
    three = f"- matrix: {{generators: [{{matrix: {{generators: [{inner}, {leaf % 'c'}]}}}}, {leaf % 'd'}]}}"
    assert reasons(generate(survey_of, application_set(three, "x"))) == [
        "matrix is nested three deep: Argo CD knows two levels"
    ]
