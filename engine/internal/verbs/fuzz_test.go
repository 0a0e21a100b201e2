package verbs

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// Each target sends requests to a whole server. Whatever the input, there must be one answer in time, and nothing in it
// of a file outside of the root. A library's panic is an answer; one of the engine's own code is a failure.

const (
	canary        = "CANARY-from-outside-the-root"
	fuzzTimeoutMS = 10_000
	ownCode       = "github.com/gitlint-ops/"
)

// probe talks to a running server as the client does.
type probe struct {
	root    string
	in      io.Writer
	answers *bufio.Reader
}

func startProbe(f *testing.F) *probe {
	f.Helper()
	folder := f.TempDir()
	root := filepath.Join(folder, "root")
	outside := filepath.Join(folder, "outside")
	for _, made := range []string{root, outside} {
		if err := os.Mkdir(made, 0o755); err != nil {
			f.Fatal(err)
		}
	}
	for _, name := range []string{"canary.yaml", "kustomization.yaml", "Chart.yaml"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte("a: "+canary+"\n"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	for link, target := range map[string]string{"file": outside + "/canary.yaml", "folder": outside, "up": "..", "here": "."} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			f.Fatal(err)
		}
	}
	opened, err := tree.Open(root)
	if err != nil {
		f.Fatal(err)
	}
	requests, in := io.Pipe()
	answers, out := io.Pipe()
	served := &server.Server{Tree: opened, Workers: 1, Verbs: All()}
	go func() { _ = out.CloseWithError(served.Serve(requests, out, struct{}{})) }()
	running := &probe{root: root, in: in, answers: bufio.NewReader(answers)}
	if _, err := running.answers.ReadBytes('\n'); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = in.Close() })
	return running
}

func (p *probe) ask(t *testing.T, verb string, fields map[string]any) {
	t.Helper()
	fields["id"], fields["verb"], fields["timeout_ms"], fields["reads"] = 1, verb, fuzzTimeoutMS, true
	line, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	p.send(t, line)
}

func (p *probe) send(t *testing.T, line []byte) {
	t.Helper()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	answer, err := p.answers.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var head struct {
		Error *fault.Error `json:"error"`
	}
	if err := json.Unmarshal(answer, &head); err != nil {
		t.Fatalf("%v in %.200s", err, answer)
	}
	if strings.Contains(string(answer), canary) {
		t.Fatalf("a file outside of the root was read: %.2000s", answer)
	}
	if head.Error != nil && head.Error.Kind == fault.Timeout {
		t.Fatal(head.Error.Message)
	}
	if head.Error != nil && head.Error.Kind == fault.Panic && isOwnPanic(head.Error.Message) {
		t.Fatal(head.Error.Message)
	}
}

// isOwnPanic tells whether the first frame of a panic that is not the runtime's is the engine's.
func isOwnPanic(message string) bool {
	for line := range strings.Lines(message) {
		if strings.HasPrefix(line, "\t") || !strings.Contains(line, "(") || strings.HasPrefix(line, "runtime.") {
			continue
		}
		return strings.HasPrefix(line, ownCode)
	}
	return false
}

func FuzzProtocol(f *testing.F) {
	running := startProbe(f)
	for _, line := range []string{
		`{"id": 1, "verb": "read", "files": ["up/outside/canary.yaml", "file"], "positions": true}`,
		`{"id": 1, "verb": "kustomize", "path": "folder", "load_restrictor": "none", "enable_helm": true, "files": {"a": "b"}}`,
		`{"id": 1, "verb": "kustomize", "path": ".", "edits": [["set", "image", "a=b:1"], ["append", "patches", "[1]"]]}`,
		`{"id": 1, "verb": "helm", "chart": "folder", "layers": [{"file": "file"}, {"set_file": ["a=up/outside/canary.yaml"]}]}`,
		`{"id": 1, "verb": "directory", "path": "here/..", "recurse": true, "include": "{*.yaml,*.json}"}`,
		`{"id": 1, "verb": "template", "engine": "gotemplate", "items": [{"value": {"{{.a}}": ["{{.b | upper}}"]}, "params": {"a": 1}}]}`,
		`{"id": 1, "verb": "match", "syntax": "pathspec", "patterns": ["a/[!b]*"], "paths": ["a/c"]}`,
		`{"id": 1, "verb": "fetch", "url": "https://example.com/x"}`,
		`{"id": [1], "verb": "", "timeout_ms": -1}`, `[]`, `{`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if line = []byte(strings.Map(dropLineEnd, string(line))); len(strings.TrimSpace(string(line))) == 0 {
			t.Skip("an empty line has no answer")
		}
		running.send(t, line)
	})
}

func dropLineEnd(c rune) rune {
	if c == '\n' {
		return -1
	}
	return c
}

func FuzzRead(f *testing.F) {
	running := startProbe(f)
	for _, text := range []string{
		deployment, "a: &x [1, *x]\n", "a: &a {b: 1}\nc: {<<: *a, <<: [*a]}\n", "---\n'x\n---\na: |+2\n   b\n", "%YAML 1.1\n---\n? [a]\n: !!binary aGk=\n",
		"a: 0o17\nb: 1_0:2\nc: .nan\nd: 2001-01-01\n\"\\e[2J\": \u202e\n", "{\"a\": 1e999}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		running.ask(t, "read", map[string]any{"files": []string{"a.yaml"}, "texts": map[string]string{"a.yaml": text}, "positions": true})
	})
}

func FuzzKustomize(f *testing.F) {
	running := startProbe(f)
	for _, text := range []string{
		"resources: [a.yaml, ../up/outside, https://example.com/x]\nnamePrefix: x-\nnamespace: y\n",
		"resources: [a.yaml]\nimages: [{name: nginx, newTag: '2'}]\nreplicas: [{name: web, count: 3}]\npatches: [{path: b.yaml}, {target: {kind: '.*'}, patch: '[{op: remove, path: /spec}]'}]\n",
		"configMapGenerator: [{name: a, files: [x=../file], literals: [a=b], envs: [b.yaml]}]\nsecretGenerator: [{name: s, literals: [a=b]}]\ngeneratorOptions: {labels: {a: b}}\n",
		"resources: [a.yaml]\nreplacements: [{source: {kind: Deployment, fieldPath: spec.template.spec.containers.[name=web].image}, targets: [{select: {kind: Deployment}, fieldPaths: ['metadata.annotations.[x]'], options: {create: true, delimiter: ':', index: -1}}]}]\n",
		"components: [../p]\ntransformers: [b.yaml]\nvalidators: [b.yaml]\ngenerators: [b.yaml]\nopenapi: {path: b.yaml}\nconfigurations: [b.yaml]\ncrds: [b.yaml]\nvars: [{name: X, objref: {kind: Deployment, name: web}}]\n",
		"helmCharts: [{name: ../../outside, releaseName: --post-renderer=./x, repo: 'https://example.com', version: '1', valuesFile: ../file}]\nhelmGlobals: {chartHome: ../folder}\n",
		"resources: [.]\n", "kind: Component\nresources: [../up]\nlabels: [{pairs: {a: b}, includeSelectors: true}]\n",
	} {
		f.Add(text, deployment, "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x, annotations: {config.kubernetes.io/function: 'exec: {path: ./x}'}}\npatch: '{}'\n")
	}
	f.Fuzz(func(t *testing.T, kustomization, first, second string) {
		files := map[string]string{"p/kustomization.yaml": kustomization, "p/a.yaml": first, "p/b.yaml": second}
		running.ask(t, "kustomize", map[string]any{
			"path": "p", "files": files, "enable_helm": true, "provenance": len(first)%2 == 0, "yaml": true, "load_restrictor": "none",
		})
	})
}

func FuzzFlux(f *testing.F) {
	running := startProbe(f)
	f.Add(`{"targetNamespace": "x", "patches": [{"patch": "[]", "target": {"kind": "Deployment"}}], "images": [{"name": "nginx", "newTag": "2"}]}`, deployment)
	f.Add(`{"components": ["../up"], "namePrefix": "p-", "commonMetadata": {"labels": {"a": "b"}}, "postBuild": {"substituteStrategy": "Always"}}`, "a: ${x:-${y}}\n---\n"+configMap)
	f.Add(`{"postBuild": {"substitute": {"x": "y"}}}`, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '${x//a/b}', annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\ndata: {a: '${x:0:1}${#y}${z^^}'}\n")
	f.Fuzz(func(t *testing.T, spec, text string) {
		if !json.Valid([]byte(spec)) {
			t.Skip("a spec is JSON by now")
		}
		flux := map[string]any{"spec": json.RawMessage(spec), "name": "x", "namespace": "y", "vars": map[string]string{"x": "1"}, "ignore": text}
		running.ask(t, "kustomize", map[string]any{"path": ".", "files": map[string]string{"p/a.yaml": text}, "flux": flux})
		flux["ignore"] = ""
		running.ask(t, "kustomize", map[string]any{"path": "p", "files": map[string]string{"p/a.yaml": text}, "flux": flux})
	})
}

func FuzzHelm(f *testing.F) {
	running := startProbe(f)
	chart := "apiVersion: v2\nname: web\nversion: 1.0.0\n"
	for _, template := range []string{
		"apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata: {name: {{ include \"x\" . | quote }}}\n{{ define \"x\" }}a{{ end }}\n",
		"{{ .Files.Get \"../outside/canary.yaml\" }}{{ .Files.Glob \"**\" | toYaml }}{{ tpl .Values.t . }}{{ range until 3 }}{{ . }}{{ end }}\n",
		"{{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}{{ getHostByName \"example.com\" }}{{ .Release }}{{ .Capabilities.KubeVersion }}\n",
		"{{- with .Values.a }}\n{{ toYaml . | nindent 2 }}\n{{- end }}\n---\n# {{ fail .Values.t }}\n",
	} {
		f.Add(chart, "kind: ConfigMap\nt: '{{ .Values.kind }}'\na: {b: [1, null]}\n", template, `{"properties": {"a": {"$ref": "file:///dev/zero"}}}`)
	}
	f.Add(chart+"dependencies: [{name: sub, version: 1, repository: 'file://../outside', condition: a.b, import-values: [x]}]\n", "a: null\n", "a: 1\n", `{"$ref": "#"}`)
	f.Fuzz(func(t *testing.T, chart, values, template, schema string) {
		running.ask(t, "helm", map[string]any{"chart": "c", "provenance": true, "yaml": true, "show_values": true, "files": map[string]string{
			"c/Chart.yaml": chart, "c/values.yaml": values, "c/templates/a.yaml": template, "c/values.schema.json": schema,
		}})
	})
}

func FuzzArchive(f *testing.F) {
	running := startProbe(f)
	for _, entries := range []map[string]string{
		{"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/templates/a.yaml": "a: b\n"},
		{"../outside/x": "a", "/etc/x": "b", "web/../../y": "c", `web\..\z`: "d"},
	} {
		f.Add(archiveOf(f, entries))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(running.root, "chart.tgz"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		running.ask(t, "helm", map[string]any{"chart": "chart.tgz"})
	})
}

func FuzzDirectory(f *testing.F) {
	running := startProbe(f)
	f.Add("*.yaml", "{b,c}*", deployment+"---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}, 5]\n", `{"kind": "List", "items": null}`)
	f.Fuzz(func(t *testing.T, include, exclude, text, data string) {
		running.ask(t, "directory", map[string]any{
			"path": "p", "recurse": true, "include": include, "exclude": exclude, "jsonnet": true,
			"files": map[string]string{"p/a.yaml": text, "p/q/b.json": data, "p/c.jsonnet": text},
		})
	})
}

func FuzzTemplate(f *testing.F) {
	running := startProbe(f)
	f.Add("{{ .a | upper }}{{ index .c 0 }}{{ slugify 5 true .a }}{{ toYaml .c }}{{ normalize .a }}", "missingkey=error")
	f.Add("{{a}} {{ b }} {{", "")
	f.Add("${a:-${b:=c}} ${a/x/y} ${a:1:2} $$ $a ${", "missingkey=zero")
	f.Fuzz(func(t *testing.T, text, option string) {
		params := map[string]any{"a": "Text", "b": 5, "c": []string{"x"}}
		item := map[string]any{"value": map[string]any{text: []string{text}}, "params": params}
		for _, engine := range []string{"gotemplate", "fasttemplate", "envsubst", "osexpand"} {
			running.ask(t, "template", map[string]any{"engine": engine, "options": []string{option}, "strict": true, "items": []any{item}})
		}
	})
}

func FuzzMatch(f *testing.F) {
	running := startProbe(f)
	for _, pattern := range []string{"a/**/b", "{a,b}*", "[!a-c]?", `\*`, "(a+)+$", "[[:alpha:]]"} {
		f.Add(pattern, "aaaaaaaaaaaaaaaaaaaaaaaa/b", "/")
	}
	f.Fuzz(func(t *testing.T, pattern, path, separators string) {
		for _, syntax := range []string{"path", "doublestar", "gobwas", "pathspec", "regexp"} {
			running.ask(t, "match", map[string]any{"syntax": syntax, "patterns": []string{pattern}, "paths": []string{path}, "separators": separators})
		}
	})
}

// archiveOf gives a .tgz with these members.
func archiveOf(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var packed bytes.Buffer
	compressed := gzip.NewWriter(&packed)
	archive := tar.NewWriter(compressed)
	for _, name := range sortedNames(members) {
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(members[name]))}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, members[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
