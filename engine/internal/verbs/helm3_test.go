package verbs

import (
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// nulls is a chart that takes away a default of its subchart, and has a null of its own.
func nulls() map[string]string {
	show := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata:\n  has: {{ hasKey .Values \"x\" | quote }}\n"
	return map[string]string{
		"web/Chart.yaml":                  "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0}]\n",
		"web/values.yaml":                 "x: null\nsub: {x: null}\n",
		"web/templates/a.yaml":            strings.ReplaceAll(show, "NAME", "web"),
		"web/templates/hook.yaml":         "apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\n",
		"web/charts/sub/Chart.yaml":       "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
		"web/charts/sub/values.yaml":      "x: 1\n",
		"web/charts/sub/templates/a.yaml": strings.ReplaceAll(show, "NAME", "sub"),
	}
}

func TestHelm3AndHelm4TreatNullDifferently(t *testing.T) {
	for helm, want := range map[string]string{"3": `{"sub": "false", "web": "true"}`, "4": `{"sub": "true", "web": "false"}`} {
		request := `{"chart": "web", "helm": ` + helm + `, "show_values": true, "provenance": true}`
		result := mustAsk(t, repository(t, nulls()), Helm, request)
		has := map[string]any{}
		for _, object := range result["objects"].([]any)[:2] {
			fields := object.(map[string]any)
			has[fields["metadata"].(map[string]any)["name"].(string)] = fields["data"].(map[string]any)["has"]
		}
		wantJSON(t, has, want)
		_, found := result["values"].(map[string]any)["x"]
		wantJSON(t, found, has["web"].(string))
		wantJSON(t, result["origins"], `[
			{"path": "web/charts/sub/templates/a.yaml", "line": 1},
			{"path": "web/templates/a.yaml", "line": 1},
			{"path": "web/templates/hook.yaml", "line": 1, "hook": true}]`)
		wantJSON(t, result["lines"].([]any)[1].(map[string]any)["/data/has"], `["web/templates/a.yaml", 5]`)
	}
}

func TestHelm3InflatesForKustomize(t *testing.T) {
	files := nulls()
	files["app/kustomization.yaml"] = "helmGlobals: {chartHome: ..}\nhelmCharts: [{name: web, releaseName: web, valuesFile: own.yaml}]\n"
	files["app/own.yaml"] = "a: 1\n"
	for helm, want := range map[string]string{"3": `{"has": "false"}`, "4": `{"has": "true"}`} {
		result := mustAsk(t, repository(t, files), Kustomize, `{"path": "app", "enable_helm": true, "load_restrictor": "none", "helm": `+helm+`}`)
		wantJSON(t, result["objects"].([]any)[0].(map[string]any)["data"], want)
	}
}

func TestHelm3Errors(t *testing.T) {
	files := nulls()
	files["web/templates/wrong.yaml"] = "a: {{ fail \"no\" }}\n"
	_, _, err := ask(t, repository(t, files), Helm, `{"chart": "web", "helm": 3}`)
	wantFault(t, err, fault.Failed, "web/templates/wrong.yaml", 1, "no")
	_, _, err = ask(t, repository(t, nulls()), Helm, `{"chart": "web", "helm": 3, "kube_version": "new"}`)
	wantFault(t, err, fault.Failed, "web", 0, `kube_version "new" is not a version`)
	_, _, err = ask(t, repository(t, nulls()), Helm, `{"chart": "web", "helm": 2}`)
	wantFault(t, err, fault.BadRequest, "", 0, "helm is 2; expected 3 or 4")
}
