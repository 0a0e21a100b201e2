package verbs

import (
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func chartFiles() map[string]string {
	return map[string]string{
		"chart/Chart.yaml":  "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"4\"\n",
		"chart/values.yaml": "replicas: 1\nimage: {name: nginx, tag: a}\nlist: [1]\n",
		"chart/templates/_helpers.tpl": `{{- define "web.name" -}}
{{- printf "%s-web" .Release.Name | trunc 63 -}}
{{- end }}
{{ define "web.labels" }}
app: {{ include "web.name" . }}
{{- if .Values.team }}
team: {{ .Values.team }}
{{- end }}
{{ end }}`,
		"chart/templates/deployment.yaml": `{{- if .Values.enabled | default true }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.name" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
  annotations:
    checksum: {{ include "web.labels" . | sha256sum | trunc 8 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          args:
            {{- range .Values.list }}
            - {{ . | quote }}
            {{- end }}
{{- end }}
`,
		"chart/templates/hook.yaml":    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations:\n    helm.sh/hook: test\n",
		"chart/templates/ignored.yaml": "this is: [not yaml\n",
		"chart/.helmignore":            "templates/ignored.yaml\n",
		"chart/crds/crd.yaml":          "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x.example.com}\n",
		"prod.yaml":                    "replicas: 3\nimage: {tag: b}\n",
		"note.txt":                     "from a file",
	}
}

func firstOfKind(t *testing.T, result map[string]any, kind string) (map[string]any, int) {
	t.Helper()
	for number, object := range result["objects"].([]any) {
		if fields := object.(map[string]any); fields["kind"] == kind {
			return fields, number
		}
	}
	t.Fatalf("no %s in %v", kind, result["objects"])
	return nil, 0
}

func TestHelmRendersLayersInOrder(t *testing.T) {
	request := `{"chart": "chart", "release": "r", "namespace": "ns", "show_values": true, "layers": [{"file": "prod.yaml"},
		{"inline": {"team": "x", "replicas": 4}}, {"set": ["replicas=5,list={a,b}"]}, {"set_string": ["image.tag=1.10"]},
		{"set_file": ["note=note.txt"]}, {"set_literal": ["raw=a,b=c"]}, {"set_json": ["j={\"k\": [1]}"]}]}`
	result := mustAsk(t, repository(t, chartFiles()), Helm, request)
	object, number := firstOfKind(t, result, "Deployment")
	wantJSON(t, object["spec"], `{"replicas": 5, "template": {"spec": {"containers": [
		{"name": "main", "image": "nginx:1.10", "args": ["a", "b"]}]}}}`)
	wantJSON(t, result["origins"].([]any)[number], `{"path": "chart/templates/deployment.yaml", "line": 2}`)
	wantJSON(t, result["values"], `{"replicas": 5, "image": {"name": "nginx", "tag": "1.10"}, "list": ["a", "b"], "team": "x",
		"note": "from a file", "raw": "a,b=c", "j": {"k": [1]}}`)
	wantJSON(t, result["chart"], `{"name": "web", "version": "1.2.3", "app_version": "4"}`)
}

func TestHelmHooksTestsAndCRDs(t *testing.T) {
	cases := map[string]struct {
		fields string
		kinds  string
	}{
		"all":        {`"include_crds": true`, "CustomResourceDefinition Deployment Pod"},
		"no crds":    {`"include_crds": false`, "Deployment Pod"},
		"no hooks":   {`"hooks": false`, "Deployment"},
		"skip tests": {`"skip_tests": true`, "Deployment"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			result := mustAsk(t, repository(t, chartFiles()), Helm, `{"chart": "chart", `+c.fields+`}`)
			var kinds []string
			for _, object := range result["objects"].([]any) {
				kinds = append(kinds, object.(map[string]any)["kind"].(string))
			}
			if got := strings.Join(kinds, " "); got != c.kinds {
				t.Errorf("kinds %q, want %q", got, c.kinds)
			}
		})
	}
}

func TestHelmProvenance(t *testing.T) {
	request := `{"chart": "chart", "release": "r", "provenance": true,
		"layers": [{"inline": {"team": "x", "resources": {"limits": {"cpu": 1, "memory": "2Mi"}}, "list": ["a", "b"]}}]}`
	result := mustAsk(t, repository(t, chartFiles()), Helm, request)
	_, number := firstOfKind(t, result, "Deployment")
	lines := result["lines"].([]any)[number].(map[string]any)
	want := map[string]string{
		"":                                           "templates/deployment.yaml:2",
		"/metadata/name":                             "templates/deployment.yaml:5",
		"/metadata/labels":                           "templates/deployment.yaml:7",
		"/metadata/labels/app":                       "templates/_helpers.tpl:5",
		"/metadata/labels/team":                      "templates/_helpers.tpl:7",
		"/metadata/annotations/checksum":             "templates/deployment.yaml:10",
		"/spec/replicas":                             "templates/deployment.yaml:12",
		"/spec/template/spec/containers/0":           "templates/deployment.yaml:16",
		"/spec/template/spec/containers/0/image":     "templates/deployment.yaml:17",
		"/spec/template/spec/containers/0/resources": "templates/deployment.yaml:19",
		"/spec/template/spec/containers/0/resources/limits/cpu":    "templates/deployment.yaml:20",
		"/spec/template/spec/containers/0/resources/limits/memory": "templates/deployment.yaml:20",
		"/spec/template/spec/containers/0/args":                    "templates/deployment.yaml:22",
		"/spec/template/spec/containers/0/args/0":                  "templates/deployment.yaml:24",
		"/spec/template/spec/containers/0/args/1":                  "templates/deployment.yaml:24",
	}
	for pointer, place := range want {
		path, line, _ := strings.Cut(place, ":")
		wantJSON(t, lines[pointer], `["chart/`+path+`", `+line+`]`)
	}
	plain := mustAsk(t, repository(t, chartFiles()), Helm, strings.Replace(request, `"provenance": true,`, "", 1))
	encoded := toText(t, plain["objects"])
	if got := toText(t, result["objects"]); got != encoded {
		t.Errorf("provenance changes the objects:\n%s\n%s", got, encoded)
	}
}

// A comment would end a plain scalar of several lines; a template that the marks break all the same costs no other.
func TestHelmProvenanceOfTextsOfSeveralLines(t *testing.T) {
	files := map[string]string{
		"chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"chart/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n" +
			"    image: web:1.2.3\n    command:\n    - mysql -h 127.0.0.1\n      -e 'SELECT 1'\n      -v\n    tty: true\n",
		"chart/templates/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: one\n\n    two\n",
	}
	result := mustAsk(t, repository(t, files), Helm, `{"chart": "chart", "release": "r", "provenance": true}`)
	_, number := firstOfKind(t, result, "Pod")
	lines := result["lines"].([]any)[number].(map[string]any)
	for pointer, line := range map[string]string{"/spec/containers/0/image": "8", "/spec/containers/0/tty": "13"} {
		wantJSON(t, lines[pointer], `["chart/templates/pod.yaml", `+line+`]`)
	}
	_, number = firstOfKind(t, result, "ConfigMap")
	wantJSON(t, result["lines"].([]any)[number], `{}`)
}

func TestHelmPrintsAsHelmTemplateDoes(t *testing.T) {
	files := chartFiles()
	delete(files, "chart/templates/deployment.yaml")
	result := mustAsk(t, repository(t, files), Helm, `{"chart": "chart", "yaml": true, "include_crds": true}`)
	want := "---\n# Source: web/crds/crd.yaml\n" + files["chart/crds/crd.yaml"] +
		"---\n# Source: web/templates/hook.yaml\n" + files["chart/templates/hook.yaml"] + "\n"
	if result["yaml"] != want {
		t.Errorf("got\n%s\nwant\n%s", result["yaml"], want)
	}
}

func TestHelmErrors(t *testing.T) {
	with := func(name, text string) map[string]string {
		files := chartFiles()
		files[name] = text
		return files
	}
	cases := map[string]struct {
		files        map[string]string
		request      string
		kind, path   string
		line         int
		message, url string
	}{
		"missing dependency": {
			with("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.x\n  repository: https://charts.example.com\n"),
			`{"chart": "chart"}`, fault.NeedsNetwork, "chart/Chart.yaml", 5, "missing in charts/ directory: db", "https://charts.example.com"},
		"missing local dependency": {
			with("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.x\n  repository: file://../db\n"),
			`{"chart": "chart"}`, fault.MissingFile, "db", 5, "missing in charts/ directory: db", ""},
		"schema": {
			with("chart/values.schema.json", `{"properties": {"replicas": {"type": "string"}}}`),
			`{"chart": "chart"}`, fault.ValuesSchema, "chart", 0, "at '/replicas': got number, want string", ""},
		"template": {
			with("chart/templates/x.yaml", "a: 1\nb: {{ .Values.nothing.below }}\n"),
			`{"chart": "chart"}`, fault.Failed, "chart/templates/x.yaml", 2, "nil pointer evaluating interface {}.below", ""},
		"parse": {
			with("chart/templates/x.yaml", "a: 1\n\nb: {{ if }}\n"),
			`{"chart": "chart"}`, fault.Failed, "chart/templates/x.yaml", 3, "missing value for if", ""},
		"required": {
			with("chart/templates/x.yaml", "a: {{ required \"give an image\" .Values.img }}\n"),
			`{"chart": "chart"}`, fault.Failed, "chart/templates/x.yaml", 1, "give an image", ""},
		"invalid result": {
			with("chart/templates/x.yaml", "a: b: c\n"),
			`{"chart": "chart"}`, fault.Failed, "chart/templates/x.yaml", 1, "YAML parse error on web/templates/x.yaml", ""},
		"invalid result below actions": {
			with("chart/templates/x.yaml", "{{- $a := 1 }}\n{{- if $a }}\na: {{ $a }}\n---\nb:\n  c: {{ $a }}\n d: {{ $a }}\n{{- end }}\n"),
			`{"chart": "chart"}`, fault.Failed, "chart/templates/x.yaml", 7, "YAML parse error on web/templates/x.yaml", ""},
		"missing values": {chartFiles(), `{"chart": "chart", "layers": [{"file": "none.yaml"}]}`, fault.MissingFile, "none.yaml", 0,
			"values layer 1: there is no file none.yaml", ""},
		"bad values": {with("bad.yaml", "a: b: c\n"), `{"chart": "chart", "layers": [{}, {"file": "bad.yaml"}]}`, fault.Failed, "bad.yaml", 0,
			"values layer 2: failed to parse bad.yaml", ""},
		"bad set":      {chartFiles(), `{"chart": "chart", "layers": [{"set": ["a[-1]=1"]}]}`, fault.Failed, "", 0, "failed parsing --set data", ""},
		"no chart":     {chartFiles(), `{"chart": "nowhere"}`, fault.MissingFile, "nowhere", 0, "there is no chart at nowhere", ""},
		"no Chart":     {map[string]string{"x/a": ""}, `{"chart": "x"}`, fault.MissingFile, "x/Chart.yaml", 0, "x/Chart.yaml is missing", ""},
		"library":      {with("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: library\n"), `{"chart": "chart"}`, fault.Failed, "chart", 0, "library charts are not installable", ""},
		"kube version": {with("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: \">=1.40\"\n"), `{"chart": "chart", "kube_version": "1.33"}`, fault.Failed, "chart", 0, "incompatible with Kubernetes v1.33", ""},
		"link outside": {with("chart/files/x@", "/etc/hostname"), `{"chart": "chart"}`, fault.OutsideRoot, "chart/files/x", 0, "the symbolic link leaves the root", ""},
		"link cycle":   {with("chart/files/x@", ".."), `{"chart": "chart"}`, fault.Cycle, "chart/files/x", 0, "leads to a folder above it", ""},
		"bad version":  {chartFiles(), `{"chart": "chart", "kube_version": "new"}`, fault.Failed, "chart", 0, `kube_version "new" is not a version`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := ask(t, repository(t, c.files), Helm, c.request)
			if found := wantFault(t, err, c.kind, c.path, c.line, c.message); found.URL != c.url {
				t.Errorf("url %q, want %q", found.URL, c.url)
			}
		})
	}
}

func TestHelmChartValuesFilesReplace(t *testing.T) {
	files := chartFiles()
	files["chart/other.yaml"] = "image: {name: httpd, tag: c}\nreplicas: 9\nlist: []\n"
	result := mustAsk(t, repository(t, files), Helm, `{"chart": "chart", "chart_values_files": ["chart/other.yaml"], "show_values": true}`)
	wantJSON(t, result["values"], `{"image": {"name": "httpd", "tag": "c"}, "replicas": 9, "list": []}`)
}

func TestHelmPostRenderers(t *testing.T) {
	request := `{"chart": "chart", "release": "r", "post_renderers": [
		{"patches": [{"patch": "[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 8}]", "target": {"kind": "Deployment"}}],
		 "images": [{"name": "nginx", "newTag": "z"}]}],
		"common_metadata": {"labels": {"l": "m"}, "annotations": {"a": "n"}}}`
	result := mustAsk(t, repository(t, chartFiles()), Helm, request)
	object, number := firstOfKind(t, result, "Deployment")
	wantJSON(t, object["spec"].(map[string]any)["replicas"], `8`)
	containers := object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"]
	wantJSON(t, containers.([]any)[0].(map[string]any)["image"], `"nginx:z"`)
	wantJSON(t, object["metadata"].(map[string]any)["labels"].(map[string]any)["l"], `"m"`)
	wantJSON(t, result["origins"].([]any)[number], `{"path": "chart/templates/deployment.yaml", "line": 2}`)
}

func TestHelmExpandsLists(t *testing.T) {
	files := chartFiles()
	files["chart/templates/list.yaml"] = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, big: 12345678901234567}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n"
	result := mustAsk(t, repository(t, files), Helm, `{"chart": "chart", "provenance": true}`)
	object, number := firstOfKind(t, result, "Secret")
	wantJSON(t, object["metadata"], `{"name": "a"}`)
	wantJSON(t, result["origins"].([]any)[number+1], `{"path": "chart/templates/list.yaml", "line": 5}`)
}

func TestHelmSubcharts(t *testing.T) {
	files := chartFiles()
	files["chart/charts/db/Chart.yaml"] = "apiVersion: v2\nname: db\nversion: 0.1.0\n"
	files["chart/charts/db/values.yaml"] = "size: 1\n"
	files["chart/charts/db/templates/cm.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: db\ndata:\n  size: {{ .Values.size | quote }}\n  global: {{ .Values.global.region }}\n"
	request := `{"chart": "chart", "provenance": true, "layers": [{"inline": {"db": {"size": 7}, "global": {"region": "eu"}}}]}`
	result := mustAsk(t, repository(t, files), Helm, request)
	object, number := firstOfKind(t, result, "ConfigMap")
	wantJSON(t, object["data"], `{"size": "7", "global": "eu"}`)
	wantJSON(t, result["lines"].([]any)[number].(map[string]any)["/data/size"], `["chart/charts/db/templates/cm.yaml", 6]`)
}
