from __future__ import annotations

from gitlint_ops.repo.model import Delivery, HelmUnit, SourceRef, ValueLayer
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import Lab

CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: 2.7.1\n",
    "chart/values.yaml": """
        replicas: 1
        image:
          repository: registry.example.com/team/web
          tag: ""
        env:
          MODE: plain
        args:
          - --first
          - --second
        resources: {}
        securityContext:
          runAsUser: 1000
        database:
          user: admin
        """,
    "chart/templates/deployment.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Release.Name }}
          annotations:
            replicas: "{{ .Values.replicas }}"
        spec:
          replicas: {{ .Values.replicas }}
          revisionHistoryLimit: 1
          template:
            spec:
              containers:
                - name: web
                  image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
                  args: {{ toYaml .Values.args | nindent 20 }}
                  resources: {{ toYaml .Values.resources | nindent 20 }}
                  securityContext: {{ toYaml .Values.securityContext | nindent 20 }}
                  env:
                  {{- range $name, $value := .Values.env }}
                    - name: {{ $name }}
                      value: {{ $value | quote }}
                  {{- end }}
        """,
    "chart/templates/mode.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: mode
        data:
          mode: {{ .Values.mode | default "strict" }}
          kind: {{ include "plain" . }}
        """,
    "chart/templates/_helpers.tpl": """
        {{- define "plain" -}}
        {{ lower "PLAIN" }}
        {{- end -}}
        """,
    "chart/templates/secret.yaml": """
        apiVersion: v1
        kind: Secret
        metadata:
          name: login
        data:
          user: {{ .Values.database.user | b64enc }}
        """,
}
TEMPLATE = "chart/templates/deployment.yaml"
CONTAINER = ("spec", "template", "spec", "containers", 0)


def chart(make_lab: MakeLab, *layers: ValueLayer, **files: str) -> Lab:
    """Render the chart with layers; further files stand at the root."""
    more = {name.replace("_", ".", 1): text for name, text in files.items()}
    unit = HelmUnit("chart", "web", "shop", layers)
    return make_lab(CHART | more, Delivery("web", "none", "Chart", "", "web", (unit,)))


def test_a_value_of_the_chart_itself_then_the_template_line(make_lab: MakeLab) -> None:
    lab = chart(make_lab)
    assert lab.origins("Deployment", "spec", "replicas") == [
        ("chart/values.yaml:1:11", "1", True),
        (f"{TEMPLATE}:8:3", "replicas: {{ .Values.replicas }}", False),
    ]


def test_the_last_layer_that_sets_the_value_is_the_place(make_lab: MakeLab) -> None:
    layers = (ValueLayer("file", "a.yaml"), ValueLayer("file", "b.yaml"))
    lab = chart(make_lab, *layers, a_yaml="replicas: 3\nenv: {MODE: fast}\n", b_yaml="replicas: 5\n")
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("b.yaml:1:11", "5", True)
    assert lab.origins("Deployment", *CONTAINER, "env", 0, "value")[0] == ("a.yaml:2:13", "fast", True)


def test_a_literal_of_the_template(make_lab: MakeLab) -> None:
    lab = chart(make_lab)
    assert lab.origins("Deployment", "spec", "revisionHistoryLimit") == [(f"{TEMPLATE}:9:25", "1", True)]
    assert lab.origins("Deployment", *CONTAINER, "name") == [(f"{TEMPLATE}:13:17", "web", True)]


def test_a_literal_default_within_an_action(make_lab: MakeLab) -> None:
    place = ("chart/templates/mode.yaml:6:36", "strict", True)
    lab = chart(make_lab)
    assert lab.origins("ConfigMap", "data", "mode") == [place]
    # The name of a template is no value: an edit of it changes nothing but whether the chart renders.
    assert [found[2] for found in lab.origins("ConfigMap", "data", "kind")] == [False]


def test_the_tag_of_an_image_comes_before_its_repository(make_lab: MakeLab) -> None:
    repository = ("chart/values.yaml:3:15", "registry.example.com/team/web", True)
    lab = chart(make_lab, ValueLayer("file", "tag.yaml"), tag_yaml="image:\n  tag: latest\n")
    image = (*CONTAINER, "image")
    assert lab.origins("Deployment", *image)[:2] == [("tag.yaml:2:8", "latest", True), repository]
    assert lab.origins("Deployment", *image, part="registry.example.com")[0] == repository


def test_a_tag_that_defaults_to_the_version_of_the_app(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", *CONTAINER, "image")
    assert found[0] == ("chart/Chart.yaml:4:13", "2.7.1", True)


def test_an_element_of_a_list(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", *CONTAINER, "args", 1)
    assert found[0] == ("chart/values.yaml:9:5", "--second", True)


def test_a_mapping_that_a_template_writes_out(make_lab: MakeLab) -> None:
    lab = chart(make_lab)
    assert lab.origins("Deployment", *CONTAINER, "securityContext")[0] == (
        "chart/values.yaml:11:1",
        "securityContext",
        True,
    )
    assert lab.origins("Deployment", *CONTAINER, "securityContext", "runAsUser")[0] == (
        "chart/values.yaml:12:14",
        "1000",
        True,
    )


def test_an_empty_mapping_of_values_is_where_the_missing_field_belongs(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", *CONTAINER, "resources", "limits", "memory")
    assert found[0] == ("chart/values.yaml:10:1", "resources", False)


def test_a_key_of_values_that_a_template_ranges_over(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", *CONTAINER, "env", 0, "name")
    assert found[0] == ("chart/values.yaml:6:3", "MODE", True)


def test_a_value_in_base64(make_lab: MakeLab) -> None:
    assert chart(make_lab).origins("Secret", "data", "user")[0] == ("chart/values.yaml:14:9", "admin", True)


def test_the_key_of_a_field_is_in_the_template(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", "spec", "replicas", on_key=True)
    assert found == [(f"{TEMPLATE}:8:3", "replicas", True)]


def test_a_field_that_nothing_here_gives_is_at_its_template_line(make_lab: MakeLab) -> None:
    found = chart(make_lab).origins("Deployment", "metadata", "name")
    assert found == [(f"{TEMPLATE}:4:3", "name: {{ .Release.Name }}", False)]


def test_a_subcharts_value_is_in_its_parent_or_its_own_file(make_lab: MakeLab) -> None:
    files = {
        "top/Chart.yaml": """
            apiVersion: v2
            name: top
            version: 0.1.0
            dependencies:
              - {name: cache, version: 0.1.0, alias: store}
            """,
        "top/values.yaml": "store:\n  size: 5\n",
        "top/charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 0.1.0\n",
        "top/charts/cache/values.yaml": "size: 1\nmode: fast\n",
        "top/charts/cache/templates/config.yaml": """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: cache}
            data:
              size: "{{ .Values.size }}"
              mode: {{ .Values.mode }}
            """,
    }
    lab = make_lab(files, Delivery("top", "none", "Chart", "", "top", (HelmUnit("top", "top", "shop"),)))
    assert lab.origins("ConfigMap", "data", "size")[0] == ("top/values.yaml:2:9", "5", True)
    assert lab.origins("ConfigMap", "data", "mode")[0] == ("top/charts/cache/values.yaml:2:7", "fast", True)


APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
    spec:
      destination: {namespace: shop}
      source:
        path: chart
        helm:
          values: |
            # of the environment
            replicas: 4
          valuesObject:
            env:
              MODE: slow
          parameters:
            - name: securityContext.runAsUser
              value: "0"
    """


def application(make_lab: MakeLab, *layers: ValueLayer) -> Lab:
    """Render the chart as the Application of ``app.yaml`` delivers it."""
    unit = HelmUnit("chart", "web", "shop", layers)
    source = SourceRef(path="chart", local=True, field_path=("spec", "source"))
    delivery = Delivery("web", "argocd", "Application", "", "web", (unit,), document=("app.yaml", 0), sources=(source,))
    return make_lab(CHART | {"app.yaml": APPLICATION}, delivery)


def test_inline_values_of_an_application(make_lab: MakeLab) -> None:
    helm = ("spec", "source", "helm")
    document = ("app.yaml", 0)
    lab = application(
        make_lab,
        ValueLayer("inline", {"replicas": 4}, None, document, (*helm, "values")),
        ValueLayer("inline", {"env": {"MODE": "slow"}}, None, document, (*helm, "valuesObject")),
        ValueLayer("set", ["securityContext.runAsUser=0"], None, document, (*helm, "parameters", 0)),
    )
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("app.yaml:12:19", "4", True)
    assert lab.origins("Deployment", *CONTAINER, "env", 0, "value")[0] == ("app.yaml:15:17", "slow", True)
    user = lab.origins("Deployment", *CONTAINER, "securityContext", "runAsUser")
    assert user[0] == ("app.yaml:18:18", '"0"', True)


def test_the_name_of_a_release_is_that_of_its_application(make_lab: MakeLab) -> None:
    assert application(make_lab).origins("Deployment", "metadata", "name")[0] == ("app.yaml:4:9", "web", True)


def test_a_random_name_proves_nothing(make_lab: MakeLab) -> None:
    files = CHART | {
        "chart/templates/job.yaml": """
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: job
              labels:
                run: {{ randAlpha 12 }}-{{ .Values.replicas }}
            """
    }
    unit = HelmUnit("chart", "web", "shop")
    lab = make_lab(files, Delivery("web", "none", "Chart", "", "web", (unit,)))
    exact = [found for found in lab.origins("Job", "metadata", "labels", "run") if found[2]]
    assert exact == [("chart/values.yaml:1:11", "1", True)]
