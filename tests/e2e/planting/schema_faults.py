"""Faults of the family schema."""

from __future__ import annotations

from tests.e2e.planting.fault import HERE, Entry, Object, Value
from tests.e2e.planting.manifests import APPLICATION, CONFIG_MAP, CRONJOB, DEPLOYMENT, Manifest

_BUDGET = Manifest(
    """\
apiVersion: {version}
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: web
""",
    {"version": (("apiVersion",), "policy/v1")},
)
_SOURCE = Manifest(
    f"""\
apiVersion: {{version}}
kind: HelmRepository
metadata:
  name: {HERE}
  namespace: flux-system
spec:
  interval: 1h
  url: https://charts.example.com
""",
    {"version": (("apiVersion",), "source.toolkit.fluxcd.io/v1")},
)
_UNKNOWN = Manifest(
    f"apiVersion: {HERE}.example.com/v1\nkind: {{kind}}\nmetadata:\n  name: nightly\n",
    {"kind": (("kind",), "Restore")},
)
FIELDS = (
    DEPLOYMENT.fault("schema-error", "pull", "Sometimes"),
    DEPLOYMENT.fault("schema-error", "replicas", "three", text=False),
    CRONJOB.fault("schema-error", "schedule", '"0 3 * *"'),
    _BUDGET.fault("removed-api", "version", "policy/v1beta1", patched=False),
    _SOURCE.fault("deprecated-api", "version", "source.toolkit.fluxcd.io/v1beta2", patched=False),
    _UNKNOWN.fault("unknown-kind", "kind", "Backup", patched=False),
    APPLICATION.fault("invalid-application", "option", "CreateNamespaces=true"),
)
_DUPLICATE = (
    f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {HERE}\ndata:\n  level: info\n  level: debug # planted\n"
)
_WEB = DEPLOYMENT.good
_REPEATED = f"{_WEB}            - name: MODE # planted\n              value: other\n"
_RENDERED = dict.fromkeys(
    ("chart_template", "chart_helper", "root_chart", "release_chart"),
    "a template's text is no YAML: Helm lets the last of two keys win, and no object shows the first",
)
OBJECTS = (
    Object(rule="duplicate-key", object=_DUPLICATE, never=_RENDERED),
    Object(rule="repeated-variable", object=_REPEATED),
)
ENTRIES = (
    Entry(rule="invalid-kustomization", object=_WEB, text="resources:\n  - BASE\nimagse: [] # planted\n"),
    Entry(rule="duplicate-key", object=_WEB, text="resources:\n  - BASE\nnameSuffix: -a\nnameSuffix: -b # planted\n"),
    Entry(
        rule="not-rendered",
        object=_WEB,
        text=f"resources:\n  - BASE\n  - https://git.example.com/acme/{HERE}//web?ref=v1.2.3 # planted\n",
    ),
    Entry(
        rule="render-failed",
        object=_WEB,
        text="resources:\n  - BASE\n  - BASE # planted\n",
    ),
)
_SCHEMA = '{"properties": {"slot": {"type": "string"}, "level": {"enum": ["low", "high"]}}}\n'
_NOT_JUDGED = {
    "chart_defaults": "what a chart's own values hold is documentation for its users",
    "subchart_values": "a subchart may read what is given to it in ways that this chart does not show",
    "generated_element": "the misspelt name is the template's, and not the generator's",
    "generated_file": "the misspelt name is the template's, and not the generator's",
}
VALUES = (
    Value(
        rule="values-schema-error",
        good="low",
        bad="middle",
        key="level",
        template=CONFIG_MAP.good.replace("https://db.example.com", "{{ .Values.level }}"),
        chart={"values.schema.json": _SCHEMA},
    ),
    Value(
        rule="unused-value",
        good="low",
        bad="high",
        key="levle",
        misspelt=True,
        never=_NOT_JUDGED,
        template=CONFIG_MAP.good.replace("https://db.example.com", '{{ .Values.level | default "low" }}'),
    ),
)
