from __future__ import annotations

from tests.render.provenance.conftest import MakeLab
from tests.render.provenance.test_kustomize import BASE, overlay


def test_a_reference_to_a_generated_name_is_where_it_is_written(make_lab: MakeLab) -> None:
    lab = overlay(
        make_lab,
        """
        resources: [../base]
        configMapGenerator:
          - name: settings
            literals:
              - MODE=fast
              - "LEVEL=info"
            files: [app.ini, other=notes.txt]
            envs: [run.env]
        """,
        app_ini="[main]\n",
        notes_txt="note\n",
        run_env="# comment\nCOLOR=red\nSIZE=4\n",
    )
    reference = ("spec", "template", "spec", "volumes", 0, "configMap", "name")
    assert lab.origins("Deployment", *reference) == [(f"{BASE}:28:19", "settings", True)]
    file = "prod/kustomization.yaml"
    assert lab.origins("ConfigMap", "data", "LEVEL")[0] == (f"{file}:6:9", '"LEVEL=info"', True)
    assert lab.origins("ConfigMap", "data", "SIZE")[0] == ("prod/run.env:3:1", "SIZE=4", True)
    assert lab.origins("ConfigMap", "data", "app.ini")[0] == ("prod/app.ini:1:1", "[main]", True)
    assert lab.origins("ConfigMap", "data", "other")[0] == ("prod/notes.txt:1:1", "note", True)
    assert lab.origins("ConfigMap", "metadata", "name")[0] == (f"{file}:3:11", "settings", True)


def test_a_generated_secret_is_compared_in_base64(make_lab: MakeLab) -> None:
    lab = overlay(make_lab, "secretGenerator:\n  - name: login\n    literals: [user=me, password=hunter2]\n")
    assert lab.origins("Secret", "data", "password")[0] == ("prod/kustomization.yaml:3:25", "password=hunter2", True)
    found = lab.origins("Secret", "type")
    assert found == [("prod/kustomization.yaml:2:5", "name: login", False)]
