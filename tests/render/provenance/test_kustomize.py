from __future__ import annotations

from gitlint_ops.repo.model import DirectoryUnit, KustomizeUnit
from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.support import Lab, loose

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels:
        tier: front
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
            - name: proxy
              image: envoy:1.30
            - name: web
              image: web:1.0
              env:
                - name: MODE
                  value: plain
          volumes:
            - name: config
              configMap:
                name: settings
    """
IMAGE = ("spec", "template", "spec", "containers", 1, "image")
MODE = ("spec", "template", "spec", "containers", 1, "env", 0, "value")
BASE = "base/deployment.yaml"


def overlay(make_lab: MakeLab, kustomization: str, **more: str) -> Lab:
    """Render an overlay of the base; further files stand beside its kustomization."""
    files = {
        BASE: DEPLOYMENT,
        "base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "prod/kustomization.yaml": kustomization,
    }
    files |= {f"prod/{name.replace('_', '.', 1)}": text for name, text in more.items()}
    return make_lab(files, loose(KustomizeUnit("prod")))


def test_a_field_that_no_layer_touches_is_where_the_object_is_written(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "resources: [../base]\n")
    assert lab.origins("Deployment", "spec", "replicas") == [(f"{BASE}:8:13", "1", True)]
    assert lab.origins("Deployment", *IMAGE) == [(f"{BASE}:21:18", "web:1.0", True)]


def test_the_key_of_a_field(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "resources: [../base]\n")
    assert lab.origins("Deployment", "spec", "replicas", on_key=True) == [(f"{BASE}:8:3", "replicas", True)]


def test_a_mapping_is_at_its_key(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "resources: [../base]\n")
    assert lab.origins("Deployment", "spec", "template", "metadata") == [(f"{BASE}:13:5", "metadata", True)]


def test_a_missing_field_is_at_what_encloses_it_and_never_exact(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "resources: [../base]\n")
    missing = ("spec", "template", "spec", "securityContext", "runAsNonRoot")
    assert lab.origins("Deployment", *missing) == [(f"{BASE}:16:5", "spec", False)]


def test_the_tag_of_an_image_comes_from_its_entry_and_hides_the_base(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        images:
          - name: envoy
            newTag: "1.31"
          - name: web
            newTag: latest
        """,
    )
    assert lab.origins("Deployment", *IMAGE) == [
        ("prod/kustomization.yaml:6:13", "latest", True),
        (f"{BASE}:21:18", "web:1.0", True),
    ]


def test_an_image_entry_with_a_new_name_gives_the_name_and_the_base_the_tag(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        images:
          - name: web
            newName: registry.example.com/web
        """,
    )
    name, tag = ("prod/kustomization.yaml:4:14", "registry.example.com/web", True), (f"{BASE}:21:18", "web:1.0", True)
    assert lab.origins("Deployment", *IMAGE) == [tag, name]
    assert lab.origins("Deployment", *IMAGE, part="registry.example.com") == [name, tag]


def test_replicas_come_from_their_entry(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        namePrefix: prod-
        replicas:
          - name: web
            count: 7
        """,
    )
    assert lab.origins("Deployment", "spec", "replicas") == [
        ("prod/kustomization.yaml:5:12", "7", True),
        (f"{BASE}:8:13", "1", False),
    ]


def test_a_name_is_where_the_object_is_written_and_its_prefix_follows(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "resources: [../base]\nnamePrefix: prod-\n")
    assert lab.origins("Deployment", "metadata", "name") == [
        (f"{BASE}:4:9", "web", True),
        ("prod/kustomization.yaml:2:13", "prod-", True),
    ]


def test_a_strategic_merge_patch_in_a_file(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        "resources: [../base]\npatches:\n  - path: patch.yaml\n",
        patch_yaml="""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          template:
            spec:
              containers:
                - name: web
                  env:
                    - name: MODE
                      value: turbo
        """,
    )
    # Kustomize puts the containers of a patch first.
    mode = ("spec", "template", "spec", "containers", 0, "env", 0, "value")
    assert lab.origins("Deployment", *mode) == [
        ("prod/patch.yaml:12:22", "turbo", True),
        (f"{BASE}:24:22", "plain", False),
    ]
    assert lab.origins("Deployment", "metadata", "name") == [(f"{BASE}:4:9", "web", True)]


def test_an_inline_patch_is_at_the_line_within_its_text(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        patches:
          - target: {kind: Deployment, name: we.*}
            patch: |-
              - op: test
                path: /spec/replicas
                value: 1
              - op: replace
                path: /spec/replicas
                value: 9
        """,
    )
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("prod/kustomization.yaml:10:16", "9", True)


def test_a_patch_that_appends_is_tried(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        patches:
          - target: {kind: Deployment}
            patch: |-
              - op: add
                path: /spec/template/spec/containers/1/env/-
                value: {name: LEVEL, value: debug}
        """,
    )
    path = ("spec", "template", "spec", "containers", 1, "env", 1, "value")
    assert lab.origins("Deployment", *path)[0] == ("prod/kustomization.yaml:7:37", "debug", True)


def test_a_patch_for_another_object_does_not_count(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        patches:
          - target: {kind: StatefulSet}
            patch: '[{"op": "replace", "path": "/spec/replicas", "value": 1}]'
          - target: {labelSelector: tier=back}
            patch: '[{"op": "replace", "path": "/spec/replicas", "value": 1}]'
        """,
    )
    assert lab.origins("Deployment", "spec", "replicas") == [(f"{BASE}:8:13", "1", True)]


def test_older_patch_fields(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        patchesStrategicMerge:
          - merge.yaml
        patchesJson6902:
          - target: {group: apps, version: v1, kind: Deployment, name: web}
            path: operations.yaml
        """,
        merge_yaml="{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true}}\n",
        operations_yaml="- {op: replace, path: /spec/replicas, value: 3}\n",
    )
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("prod/operations.yaml:1:46", "3", True)
    assert lab.origins("Deployment", "spec", "paused") == [("prod/merge.yaml:1:79", "true", True)]


def test_labels_annotations_and_namespace(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        namespace: shop
        commonAnnotations:
          owner: team-a
        labels:
          - pairs:
              tier: back
          - pairs:
              stage: live
            includeTemplates: true
        """,
    )
    file = "prod/kustomization.yaml"
    assert lab.origins("Deployment", "metadata", "namespace") == [(f"{file}:2:12", "shop", True)]
    assert lab.origins("Deployment", "metadata", "annotations", "owner") == [(f"{file}:4:10", "team-a", True)]
    tier = [(f"{file}:7:13", "back", True), (f"{BASE}:6:11", "front", False)]
    assert lab.origins("Deployment", "metadata", "labels", "tier") == tier
    template = ("spec", "template", "metadata", "labels", "stage")
    assert lab.origins("Deployment", *template) == [(f"{file}:9:14", "live", True)]


def test_a_replacement_leads_to_the_field_it_copies(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base, settings.yaml]
        replacements:
          - source: {kind: ConfigMap, name: facts, fieldPath: data.mode}
            targets:
              - select: {kind: Deployment}
                fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=MODE].value"]
        """,
        settings_yaml="apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: facts\ndata:\n  mode: copied\n",
    )
    assert lab.origins("Deployment", *MODE) == [
        ("prod/settings.yaml:6:9", "copied", True),
        ("prod/kustomization.yaml:3:5", "source: {kind: ConfigMap, name: facts, fieldPath: data.mode}", False),
        (f"{BASE}:24:22", "plain", False),
    ]


def test_a_component_patches_what_its_user_loads(make_lab: MakeLab) -> None:
    lab = make_lab(
        {
            BASE: DEPLOYMENT,
            "base/kustomization.yaml": "resources: [deployment.yaml]\n",
            "many/kustomization.yaml": """
                apiVersion: kustomize.config.k8s.io/v1alpha1
                kind: Component
                patches:
                  - target: {kind: Deployment}
                    patch: '[{"op": "replace", "path": "/spec/replicas", "value": 5}]'
                """,
            "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../many]\n",
        },
        loose(KustomizeUnit("prod")),
    )
    assert lab.origins("Deployment", "spec", "replicas")[0] == ("many/kustomization.yaml:5:67", "5", True)


def test_a_transformer_of_its_own_is_tried(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        "resources: [../base]\ntransformers: [stage.yaml]\n",
        stage_yaml="""
        apiVersion: builtin
        kind: LabelTransformer
        metadata:
          name: stage
        labels:
          stage: live
        fieldSpecs:
          - path: metadata/labels
            create: true
        """,
    )
    assert lab.origins("Deployment", "metadata", "labels", "stage")[0] == ("prod/stage.yaml:6:10", "live", True)


def test_the_nearest_of_several_layers_comes_first(make_lab: MakeLab) -> None:
    lab = make_lab(
        {
            BASE: DEPLOYMENT,
            "base/kustomization.yaml": "resources: [deployment.yaml]\nreplicas: [{name: web, count: 2}]\n",
            "prod/kustomization.yaml": "resources: [../base]\nreplicas: [{name: web, count: 3}]\n",
            "prod-eu/kustomization.yaml": "resources: [../prod]\nreplicas: [{name: web, count: 3}]\n",
        },
        loose(KustomizeUnit("prod-eu")),
    )
    assert lab.origins("Deployment", "spec", "replicas") == [
        ("prod-eu/kustomization.yaml:2:31", "3", True),
        ("prod/kustomization.yaml:2:31", "3", False),
        ("base/kustomization.yaml:2:31", "2", False),
        (f"{BASE}:8:13", "1", False),
    ]


def test_two_variants_of_one_base_are_told_apart_by_their_affixes(make_lab: MakeLab) -> None:
    lab = make_lab(
        {
            BASE: DEPLOYMENT,
            "base/kustomization.yaml": "resources: [deployment.yaml]\n",
            "blue/kustomization.yaml": "resources: [../base]\nnameSuffix: -blue\nreplicas: [{name: web, count: 2}]\n",
            "green/kustomization.yaml": "resources: [../base]\nnameSuffix: -green\nreplicas: [{name: web, count: 2}]\n",
            "both/kustomization.yaml": "resources: [../blue, ../green]\n",
        },
        loose(KustomizeUnit("both")),
    )
    first, second = lab.rendering.objects["both"]
    spans = {item.name: lab.provenance.origins(item, ("spec", "replicas"))[0].span.path for item in (first, second)}
    assert spans == {"web-blue": "blue/kustomization.yaml", "web-green": "green/kustomization.yaml"}


def test_a_file_of_several_documents_and_lists(make_lab: MakeLab) -> None:
    lab = make_lab(
        {
            "plain/all.yaml": """
                apiVersion: v1
                kind: Service
                metadata: {name: one}
                spec: {type: NodePort}
                ---
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: v1
                    kind: ServiceAccount
                    metadata: {name: two, labels: {app: b}}
                """
        },
        loose(DirectoryUnit("plain")),
    )
    assert lab.origins("Service", "spec", "type") == [("plain/all.yaml:4:14", "NodePort", True)]
    assert lab.origins("ServiceAccount", "metadata", "labels", "app") == [("plain/all.yaml:11:41", "b", True)]
