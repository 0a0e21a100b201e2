package verbs

import (
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestFetchRefuses(t *testing.T) {
	_, _, err := ask(t, repository(t, nil), Fetch, `{"url": "oci://example.com/chart"}`)
	found := wantFault(t, err, fault.NeedsNetwork, "", 0, "the run is offline; not fetched: oci://example.com/chart")
	if found.URL != "oci://example.com/chart" {
		t.Errorf("url %q", found.URL)
	}
}

func TestReadFiles(t *testing.T) {
	opened := repository(t, map[string]string{
		"a.yaml": "# c\na: 1\n---\nb: [\n", "b.json": `{"x": {"y": 2}}`, "big.yaml": strings.Repeat("x", 200), "l.yaml@": "/etc/hostname",
		"folder/x": "",
	})
	call := `{"files": ["a.yaml", "b.json", "none.yaml", "l.yaml", "../x", "folder"], "positions": true}`
	files := mustAsk(t, opened, ReadFiles, call)["files"].([]any)
	wantJSON(t, files[0], `{"path": "a.yaml", "size": 18, "digest": "fc4d73a35d6a2d2f2ef8cd3d1c3ac5f3fa4e3b4f0a1a1b0e6a5a0a0a0a0a0a0a", "error": null,
		"documents": [{"line": 2, "end_line": 2, "value": {"a": 1}, "positions": {"": [2, 1, 2, 1, 2, 5], "/a": [2, 1, 2, 4, 2, 5]}},
			{"line": 4, "end_line": 4}],
		"problems": [{"kind": "invalid-yaml", "line": 4, "column": 4,
			"message": "the bracket that opens here is not closed: did not find expected node content"}]}`)
	wantJSON(t, files[1].(map[string]any)["documents"], `[{"line": 1, "end_line": 1, "value": {"x": {"y": 2}},
		"positions": {"": [1, 1, 1, 1, 1, 16], "/x": [1, 2, 1, 7, 1, 15], "/x/y": [1, 8, 1, 13, 1, 14]}}]`)
	wantJSON(t, files[2].(map[string]any)["error"], `{"kind": "missing-file", "message": "open none.yaml: no such file or directory", "path": "none.yaml"}`)
	wantJSON(t, files[3].(map[string]any)["error"], `{"kind": "outside-root", "message": "l.yaml: the symbolic link leaves the root", "path": "l.yaml"}`)
	wantJSON(t, files[4].(map[string]any)["error"], `{"kind": "outside-root", "message": "path \"../x\" leaves the root", "path": "../x"}`)
	wantJSON(t, files[5].(map[string]any)["error"], `{"kind": "failed", "message": "read folder: is a directory", "path": "folder"}`)
}

func TestMatch(t *testing.T) {
	paths := `["a/b/c.yaml", "a/x.yaml", "b/x.yaml", "c.yaml", "x.yaml"]`
	cases := map[string]struct{ syntax, pattern, want string }{
		"path star stays in a segment":      {"path", "a/*", `[[1]]`},
		"path has no double star":           {"path", "a/**", `[[1]]`},
		"path never matches a folder":       {"path", "a/", `[[]]`},
		"doublestar crosses":                {"doublestar", "a/**", `[[0, 1]]`},
		"doublestar braces":                 {"doublestar", "{a,b}/x.yaml", `[[1, 2]]`},
		"gobwas star crosses":               {"gobwas", "a*", `[[0, 1]]`},
		"gobwas needs the slash":            {"gobwas", "**/c.yaml", `[[0]]`},
		"gobwas negation":                   {"gobwas", "[!a]*", `[[2, 3, 4]]`},
		"gobwas that does not compile":      {"gobwas", "[a", `[[]]`},
		"pathspec star crosses":             {"pathspec", "a/*.yaml", `[[0, 1]]`},
		"pathspec folder":                   {"pathspec", "a/b", `[[0]]`},
		"pathspec folder with a slash":      {"pathspec", "a/", `[[0, 1]]`},
		"pathspec class":                    {"pathspec", "[!ab]*.yaml", `[[3, 4]]`},
		"pathspec named class":              {"pathspec", "[[:alpha:]].yaml", `[[3, 4]]`},
		"pathspec escape":                   {"pathspec", `\*.yaml`, `[[]]`},
		"pathspec open class":               {"pathspec", "[a", `[[]]`},
		"pathspec prefix of a name is none": {"pathspec", "x", `[[]]`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := `{"syntax": "` + c.syntax + `", "patterns": [` + toText(t, c.pattern) + `], "paths": ` + paths + `}`
			wantJSON(t, mustAsk(t, repository(t, nil), Match, request)["matches"], c.want)
		})
	}
	for request, message := range map[string]string{
		`{"syntax": "path", "patterns": ["[a"]}`:       `pattern "[a": syntax error in pattern`,
		`{"syntax": "doublestar", "patterns": ["{a"]}`: `pattern "{a": syntax error in pattern`,
		`{"syntax": "regex", "patterns": ["a"]}`:       `syntax is "regex"; expected path, doublestar, gobwas or pathspec`,
	} {
		if _, _, err := ask(t, repository(t, nil), Match, request); err == nil || err.Error() != message {
			t.Errorf("%s: got %v, want %q", request, err, message)
		}
	}
}

func TestTemplate(t *testing.T) {
	cases := map[string]struct{ head, value, params, want string }{
		"every string and key": {`"engine": "gotemplate"`, `{"{{.a}}-k": ["{{.b.c}}", 1, true, null, 12345678901234567]}`, `{"a": "x", "b": {"c": "y"}}`,
			`{"value": {"x-k": ["y", 1, true, null, 12345678901234567]}}`},
		"numbers are floats":      {`"engine": "gotemplate"`, `"{{.n}}"`, `{"n": 1234567}`, `{"value": "1.234567e+06"}`},
		"missing key":             {`"engine": "gotemplate"`, `"{{.x.y}}"`, `{}`, `{"value": "<no value>"}`},
		"missing key is an error": {`"engine": "gotemplate", "options": ["missingkey=error"]`, `"{{.x}}"`, `{}`, `{"error": "failed to execute go template {{.x}}: template: :1:2: executing \"\" at <.x>: map has no entry for key \"x\""}`},
		"unknown option":          {`"engine": "gotemplate", "options": ["bold"]`, `"{{.x}}"`, `{}`, `{"error": "unrecognized option: bold"}`},
		"no environment":          {`"engine": "gotemplate"`, `"{{env \"HOME\"}}"`, `{}`, `{"error": "failed to parse template {{env \"HOME\"}}: template: :1: function \"env\" not defined"}`},
		"Argo CD's functions": {`"engine": "gotemplate"`, `"{{normalize .a}} {{slugify 8 true .a}} {{toYaml .m}} {{(fromYaml \"k: v\").k}} {{index (fromYamlArray \"[1]\") 0}}"`,
			`{"a": "Feature/My_Branch", "m": {"x": [1]}}`, `{"value": "feature-my-branch feature x:\n- 1 v 1"}`},
		"fasttemplate":             {`"engine": "fasttemplate"`, `"{{ a }} {{b}} {{unknown}} {{.a}} {{ open"`, `{"a": "x", "b": "y"}`, `{"error": "invalid template: cannot find end tag=\"}}\" in the template=\"{{ a }} {{b}} {{unknown}} {{.a}} {{ open\" starting from \" open\""}`},
		"fasttemplate leaves tags": {`"engine": "fasttemplate"`, `"{{ a }} {{b}} {{ unknown }} {{.a}}"`, `{"a": "x", "b": 2}`, `{"value": "x {{b}} {{ unknown }} {{.a}}"}`},
		"envsubst":                 {`"engine": "envsubst", "strict": true`, `"${a} ${b:=d} $${c} $e ${a/x/z}"`, `{"a": "x"}`, `{"value": "x d ${c} $e z"}`},
		"envsubst strict":          {`"engine": "envsubst", "strict": true`, `"${a}"`, `{}`, `{"error": "variable not set (strict mode): \"a\""}`},
		"envsubst lenient":         {`"engine": "envsubst"`, `"[${a}]"`, `{}`, `{"value": "[]"}`},
		"osexpand":                 {`"engine": "osexpand"`, `"$A ${B} ${C:-d} $(D) $$"`, `{"A": "x", "B": "y"}`, `{"value": "x y  $(D) $"}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := `{` + c.head + `, "items": [{"value": ` + c.value + `, "params": ` + c.params + `}]}`
			result := mustAsk(t, repository(t, nil), Template, request)
			wantJSON(t, result["items"].([]any)[0], c.want)
		})
	}
	_, _, err := ask(t, repository(t, nil), Template, `{"engine": "jinja", "items": [{"value": 1}]}`)
	wantFault(t, err, fault.BadRequest, "", 0, `engine is "jinja"; expected gotemplate, fasttemplate, envsubst or osexpand`)
}

func TestDirectory(t *testing.T) {
	opened := repository(t, map[string]string{
		"m/a.yaml":          "# licence\n" + configMap + "---\n# nothing\n---\n" + deployment,
		"m/b.json":          `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}]}`,
		"m/nulls.yaml":      "apiVersion: v1\nkind: PodList\nitems: null\n",
		"m/values.yaml":     "replicas: 1\n",
		"m/skip.yaml":       "# +argocd:skip-file-rendering\na: [\n",
		"m/x.jsonnet":       "{}",
		"m/sub/c.yml":       configMap,
		"m/.hidden/d.yaml":  configMap,
		"m/link.yaml@":      "sub/c.yml",
		"m/dangling.yaml@":  "nowhere.yaml",
		"m/readme.md":       "kind: x",
		"bad/a.yaml":        configMap + "---\na: [\n",
		"broken/a.yaml":     "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"x\n",
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
		{"path": "m/x.jsonnet", "reason": "jsonnet is not rendered"}]`)
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
		`{"path": "bad"}`:    {"bad/a.yaml", 8, "failed to unmarshal"},
		`{"path": "broken"}`: {"broken/a.yaml", 4, "failed to unmarshal"},
		`{"path": "two"}`:    {"two/a.json", 0, "only single objects are allowed in JSON files"},
	} {
		_, _, err := ask(t, opened, Directory, request)
		wantFault(t, err, fault.Failed, want.path, want.line, want.text)
	}
	_, _, err := ask(t, opened, Directory, `{"path": "gone"}`)
	wantFault(t, err, fault.MissingFile, "gone", 0, "gone is not a folder")
}
