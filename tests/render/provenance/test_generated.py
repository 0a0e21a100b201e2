"""Generated repositories of every kind: nearly all fields have an exact place, and no exact place is wrong."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.provenance.support import Trial, write
from tests.render.provenance.test_property import BASE, EXHAUSTIVE, FEATURES, MERGE, WORKLOADS

EXAMPLES = 60 if EXHAUSTIVE else 8
TRIED_PER_EXAMPLE = 20 if EXHAUSTIVE else 6
URL = "https://git.example.com/repo.git"

USES = (
    "{{ .Values.KEY }}",
    "{{ .Values.KEY | quote }}",
    "{{ .Values.deep.KEY }}",
    "{{ .Values.deep.KEY | default `none` | quote }}",
    '"x-{{ .Values.KEY }}-y"',
    '"{{ .Values.KEY }}:{{ .Values.deep.KEY }}"',
    "{{ include `word` .Values.KEY }}",
    "{{ tpl `{{ .Values.KEY }}` . }}",
    "{{ with .Values.deep }}{{ .KEY }}{{ end }}",
    "{{ index .Values.items 0 }}",
    "{{ upper .Values.KEY }}",
    "{{ .Release.Name }}-{{ .Values.KEY }}",
    "plain",
)
"""How a template may use the value ``KEY``."""
KEYS = ("alpha", "beta", "gamma", "delta")
LAYERS = ("file", "inline", "parameters", "chart")

texts = st.text("abcdefgh", min_size=3, max_size=8)
uses = st.lists(st.sampled_from(USES), min_size=4, max_size=4)
layers = st.lists(st.sampled_from(LAYERS), min_size=4, max_size=4)


def chart_files(words: Sequence[str], used: Sequence[str], layered: Sequence[str]) -> dict[str, str]:
    """Give a chart of four values, used in four ways, each set in a layer, and the Application that deploys it."""
    values = dict(zip(KEYS, words, strict=True))
    layer = dict(zip(KEYS, layered, strict=True))
    own = {key: f"{word}1" for key, word in values.items()}
    lines = [f"  f{at}: {use.replace('KEY', key)}" for at, (key, use) in enumerate(zip(KEYS, used, strict=True))]
    chosen = {name: [key for key in KEYS if layer[key] == name] for name in LAYERS}
    helm = {
        "valueFiles": ["values-prod.yaml"],
        "valuesObject": {key: f"{values[key]}3" for key in chosen["inline"]},
        "parameters": [{"name": key, "value": f"{values[key]}4"} for key in chosen["parameters"]],
    }
    return {
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/values.yaml": yaml.safe_dump({**own, "deep": own, "items": [f"{word}5" for word in words]}),
        "chart/values-prod.yaml": yaml.safe_dump({key: f"{values[key]}2" for key in chosen["file"]}),
        "chart/templates/_words.tpl": "{{ define `word` }}<{{ . }}>{{ end }}\n",
        "chart/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n"
        + "\n".join(lines),
        "apps/prod.yaml": yaml.safe_dump(application("web-prod", {"path": "chart", "helm": helm}), sort_keys=False),
    }


def application(name: str, source: Mapping[str, object]) -> Mapping[str, object]:
    """Give an Application of a source in this repository."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {
            "project": "default",
            "source": {"repoURL": URL, "targetRevision": "main", **source},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
        },
    }


def overlay_files(features: Sequence[str], images: bool) -> dict[str, str]:
    """Give a base and an overlay with some features, deployed by an Application that may override an image."""
    source = {"path": "overlay", **({"kustomize": {"images": ["envoy:1.31"]}} if images else {})}
    return {
        "base/all.yaml": WORKLOADS,
        "base/kustomization.yaml": BASE,
        "overlay/kustomization.yaml": "resources: [../base]\n" + "".join(features),
        "overlay/merge.yaml": MERGE,
        "overlay/extra.env": "COLOR=red\nSIZE=4\n",
        "apps/overlay.yaml": yaml.safe_dump(application("overlay-prod", source), sort_keys=False),
    }


def flux_files(words: Sequence[str], held: bool) -> dict[str, str]:
    """Give manifests with variables and the Flux Kustomization that substitutes them, inline or from a ConfigMap."""
    variables = {"HOST": words[0], "TEAM": words[1]}
    spec = {
        "path": "./flux",
        "prune": True,
        "interval": "5m",
        "targetNamespace": "edge",
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        "commonMetadata": {"labels": {"team": words[2]}},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]} if held else {"substitute": variables},
    }
    metadata = {"name": "edge", "namespace": "flux-system"}
    kustomization = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata}
    held_by = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "vars", "namespace": "flux-system"}}
    return {
        "clusters/edge/edge.yaml": yaml.safe_dump({**kustomization, "spec": spec}, sort_keys=False),
        "clusters/edge/vars.yaml": yaml.safe_dump({**held_by, "data": variables}, sort_keys=False),
        "flux/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
        "data:\n  host: ${HOST}\n  both: ${HOST}.${TEAM}\n  other: ${OTHER:=none}\n  plain: text\n",
    }


def field_of(feature: str) -> str:
    """Give the field of a kustomization that a feature sets: none may be there twice."""
    return feature.partition(":")[0]


def test_generated_repositories() -> None:
    counted: list[tuple[int, int]] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(
        st.lists(texts, min_size=4, max_size=4, unique=True),
        uses,
        layers,
        st.lists(st.sampled_from(FEATURES), min_size=1, max_size=5, unique_by=field_of),
        st.booleans(),
    )
    def hold(
        words: Sequence[str], used: Sequence[str], layered: Sequence[str], features: Sequence[str], choice: bool
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = chart_files(words, used, layered) | overlay_files(features, choice) | flux_files(words, choice)
            write(Path(folder), files | {".gitlint-ops.yaml": f"repository: {{urls: [{URL}]}}\n"})
            trial = Trial(Path(folder))
            places = trial.places()
            tried = random.Random("".join(words)).sample(places, min(TRIED_PER_EXAMPLE, len(places)))
            assert [wrong for claim in tried if (wrong := trial.disproved(*claim))] == []
            counted.append((len(trial.claims), len(trial.exact)))

    hold()
    fields, exact = (sum(column) for column in zip(*counted, strict=True))
    assert exact >= 0.95 * fields > 50 * EXAMPLES
