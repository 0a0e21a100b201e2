package verbs

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// repository writes files below a temporary root. A name that ends with "@" is a symbolic link to its text.
func repository(t *testing.T, files map[string]string) *tree.Tree {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, strings.TrimSuffix(name, "@"))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		write := func() error { return os.WriteFile(file, []byte(text), 0o600) }
		if strings.HasSuffix(name, "@") {
			write = func() error { return os.Symlink(text, file) }
		}
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := tree.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// ask gives a verb's result as the client reads it, its warnings, and its error.
func ask(t *testing.T, opened *tree.Tree, verb server.Verb, request string) (map[string]any, *server.Call, error) {
	t.Helper()
	call := &server.Call{View: opened.View(0, true), Warnings: &server.Warnings{}, Line: []byte(request)}
	result, err := verb(call)
	if err != nil {
		return nil, call, err
	}
	encoded, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	var decoded map[string]any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded, call, nil
}

func mustAsk(t *testing.T, opened *tree.Tree, verb server.Verb, request string) map[string]any {
	t.Helper()
	result, call, err := ask(t, opened, verb, request)
	if err != nil {
		t.Fatal(call.View.Clean(err.Error()))
	}
	return result
}

func wantFault(t *testing.T, err error, kind, path string, line int, message string) *fault.Error {
	t.Helper()
	var found *fault.Error
	if !errors.As(err, &found) {
		t.Fatalf("got %v, want a fault of kind %s", err, kind)
	}
	if found.Kind != kind || found.Path != path || found.Line != line || !strings.Contains(found.Message, message) {
		t.Fatalf("got %+v, want kind %s at %s:%d with %q", *found, kind, path, line, message)
	}
	return found
}

// wantJSON compares a value with JSON text.
func wantJSON(t *testing.T, got any, want string) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, wanted) {
		text, _ := json.Marshal(got)
		t.Errorf("got %s\nwant %s", text, want)
	}
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
`

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n"

// isolateForTest takes the network and other programs from the process, as serving does.
func isolateForTest(t *testing.T) {
	t.Helper()
	path := os.Getenv("PATH")
	if err := server.Isolate(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { t.Setenv("PATH", path) })
}

func toText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
