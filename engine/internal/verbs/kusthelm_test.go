package verbs

import (
	"maps"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const inflatedTemplate = `# a chart's own comment
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  color: {{ .Values.color }}
  size: "{{ .Values.size }}"
  kube: {{ .Capabilities.KubeVersion.Minor | quote }}
`

// inflatingFiles are an overlay on a base that inflates a chart; more files replace or add to them.
func inflatingFiles(more map[string]string) map[string]string {
	files := map[string]string{
		"base/charts/web/Chart.yaml":         "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"base/charts/web/values.yaml":        "color: red\nsize: 1\n",
		"base/charts/web/templates/map.yaml": inflatedTemplate,
		"base/kustomization.yaml":            "helmCharts:\n- name: web\n  releaseName: shop\n  valuesInline: {size: 2}\n",
		"overlay/kustomization.yaml":         "namespace: prod\nnamePrefix: my-\nresources: [../base]\n",
	}
	maps.Copy(files, more)
	return files
}

func TestInflatesChartsAtAnyDepth(t *testing.T) {
	opened := repository(t, inflatingFiles(nil))
	result := mustAsk(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true, "kube_version": "1.31"}`)
	wantJSON(t, result["objects"], `[{"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": {"name": "my-shop", "namespace": "prod"}, "data": {"color": "red", "size": "2", "kube": "31"}}]`)
	wantJSON(t, result["origins"], `[{"path": "base/charts/web/templates/map.yaml", "line": 2, "configured_in": "", "configured_by": null}]`)
}

func TestInflationTellsTheLineOfEachField(t *testing.T) {
	opened := repository(t, inflatingFiles(nil))
	result := mustAsk(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true, "provenance": true}`)
	lines := result["lines"].([]any)[0].(map[string]any)
	wantJSON(t, lines["/data/color"], `["base/charts/web/templates/map.yaml", 8]`)
	wantJSON(t, result["origins"], `[{"path": "base/charts/web/templates/map.yaml", "line": 2,
		"configured_in": "base/kustomization.yaml", "configured_by": {"apiVersion": "builtin", "kind": "HelmChartInflationGenerator", "name": ""}}]`)
}

func TestInflatesForConfiguredGenerators(t *testing.T) {
	opened := repository(t, inflatingFiles(map[string]string{
		"base/kustomization.yaml": "generators: [web.yaml]\n",
		"base/web.yaml":           "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: web}\nname: web\nnameTemplate: 'x{{ 1 }}'\n",
	}))
	result := mustAsk(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true}`)
	// Kustomize tells only charts of helmCharts the namespace, and leaves one that a chart has set.
	wantJSON(t, result["objects"].([]any)[0].(map[string]any)["metadata"], `{"name": "my-x1", "namespace": "default"}`)
	wantJSON(t, result["origins"].([]any)[0].(map[string]any)["path"], `"base/charts/web/templates/map.yaml"`)
}

func TestInflationRecordsWhatItReads(t *testing.T) {
	opened := repository(t, inflatingFiles(nil))
	_, call, err := ask(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true}`)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	for _, one := range call.View.Recorder().Reads() {
		read[one.Path] = one.Kind
	}
	for _, name := range []string{"values.yaml", "Chart.yaml", "templates/map.yaml"} {
		if read["base/charts/web/"+name] != "file" {
			t.Errorf("%s is not among the reads %v", name, read)
		}
	}
}

func TestInflationTakesMappedRepositories(t *testing.T) {
	files := inflatingFiles(map[string]string{
		"base/kustomization.yaml": "helmCharts:\n- name: far\n  repo: https://charts.example.com\n  version: 1.0.0\n  releaseName: r\n",
	})
	for name, text := range inflatingFiles(nil) {
		if below := "base/charts/web/"; len(name) > len(below) && name[:len(below)] == below {
			files["vendor/far/"+name[len(below):]] = text
		}
	}
	opened := repository(t, files)
	result := mustAsk(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true, "remotes": {"https://charts.example.com": "vendor"}}`)
	wantJSON(t, result["origins"].([]any)[0].(map[string]any)["path"], `"vendor/far/templates/map.yaml"`)
}

func TestInflationRefusals(t *testing.T) {
	chart := "helmCharts:\n- name: web\n  releaseName: shop\n"
	cases := map[string]struct {
		files   map[string]string
		kind    string
		path    string
		line    int
		message string
	}{
		"absent": {
			map[string]string{"base/kustomization.yaml": "helmCharts:\n- name: far\n  version: 1.0.0\n  repo: https://charts.example.com\n"},
			fault.NeedsNetwork, "base/kustomization.yaml", 2, "chart far 1.0.0 must be fetched from https://charts.example.com",
		},
		"absent without a repository": {
			map[string]string{"base/kustomization.yaml": "helmCharts:\n- name: far\n"},
			fault.MissingFile, "base/charts/far", 0, "no chart found at 'base/charts/far'",
		},
		"a version looks elsewhere": {
			map[string]string{"base/kustomization.yaml": chart + "  version: 1.0.0\n  repo: https://charts.example.com\n"},
			fault.NeedsNetwork, "base/kustomization.yaml", 2, "chart web 1.0.0 must be fetched",
		},
		"a broken template": {
			map[string]string{"base/charts/web/templates/bad.yaml": "a: {{ fail `no` }}\n"},
			fault.Failed, "base/charts/web/templates/bad.yaml", 1, "no",
		},
		"no default values": {
			map[string]string{"base/charts/bare/Chart.yaml": "apiVersion: v2\nname: bare\nversion: 1.0.0\n",
				"base/kustomization.yaml": "helmCharts:\n- name: bare\n"},
			fault.MissingFile, "base/charts/bare/values.yaml", 0, "chart bare needs the values file base/charts/bare/values.yaml",
		},
		"a merge that is none": {
			map[string]string{"base/kustomization.yaml": chart + "  valuesMerge: deep\n"},
			fault.Failed, "base/kustomization.yaml", 0, "valuesMerge must be one of [merge override replace]",
		},
		"a name template that reads the environment": {
			map[string]string{"base/kustomization.yaml": "helmCharts:\n- name: web\n  nameTemplate: '{{ env \"HOME\" }}'\n"},
			fault.Failed, "base/kustomization.yaml", 2, `function "env" not defined`,
		},
		"an unreadable version": {
			map[string]string{"base/kustomization.yaml": chart + "  kubeVersion: new\n"},
			fault.Failed, "base/charts/web", 0, `kube_version "new" is not a version`,
		},
		"a chart home above": {
			map[string]string{"base/kustomization.yaml": "helmGlobals: {chartHome: ../..}\n" + chart},
			fault.OutsideRoot, "../web", 0, "leaves the root",
		},
	}
	for name, one := range cases {
		t.Run(name, func(t *testing.T) {
			opened := repository(t, inflatingFiles(one.files))
			_, _, err := ask(t, opened, Kustomize, `{"path": "overlay", "enable_helm": true}`)
			wantFault(t, err, one.kind, one.path, one.line, one.message)
		})
	}
}

func TestInflatesOnlyWhereEnabled(t *testing.T) {
	_, _, err := ask(t, repository(t, inflatingFiles(nil)), Kustomize, `{"path": "overlay"}`)
	wantFault(t, err, fault.Failed, "base/kustomization.yaml", 2, "must specify --enable-helm")
}
