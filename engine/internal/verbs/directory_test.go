package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestDirectory(t *testing.T) {
	opened := repository(t, map[string]string{
		"m/a.yaml":          "# licence\n" + configMap + "---\n# nothing\n---\n" + deployment,
		"m/b.json":          `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}]}`,
		"m/nulls.yaml":      "apiVersion: v1\nkind: PodList\nitems: null\n",
		"m/values.yaml":     "replicas: 1\n",
		"m/skip.yaml":       "# +argocd:skip-file-rendering\na: [\n",
		"m/x.jsonnet":       "{}",
		"m/y.jsonnet":       "// +argocd:skip-file-rendering\n{}",
		"m/sub/c.yml":       configMap,
		"m/.hidden/d.yaml":  configMap,
		"m/link.yaml@":      "sub/c.yml",
		"m/dangling.yaml@":  "nowhere.yaml",
		"m/readme.md":       "kind: x",
		"bad/a.yaml":        configMap + "---\na: [\n",
		"broken/a.yaml":     "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"x\n",
		"kindless/a.json":   `{"replicas": 1}`,
		"two/a.json":        `{"kind": "A", "apiVersion": "v1"} {"kind": "B", "apiVersion": "v1"}`,
		"unrelated/ci.yaml": "a: [\n",
	})
	place := func(path string, line, document int) string {
		return `{"path": "` + path + `", "line": ` + toText(t, line) + `, "document": ` + toText(t, document) + `}`
	}
	result := mustAsk(t, opened, Directory, `{"path": "m", "jsonnet": true}`)
	wantJSON(t, result["origins"], `[`+place("m/a.yaml", 2, 0)+`, `+place("m/a.yaml", 11, 1)+`, `+place("m/b.json", 1, 0)+`, `+place("m/link.yaml", 1, 0)+`]`)
	wantJSON(t, result["objects"].([]any)[2], `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}`)
	wantJSON(t, result["skipped"], `[{"path": "m/dangling.yaml", "reason": "the symbolic link leads nowhere"},
		{"path": "m/skip.yaml", "reason": "it holds the marker +argocd:skip-file-rendering"},
		{"path": "m/values.yaml", "reason": "it holds no Kubernetes object"},
		{"path": "m/x.jsonnet", "reason": "jsonnet is not rendered"},
		{"path": "m/y.jsonnet", "reason": "it holds the marker +argocd:skip-file-rendering"}]`)
	for request, want := range map[string]string{
		`{"path": "m", "recurse": true, "include": "*.yml"}`:        `[` + place("m/sub/c.yml", 1, 0) + `]`,
		`{"path": "m", "recurse": true, "include": "{a.yaml,.h*}"}`: `[` + place("m/.hidden/d.yaml", 1, 0) + `, ` + place("m/a.yaml", 2, 0) + `, ` + place("m/a.yaml", 11, 1) + `]`,
		`{"path": "m", "exclude": "*", "include": "*"}`:             `[]`,
		`{"path": "unrelated"}`:                                     `[]`,
	} {
		wantJSON(t, mustAsk(t, opened, Directory, request)["origins"], want)
	}
	for request, want := range map[string]struct {
		path string
		line int
		text string
	}{
		`{"path": "bad"}`:      {"bad/a.yaml", 8, "failed to unmarshal"},
		`{"path": "broken"}`:   {"broken/a.yaml", 4, "failed to unmarshal"},
		`{"path": "kindless"}`: {"kindless/a.json", 0, "Object 'Kind' is missing"},
		`{"path": "two"}`:      {"two/a.json", 0, "only single objects are allowed in JSON files"},
	} {
		_, _, err := ask(t, opened, Directory, request)
		wantFault(t, err, fault.Failed, want.path, want.line, want.text)
	}
	_, _, err := ask(t, opened, Directory, `{"path": "gone"}`)
	wantFault(t, err, fault.MissingFile, "gone", 0, "gone is not a folder")
}
