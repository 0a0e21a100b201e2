package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"

// TestGitLFSPointers puts a pointer in the place of a file and asks for what is made of it.
func TestGitLFSPointers(t *testing.T) {
	for name, test := range map[string]struct {
		path, request string
		verb          server.Verb
	}{
		"a resource":      {"k/big.yaml", `{"path": "k"}`, Kustomize},
		"a kustomization": {"k/kustomization.yaml", `{"path": "k"}`, Kustomize},
		"a template":      {"chart/templates/deployment.yaml", `{"chart": "chart"}`, Helm},
		"own values":      {"chart/values.yaml", `{"chart": "chart"}`, Helm},
		"other values":    {"prod.yaml", `{"chart": "chart", "layers": [{"file": "prod.yaml"}]}`, Helm},
		"a definition":    {"chart/crds/crd.yaml", `{"chart": "chart"}`, Helm},
		"a subchart":      {"chart/charts/sub-1.0.0.tgz", `{"chart": "chart"}`, Helm},
	} {
		t.Run(name, func(t *testing.T) {
			files := chartFiles()
			files["k/kustomization.yaml"], files["k/big.yaml"] = "resources: [big.yaml]\n", configMap
			files[test.path] = pointer
			_, call, err := ask(t, repository(t, files), test.verb, test.request)
			if err == nil {
				t.Fatal("no error")
			}
			wantFault(t, call.View.BlamePointer(fault.From(err)), fault.LFSPointer, test.path, 0,
				"'"+test.path+"' is a Git LFS pointer, not the file itself: run 'git lfs pull'")
		})
	}
}

func TestGitLFSPointersAmongOthers(t *testing.T) {
	opened := repository(t, map[string]string{
		"m/a.yaml": configMap, "m/big.yaml": pointer,
		"k/kustomization.yaml": "resources: [missing.yaml]\nconfigMapGenerator: [{name: x, files: [logo.bin]}]\n", "k/logo.bin": pointer,
		"g/kustomization.yaml": "configMapGenerator: [{name: x, files: [logo.bin]}]\n", "g/logo.bin": pointer,
	})
	const said = "is a Git LFS pointer, not the file itself: run 'git lfs pull'"
	result := mustAsk(t, opened, ReadFiles, `{"files": ["m/big.yaml", "m/a.yaml"]}`)
	wantJSON(t, result["files"].([]any)[0].(map[string]any)["error"],
		`{"kind": "lfs-pointer", "path": "m/big.yaml", "message": "'m/big.yaml' `+said+`"}`)
	wantJSON(t, mustAsk(t, opened, Directory, `{"path": "m"}`)["skipped"], `[{"path": "m/big.yaml", "reason": "'m/big.yaml' `+said+`"}]`)
	// Kustomize embeds what it is given; and an error about something else stays that error.
	mustAsk(t, opened, Kustomize, `{"path": "g"}`)
	_, call, err := ask(t, opened, Kustomize, `{"path": "k"}`)
	if found := call.View.BlamePointer(fault.From(err)); found.Kind == fault.LFSPointer {
		t.Errorf("got %v", found)
	}
}
