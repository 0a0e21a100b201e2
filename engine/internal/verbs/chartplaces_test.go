package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func fetchedCharts() map[string]string {
	return inflatingFiles(map[string]string{
		"own/Chart.yaml": "apiVersion: v2\nname: own\nversion: 1.0.0\ndependencies:\n" +
			"- {name: web, version: ^1, repository: https://charts.example.com, alias: front}\n",
		"own/values.yaml":            "front: {color: blue}\n",
		"got/web-1/Chart.yaml":       "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"got/web-1/values.yaml":      "color: red\nsize: 1\n",
		"got/web-1/templates/a.yaml": inflatedTemplate,
	})
}

func TestADependencyThatWasFetchedIsPutIntoCharts(t *testing.T) {
	opened := repository(t, fetchedCharts())
	request := `{"chart": "own", "release": "x", "namespace": "apps", "kube_version": "1.31", "provenance": true,
		"charts": {"https://charts.example.com web ^1": "got/web-1"}}`
	result := mustAsk(t, opened, Helm, request)
	wantJSON(t, result["objects"], `[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "apps"},
		"data": {"color": "blue", "size": "1", "kube": "31"}}]`)
	wantJSON(t, result["origins"], `[{"path": "got/web-1/templates/a.yaml", "line": 2}]`)
	_, _, err := ask(t, opened, Helm, `{"chart": "own", "release": "x", "charts": {"https://charts.example.com web 2": "got/web-1"}}`)
	found := fault.From(err)
	if found.Kind != fault.NeedsNetwork || found.URL != "https://charts.example.com" {
		t.Errorf("%s %s", found.Kind, found.URL)
	}
}

func TestAChartThatWasFetchedIsInflated(t *testing.T) {
	files := fetchedCharts()
	files["base/kustomization.yaml"] = "helmCharts:\n- {name: web, version: 1.0.0, repo: oci://example.com/charts, releaseName: shop}\n"
	opened := repository(t, files)
	request := `{"path": "base", "enable_helm": true, "kube_version": "1.31", "charts": {"oci://example.com/charts web 1.0.0": "got/web-1"}}`
	result := mustAsk(t, opened, Kustomize, request)
	wantJSON(t, result["origins"], `[{"path": "got/web-1/templates/a.yaml", "line": 2, "configured_in": "", "configured_by": null}]`)
}

func TestChartsThatADependencyNamesByAPathArePutIntoChartsOnce(t *testing.T) {
	opened := repository(t, inflatingFiles(map[string]string{
		"apps/own/Chart.yaml": "apiVersion: v2\nname: own\nversion: 1.0.0\ndependencies:\n" +
			"- {name: web, version: 1.0.0, repository: file://../../shared/a, alias: front}\n" +
			"- {name: web, version: 1.0.0, repository: file://../../shared/a, alias: back}\n",
		"apps/own/values.yaml":        "front: {color: blue}\nback: {color: gray}\n",
		"shared/a/Chart.yaml":         "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"shared/a/templates/map.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ .Chart.Name }}}\ndata: {color: {{ .Values.color }}}\n",
	}))
	result := mustAsk(t, opened, Helm, `{"chart": "apps/own", "release": "x", "charts": {"file://../../shared/a web 1.0.0": "shared/a"}}`)
	wantJSON(t, result["objects"], `[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "back"}, "data": {"color": "gray"}},
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "front"}, "data": {"color": "blue"}}]`)
	wantJSON(t, result["origins"], `[{"path": "shared/a/templates/map.yaml", "line": 1}, {"path": "shared/a/templates/map.yaml", "line": 1}]`)
}
