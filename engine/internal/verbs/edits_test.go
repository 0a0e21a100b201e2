package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestEditsApplyInOrderToACopy(t *testing.T) {
	opened := repository(t, baseAndOverlay())
	request := `{"path": "prod", "edits": [["set", "nameprefix", "--", "x-"], ["set", "image", "nginx=registry/nginx:2"],
		["set", "replicas", "web=3"], ["add", "label", "--without-selector", "team:a"], ["set", "namespace", "--", "other"],
		["append", "patches", "[{\"patch\": \"[{\\\"op\\\": \\\"add\\\", \\\"path\\\": \\\"/metadata/annotations\\\", \\\"value\\\": {\\\"n\\\": \\\"1\\\"}}]\", \"target\": {\"kind\": \"Deployment\"}}]"]]}`
	result := mustAsk(t, opened, Kustomize, request)
	wantJSON(t, result["objects"].([]any)[1], `{"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": {"name": "x-web", "namespace": "other", "labels": {"team": "a"}, "annotations": {"n": "1"}},
		"spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "web", "image": "registry/nginx:2"}]}}}}`)
	again := mustAsk(t, opened, Kustomize, `{"path": "prod"}`)
	wantJSON(t, again["objects"].([]any)[1].(map[string]any)["metadata"], `{"name": "web", "namespace": "prod"}`)
}

// Argo CD's settings allow Helm inflation for a repository as a whole; they must not cost an Application its overrides.
func TestEditsApplyWithHelmEnabled(t *testing.T) {
	request := `{"path": "prod", "enable_helm": true, "edits": [["set", "image", "nginx=registry/nginx:2"]]}`
	result := mustAsk(t, repository(t, baseAndOverlay()), Kustomize, request)
	wantJSON(t, result["objects"].([]any)[1].(map[string]any)["spec"],
		`{"template": {"spec": {"containers": [{"name": "web", "image": "registry/nginx:2"}]}}}`)
}

func TestEditErrors(t *testing.T) {
	cases := map[string]struct{ request, kind, path, message string }{
		"unknown command": {`{"path": "prod", "edits": [["paint", "it"]]}`, fault.Failed, "prod", `unknown command "paint"`},
		"image":           {`{"path": "prod", "edits": [["set", "image", "nginx"]]}`, fault.Failed, "prod", "invalid format of image"},
		"no file":         {`{"path": ".", "edits": [["set", "namespace", "x"]]}`, fault.MissingFile, ".", "Missing kustomization file"},
		"not a list":      {`{"path": "prod", "edits": [["append", "namespace", "[1]"]]}`, fault.Failed, "prod", "namespace is not a list"},
		"empty":           {`{"path": "prod", "edits": [[]]}`, fault.BadRequest, "", "an edit has no arguments"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, _, err := ask(t, repository(t, baseAndOverlay()), Kustomize, c.request)
			wantFault(t, err, c.kind, c.path, 0, c.message)
		})
	}
}
