package verbs

import (
	"strings"
	"sync"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func baseAndOverlay() map[string]string {
	return map[string]string{
		"base/kustomization.yaml": "resources: [deployment.yaml]\n",
		"base/deployment.yaml":    deployment,
		"prod/kustomization.yaml": "namespace: prod\nresources: [../base]\nconfigMapGenerator:\n- name: env\n  literals: [A=1]\n",
	}
}

func TestKustomizeGivesObjectsWithOrigins(t *testing.T) {
	result := mustAsk(t, repository(t, baseAndOverlay()), Kustomize, `{"path": "prod", "provenance": true}`)
	wantJSON(t, result["objects"], `[
		{"apiVersion": "v1", "data": {"A": "1"}, "kind": "ConfigMap", "metadata": {"name": "env-89g4tffbfk", "namespace": "prod"}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "prod"},
		 "spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx"}]}}}}]`)
	wantJSON(t, result["origins"], `[
		{"path": "", "configured_in": "prod/kustomization.yaml",
		 "configured_by": {"apiVersion": "builtin", "kind": "ConfigMapGenerator", "name": ""}},
		{"path": "base/deployment.yaml", "configured_in": "", "configured_by": null}]`)
	wantJSON(t, result["transformers"].([]any)[1], `[{"configured_in": "prod/kustomization.yaml",
		"configured_by": {"apiVersion": "builtin", "kind": "NamespaceTransformer", "name": ""}}]`)
}

func TestKustomizeKeepsItsOwnBuildMetadata(t *testing.T) {
	files := baseAndOverlay()
	files["base/kustomization.yaml"] += "buildMetadata: [managedByLabel, originAnnotations]\n"
	result := mustAsk(t, repository(t, files), Kustomize, `{"path": "base", "yaml": true}`)
	text := result["yaml"].(string)
	for _, wanted := range []string{"app.kubernetes.io/managed-by: kustomize", "config.kubernetes.io/origin: |\n      path: deployment.yaml"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("%q is not in\n%s", wanted, text)
		}
	}
	for _, request := range []string{`{"path": "base"}`, `{"path": "base", "provenance": true}`} {
		object := mustAsk(t, repository(t, files), Kustomize, request)["objects"].([]any)[0]
		annotations := object.(map[string]any)["metadata"].(map[string]any)["annotations"]
		wantJSON(t, annotations, `{"config.kubernetes.io/origin": "path: deployment.yaml\n"}`)
	}
}

func TestKustomizeErrors(t *testing.T) {
	cases := map[string]struct {
		files        map[string]string
		request      string
		kind, path   string
		line         int
		message, url string
	}{
		"remote base": {
			map[string]string{"a/kustomization.yaml": "resources:\n- ../b\n", "b/kustomization.yaml": "resources:\n- github.com/o/r//x?ref=v1\n"},
			`{"path": "a"}`, fault.NeedsNetwork, "b/kustomization.yaml", 2, "no 'git' program", "github.com/o/r//x?ref=v1"},
		"remote file": {
			map[string]string{"a/kustomization.yaml": "resources:\n- https://example.com/x.yaml\n"},
			`{"path": "a"}`, fault.NeedsNetwork, "a/kustomization.yaml", 2, "the run is offline", "https://example.com/x.yaml"},
		"remote component": {
			map[string]string{"a/kustomization.yaml": "resources: [c.yaml]\ncomponents:\n- https://github.com/o/r//c\n", "a/c.yaml": configMap},
			`{"path": "a"}`, fault.NeedsNetwork, "a/kustomization.yaml", 3, "no 'git' program", "https://github.com/o/r//c"},
		"missing resource": {
			map[string]string{"a/kustomization.yaml": "resources: [nope.yaml]\n"},
			`{"path": "a"}`, fault.MissingFile, "a/nope.yaml", 0, "no such file", ""},
		"missing patch": {
			map[string]string{"a/kustomization.yaml": "resources: [c.yaml]\npatches: [{path: p.yaml}]\n", "a/c.yaml": configMap},
			`{"path": "a"}`, fault.MissingFile, "a/p.yaml", 0, "no such file", ""},
		"no kustomization": {
			map[string]string{"a/c.yaml": configMap},
			`{"path": "a"}`, fault.MissingFile, "a", 0, "unable to find one of", ""},
		"no folder": {map[string]string{}, `{"path": "a"}`, fault.MissingFile, "a", 0, "a is not a folder", ""},
		"outside":   {map[string]string{}, `{"path": "../a"}`, fault.OutsideRoot, "../a", 0, `path "../a" leaves the root`, ""},
		"absolute":  {map[string]string{}, `{"path": "/etc"}`, fault.OutsideRoot, "/etc", 0, `path "/etc" is absolute`, ""},
		"base outside": {
			map[string]string{"a/kustomization.yaml": "resources: [../../x]\n"},
			`{"path": "a"}`, fault.OutsideRoot, "../x", 0, "leaves the root", ""},
		"link outside": {
			map[string]string{"a/kustomization.yaml": "resources: [l.yaml]\n", "a/l.yaml@": "/etc/hostname"},
			`{"path": "a", "load_restrictor": "none"}`, fault.OutsideRoot, "a/l.yaml", 0, "the symbolic link leaves the root", ""},
		"load restrictor": {
			map[string]string{"a/kustomization.yaml": "resources: [../c.yaml]\n", "c.yaml": configMap},
			`{"path": "a"}`, fault.Failed, "a/kustomization.yaml", 0, "is not in or below", ""},
		"cycle": {
			map[string]string{"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"},
			`{"path": "a"}`, fault.Cycle, "b/kustomization.yaml", 0, "cycle detected", ""},
		"empty": {
			map[string]string{"a/kustomization.yaml": "kind: Kustomization\n"},
			`{"path": "a"}`, fault.Failed, "a/kustomization.yaml", 0, "kustomization.yaml is empty", ""},
		"plugin": {
			map[string]string{"a/kustomization.yaml": "resources: [c.yaml]\ntransformers: [t.yaml]\n", "a/c.yaml": configMap,
				"a/t.yaml": "apiVersion: v1\nkind: T\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: /bin/true}\n"},
			`{"path": "a"}`, fault.Failed, "a/kustomization.yaml", 0, "unable to load external plugin", ""},
		"Helm chart without leave": {
			map[string]string{"a/kustomization.yaml": "helmCharts:\n- name: x\n  repo: https://example.com\n"},
			`{"path": "a"}`, fault.Failed, "a/kustomization.yaml", 2, "must specify --enable-helm", ""},
		"remote Helm chart": {
			map[string]string{"a/kustomization.yaml": "helmCharts:\n- name: x\n  version: 1.0.0\n  repo: https://example.com\n"},
			`{"path": "a", "enable_helm": true}`, fault.NeedsNetwork, "a/kustomization.yaml", 2,
			"helmCharts: chart x 1.0.0 must be fetched from https://example.com", "https://example.com"},
		"bad restrictor": {
			map[string]string{"a/kustomization.yaml": ""}, `{"path": "a", "load_restrictor": "x"}`, fault.BadRequest, "", 0,
			`load_restrictor is "x"; expected "root" or "none"`, ""},
		"bad form": {map[string]string{}, `{"path": 1}`, fault.BadRequest, "", 0, "the request does not have the verb's form", ""},
	}
	isolateForTest(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := ask(t, repository(t, c.files), Kustomize, c.request)
			if found := wantFault(t, err, c.kind, c.path, c.line, c.message); found.URL != c.url {
				t.Errorf("url %q, want %q", found.URL, c.url)
			}
		})
	}
}

func TestKustomizeFollowsLinksInsideTheRoot(t *testing.T) {
	files := baseAndOverlay()
	files["linked@"] = "base"
	files["top/kustomization.yaml"] = "resources: [../linked]\n"
	result := mustAsk(t, repository(t, files), Kustomize, `{"path": "top"}`)
	if count := len(result["objects"].([]any)); count != 1 {
		t.Errorf("%d objects, want 1", count)
	}
}

func TestKustomizeVirtualFiles(t *testing.T) {
	request := `{"path": "virtual/x", "files": {"virtual/x/kustomization.yaml": "resources: [../../base]\nnamePrefix: v-\n"}}`
	result := mustAsk(t, repository(t, baseAndOverlay()), Kustomize, request)
	wantJSON(t, result["objects"].([]any)[0].(map[string]any)["metadata"], `{"name": "v-web"}`)
	wantJSON(t, result["origins"], `[{"path": "base/deployment.yaml", "line": 1, "configured_in": "", "configured_by": null}]`)
}

func TestKustomizeReads(t *testing.T) {
	_, call, err := ask(t, repository(t, baseAndOverlay()), Kustomize, `{"path": "base"}`)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, read := range call.View.Recorder().Reads() {
		found = append(found, read.Kind+" "+read.Path)
	}
	want := "present base, absent base/Kustomization, file base/deployment.yaml, file base/kustomization.yaml, absent base/kustomization.yml"
	if got := strings.Join(found, ", "); got != want {
		t.Errorf("reads %s\nwant  %s", got, want)
	}
}

func TestKustomizeWarnings(t *testing.T) {
	files := baseAndOverlay()
	files["base/kustomization.yaml"] += "commonLabels: {a: b}\n"
	_, call, err := ask(t, repository(t, files), Kustomize, `{"path": "prod"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := "base/kustomization.yaml: # Warning: 'commonLabels' is deprecated. Please use 'labels' instead. " +
		"Run 'kustomize edit fix' to update your Kustomization automatically."
	if got := call.Warnings.List(); len(got) != 1 || got[0] != want {
		t.Errorf("warnings %q, want %q", got, want)
	}
}

const ownSchema = `{"definitions": {"x.Web": {"properties": {"spec": {"$ref": "#/definitions/x.Spec"}},
  "x-kubernetes-group-version-kind": [{"group": "example.com", "kind": "Web", "version": "v1"}]},
  "x.Spec": {"properties": {"ports": {"items": {"type": "object"}, "type": "array",
  "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}, "type": "object"}}}`

// An OpenAPI schema is global to the process: a build that sets its own must not change others, nor be changed.
func TestKustomizeOwnSchemaStaysInItsBuild(t *testing.T) {
	web := "apiVersion: example.com/v1\nkind: Web\nmetadata: {name: w}\nspec: {ports: [{name: a, port: 1}]}\n"
	patch := "apiVersion: example.com/v1\nkind: Web\nmetadata: {name: w}\nspec: {ports: [{name: b, port: 2}]}\n"
	kustomization := "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n"
	opened := repository(t, map[string]string{
		"with/web.yaml": web, "with/patch.yaml": patch, "with/schema.json": ownSchema,
		"with/kustomization.yaml": kustomization + "openapi: {path: schema.json}\n",
		"bare/web.yaml":           web, "bare/patch.yaml": patch, "bare/kustomization.yaml": kustomization,
	})
	want := map[string]int{"with": 2, "bare": 1}
	var group sync.WaitGroup
	for range 4 {
		for folder, count := range want {
			group.Go(func() {
				result, _, err := ask(t, opened, Kustomize, `{"path": "`+folder+`"}`)
				if err != nil {
					t.Error(err)
					return
				}
				spec := result["objects"].([]any)[0].(map[string]any)["spec"].(map[string]any)
				if got := len(spec["ports"].([]any)); got != count {
					t.Errorf("%s: %d ports, want %d", folder, got, count)
				}
			})
		}
	}
	group.Wait()
}

// Comments tell origins without slowing the build; whatever loses them must give what Kustomize's annotations give.
func TestKustomizeOriginsWithoutAnnotations(t *testing.T) {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
	jsonPatch := "patches: [{target: {kind: Service}, patch: '[{\"op\": \"remove\", \"path\": \"/spec\"}]'}]\n"
	cases := map[string]map[string]string{
		"comments before documents": {
			"a/kustomization.yaml": "resources: [all.yaml]\nnamePrefix: p-\n",
			"a/all.yaml":           "# top\n\n---\n# first\n" + configMap + "--- # next\n\n" + service,
		},
		"JSON patch": {
			"a/kustomization.yaml": "resources: [s.yaml, d.yaml]\n" + jsonPatch, "a/s.yaml": service, "a/d.yaml": deployment,
		},
		"JSON patch on one of two": {
			"a/kustomization.yaml": "resources: [s.yaml, t.yaml]\n" + jsonPatch, "a/s.yaml": service,
			"a/t.yaml": strings.Replace(service, "web", "web-two", 1),
		},
		"list": {
			"a/kustomization.yaml": "resources: [l.yaml]\n",
			"a/l.yaml":             "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: x}}\n",
		},
		"JSON file": {
			"a/kustomization.yaml": "resources: [j.json]\n", "a/j.json": `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}}`,
		},
		"generators": {
			"a/kustomization.yaml": "resources: [../b]\nconfigMapGenerator: [{name: one, literals: [a=b]}]\n",
			"b/kustomization.yaml": "configMapGenerator: [{name: two, files: [f.yaml]}]\nsecretGenerator: [{name: one, envs: [e.env]}]\n",
			"b/f.yaml":             configMap, "b/e.env": "A=1\n",
		},
		"generators that merge": {
			"a/kustomization.yaml": "resources: [../b]\nconfigMapGenerator: [{name: two, behavior: merge, literals: [a=b]}]\n",
			"b/kustomization.yaml": "configMapGenerator: [{name: two, literals: [c=d]}]\n",
		},
		"a resource that is also a generator's file": {
			"a/kustomization.yaml": "resources: [c.yaml]\nconfigMapGenerator: [{name: two, files: [k=c.yaml]}]\n", "a/c.yaml": configMap,
		},
		"plugin": {
			"a/kustomization.yaml": "resources: [c.yaml]\ngenerators: [g.yaml]\n", "a/c.yaml": configMap,
			"a/g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: made}\nliterals: [a=b]\n",
		},
	}
	for name, files := range cases {
		t.Run(name, func(t *testing.T) {
			opened := repository(t, files)
			found := mustAsk(t, opened, Kustomize, `{"path": "a", "yaml": true}`)
			annotated := mustAsk(t, opened, Kustomize, `{"path": "a", "yaml": true, "provenance": true}`)
			for _, origin := range found["origins"].([]any) {
				delete(origin.(map[string]any), "line")
			}
			for _, field := range []string{"origins", "objects", "yaml"} {
				wantJSON(t, found[field], toText(t, annotated[field]))
			}
		})
	}
}

func TestKustomizeOriginIsTheFileBehindALink(t *testing.T) {
	opened := repository(t, map[string]string{
		"a/kustomization.yaml": "components: [../part]\n", "part@": "c", "c/r.yaml": configMap,
		"c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [r.yaml]\n",
	})
	result := mustAsk(t, opened, Kustomize, `{"path": "a"}`)
	wantJSON(t, result["origins"], `[{"path": "c/r.yaml", "line": 1, "configured_in": "", "configured_by": null}]`)
}
