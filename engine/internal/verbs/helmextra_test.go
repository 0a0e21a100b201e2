package verbs

import (
	"maps"
	"testing"
)

// readsOf gives the kind of each access of a release of the chart in chart/.
func readsOf(t *testing.T, files map[string]string, request string) map[string]string {
	t.Helper()
	_, call, err := ask(t, repository(t, files), Helm, request)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, read := range call.View.Recorder().Reads() {
		kinds[read.Path] = read.Kind
	}
	return kinds
}

func TestAReleaseReadsTheValuesFilesThatItUses(t *testing.T) {
	subchart := map[string]string{"sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n"}
	for name, test := range map[string]struct {
		file, text, values, want string
	}{
		"no template can":              {"templates/x.yaml", "# configFiles", "{}", "present"},
		"a template does":              {"templates/x.yaml", "# {{ .Files.Get \"values-dev.yaml\" }}", "{}", "file"},
		"a subchart's template may":    {"charts/sub/templates/x.yaml", "# {{ (index $ \"Files\") }}", "{}", "file"},
		"a value may":                  {"values.yaml", "text: '{{ .Files.Get \"x\" }}'", "{}", "file"},
		"a value of the release may":   {"README.md", "", `{"text": "{{ .Files }}"}`, "file"},
		"an archive that is not known": {"charts/sub.tgz", string(archiveOf(t, subchart)), "{}", "file"},
		"a file that tells of it":      {"README.md", "Files", "{}", "present"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(chartFiles())
			files["chart/values-dev.yaml"], files["chart/values-prod.yaml"] = "replicas: 1\n", "replicas: 3\n"
			files["chart/"+test.file] = test.text
			if test.file == "charts/sub/templates/x.yaml" {
				files["chart/charts/sub/Chart.yaml"] = subchart["sub/Chart.yaml"]
			}
			read := readsOf(t, files, `{"chart": "chart", "only_reads": true, "layers": [{"file": "chart/values-prod.yaml"}, {"inline": `+test.values+`}]}`)
			for path, want := range map[string]string{
				"chart/values-dev.yaml": test.want, "chart/values-prod.yaml": "file", "chart/values.yaml": "file",
				"chart/crds/crd.yaml": "file", "chart": "folder",
			} {
				if read[path] != want {
					t.Errorf("%s is %q, want %q", path, read[path], want)
				}
			}
		})
	}
}

func TestOnlyReadsAreThoseOfARendering(t *testing.T) {
	request := `{"chart": "chart", "layers": [{"file": "prod.yaml"}, {"set_file": ["note=note.txt"]}]`
	only, all := readsOf(t, chartFiles(), request+`, "only_reads": true}`), readsOf(t, chartFiles(), request+"}")
	if !maps.Equal(only, all) {
		t.Errorf("got %v\nwant %v", only, all)
	}
}

func TestHelmTellsRepeatedKeys(t *testing.T) {
	files := chartFiles()
	files["chart/templates/list.yaml"] = "apiVersion: v1\nkind: List\nitems:\n" +
		"- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n" +
		"- {apiVersion: v1, kind: Secret, type: x, type: Opaque, metadata: {name: b}}\n"
	result := mustAsk(t, repository(t, files), Helm, `{"chart": "chart"}`)
	var found []any
	for number, origin := range result["origins"].([]any) {
		if repeated := origin.(map[string]any)["repeated"]; repeated != nil {
			found = append(found, result["objects"].([]any)[number], repeated)
		}
	}
	wantJSON(t, found, `[{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"name": "b"}}, [["type"]]]`)
}
