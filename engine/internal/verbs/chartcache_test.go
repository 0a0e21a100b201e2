package verbs

import (
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
)

// sharedChart is a chart whose template evaluates a text where a release is hostile, before it shows all it has.
func sharedChart(hostile string) map[string]string {
	return map[string]string{
		"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nkeywords: [own]\nannotations: {a: own}\n" +
			"dependencies: [{name: sub, version: ' 1.0.0', alias: other, condition: other.enabled, import-values: [shown]}]\n",
		"web/values.yaml":                 "top: own\nnested: {deep: {x: own}, list: [{x: own}]}\n",
		"web/notes.txt":                   "own",
		"web/templates/_names.tpl":        `{{ define "name" }}own{{ end }}`,
		"web/templates/a.yaml":            `{{ if .Values.hostile }}` + hostile + `{{ end }}` + showAll("web"),
		"web/charts/sub/Chart.yaml":       "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
		"web/charts/sub/values.yaml":      "x: own\nexports: {shown: {imported: own}}\n",
		"web/charts/sub/templates/b.yaml": showAll("sub"),
	}
}

func showAll(name string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + `}
data:
  values: {{ toJson (omit .Values "hostile" "global") | quote }}
  chart: {{ toJson .Chart | quote }}
  name: {{ include "name" . }}
  notes: {{ .Files.Get "notes.txt" | quote }}
  release: {{ toJson .Release | quote }}
  versions: {{ len .Capabilities.APIVersions }}
`
}

func TestNoReleaseChangesAnother(t *testing.T) {
	cases := map[string]string{
		"a value":               `{{ $_ := set .Values "top" "leaked" }}`,
		"a nested value":        `{{ $_ := set .Values.nested.deep "x" "leaked" }}`,
		"a value in a list":     `{{ range .Values.nested.list }}{{ $_ := set . "x" "leaked" }}{{ end }}`,
		"a value taken away":    `{{ $_ := unset .Values "nested" }}`,
		"values merged":         `{{ $_ := mergeOverwrite .Values (dict "nested" (dict "deep" (dict "x" "leaked"))) }}`,
		"a dependency's value":  `{{ $_ := set .Subcharts.other.Values "x" "leaked" }}{{ $_ := set .Values.other "x" "leaked" }}`,
		"the chart's name":      `{{ $_ := set .Chart "Name" "leaked" }}{{ $_ := set .Chart "Version" "2.0.0" }}`,
		"a dependency's fields": `{{ range .Chart.Dependencies }}{{ .Validate }}{{ end }}`,
		"a file":                `{{ $_ := set .Files "notes.txt" ("leaked" | toString) }}`,
		"the release":           `{{ $_ := set .Release "Name" "leaked" }}`,
		"one in a text":         `{{ tpl "{{ define \"name\" }}leaked{{ end }}" . }}{{ include "name" . }}`,
	}
	for name, hostile := range cases {
		t.Run(name, func(t *testing.T) {
			for _, helm := range []string{"3", "4"} {
				opened := repository(t, sharedChart(hostile))
				ordinary := `{"chart": "web", "release": "r", "provenance": true, "helm": ` + helm + `}`
				want := toText(t, mustAsk(t, opened, Helm, ordinary))
				for _, values := range []string{`{"hostile": true}`, `{"hostile": true, "other": {"enabled": false}}`} {
					// It may fail: what one Helm gives to templates as a map is a struct in the other.
					_, _, _ = ask(t, opened, Helm, strings.Replace(ordinary, "{", `{"layers": [{"inline": `+values+`}], `, 1))
					if got := toText(t, mustAsk(t, opened, Helm, ordinary)); got != want {
						t.Errorf("after a hostile release with %s got\n%s\nwant\n%s", values, got, want)
					}
				}
			}
		})
	}
}

func TestChartsAreLoadedOnceAndForgottenForRoom(t *testing.T) {
	files := func(text string) []*archive.BufferedFile {
		chart := "apiVersion: v2\nname: web\nversion: 1.0.0\n"
		return []*archive.BufferedFile{{Name: "Chart.yaml", Data: []byte(chart)}, {Name: "values.yaml", Data: []byte(text)}}
	}
	cache := newChartCache(100_000)
	first, err := cache.load(files("a: 1"))
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := cache.load(files("a: 1")); again != first {
		t.Error("the same files were loaded again")
	}
	if other, _ := cache.load(files("a: 2")); other == first {
		t.Error("other files gave the same chart")
	}
	for what, text := range map[string]string{"a long text": strings.Repeat("x", 20_000), "many values": "[" + strings.Repeat("1,", 500) + "]"} {
		if _, err := cache.load(files("a: " + text)); err != nil || len(cache.charts) != 2 {
			t.Errorf("%d charts are kept beside one with %s (%v), want 2", len(cache.charts), what, err)
		}
	}
	for number := range 50 {
		if _, err := cache.load(files("b: " + strings.Repeat("y", 8_000+number))); err != nil {
			t.Fatal(err)
		}
		if cache.bytes > cache.limit {
			t.Fatalf("%d bytes are kept, and %d is the limit", cache.bytes, cache.limit)
		}
	}
}
