package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestFluxGeneratesAKustomization(t *testing.T) {
	opened := repository(t, map[string]string{
		"apps/a.yaml":                    configMap,
		"apps/sub/deployment.yml":        deployment,
		"apps/k/kustomization.yaml":      "resources: [s.yaml]\n",
		"apps/k/s.yaml":                  "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
		"apps/k/unused.yaml":             "not: an object\n",
		"apps/comments.yaml":             "# nothing\n",
		"apps/x.json":                    "{}",
		"apps/.github/workflow.yaml":     "on: push\n",
		"apps/link.yaml@":                "a.yaml",
		"apps/sub/.sops.yaml":            "creation_rules: []\n",
		"apps/sub/deeper/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n",
	})
	result := mustAsk(t, opened, Kustomize, `{"path": "apps", "flux": {"spec": {"targetNamespace": "t"}}}`)
	wantJSON(t, result["origins"], `[
		{"path": "apps/a.yaml", "line": 1, "configured_in": "", "configured_by": null},
		{"path": "apps/k/s.yaml", "line": 1, "configured_in": "", "configured_by": null},
		{"path": "apps/sub/deeper/namespace.yaml", "line": 1, "configured_in": "", "configured_by": null},
		{"path": "apps/sub/deployment.yml", "line": 1, "configured_in": "", "configured_by": null}]`)
	wantJSON(t, result["objects"].([]any)[2].(map[string]any)["metadata"], `{"name": "t"}`)
}

func TestFluxIgnoreFiles(t *testing.T) {
	files := map[string]string{
		".sourceignore":        "/docs\n",
		"apps/.sourceignore":   "skipped.yaml\n",
		"apps/a.yaml":          configMap,
		"apps/skipped.yaml":    "not: an object\n",
		"apps/drop/other.yaml": "not: an object\n",
	}
	request := `{"path": "apps", "flux": {"spec": {}, "ignore": "drop/\n"}}`
	result := mustAsk(t, repository(t, files), Kustomize, request)
	wantJSON(t, result["origins"], `[{"path": "apps/a.yaml", "line": 1, "configured_in": "", "configured_by": null}]`)

	// A pattern of one's own replaces the defaults: .sops.yaml is a manifest then, and breaks the build.
	files["apps/.sops.yaml"] = "creation_rules: []\n"
	_, _, err := ask(t, repository(t, files), Kustomize, request)
	wantFault(t, err, fault.Failed, "apps/.sops.yaml", 0, "failed to decode Kubernetes YAML from apps/.sops.yaml")
}

func TestFluxSpec(t *testing.T) {
	files := baseAndOverlay()
	files["prod/kustomization.yaml"] += "images: [{name: nginx, newName: mirror/nginx, newTag: \"1\"}]\nunknownField: 1\n"
	files["part/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {c: d}}]\n"
	request := `{"path": "prod", "flux": {"spec": {"namePrefix": "p-", "nameSuffix": "-s", "targetNamespace": "tn",
		"patches": [{"patch": "[{\"op\": \"add\", \"path\": \"/spec/replicas\", \"value\": 4}]", "target": {"kind": "Deployment"}}],
		"components": ["../part", "../gone"], "ignoreMissingComponents": true,
		"images": [{"name": "nginx", "digest": "sha256:abc"}],
		"commonMetadata": {"labels": {"l": "m"}, "annotations": {"a": "n"}}}}}`
	result := mustAsk(t, repository(t, files), Kustomize, request)
	wantJSON(t, result["objects"].([]any)[0], `{"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": {"name": "p-web-s", "namespace": "tn", "labels": {"c": "d", "l": "m"}, "annotations": {"a": "n"}},
		"spec": {"replicas": 4, "template": {"spec": {"containers": [{"name": "web", "image": "mirror/nginx@sha256:abc"}]}}}}`)
}

func TestFluxSubstitution(t *testing.T) {
	opened := repository(t, map[string]string{
		"a/set.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: set}\ndata: {v: \"${v}\", d: \"${x:=def}\", e: \"$${keep}\"}\n",
		"a/off.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: off, annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\ndata: {v: \"${v}\"}\n",
		"a/open.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: open}\ndata: {v: \"${undefined}\", w: \"${v}\", e: \"$${keep}\"}\n",
	})
	result := mustAsk(t, opened, Kustomize, `{"path": "a", "flux": {"spec": {}, "vars": {"v": "two\nlines"}, "strict": true}}`)
	objects := map[string]any{}
	for _, object := range result["objects"].([]any) {
		fields := object.(map[string]any)
		objects[fields["metadata"].(map[string]any)["name"].(string)] = fields["data"]
	}
	wantJSON(t, objects["set"], `{"v": "twolines", "d": "def", "e": "${keep}"}`)
	wantJSON(t, objects["off"], `{"v": "${v}"}`)
	wantJSON(t, objects["open"], `{"v": "${undefined}", "w": "twolines", "e": "$${keep}"}`)
	wantJSON(t, result["substitution_errors"], `[{"object": 1, "variable": "undefined",
		"message": "variable substitution failed: variable not set (strict mode): \"undefined\""}]`)

	plain := mustAsk(t, opened, Kustomize, `{"path": "a", "flux": {"spec": {}, "strict": true}}`)
	if _, found := plain["substitution_errors"]; found {
		t.Errorf("without variables there is no substitution: %v", plain["substitution_errors"])
	}
	always := mustAsk(t, opened, Kustomize, `{"path": "a", "flux": {"spec": {"postBuild": {"substituteStrategy": "Always"}}, "strict": true}}`)
	if count := len(always["substitution_errors"].([]any)); count != 2 {
		t.Errorf("%d substitution errors with Always, want 2", count)
	}
}

func TestFluxEmptyFolder(t *testing.T) {
	result := mustAsk(t, repository(t, map[string]string{"a/readme.md": "x"}), Kustomize, `{"path": "a", "flux": {"spec": {}}}`)
	wantJSON(t, result["objects"], `[]`)
}
