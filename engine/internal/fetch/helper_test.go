package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

// loopback is what the tests' servers listen on: a private address, which must be named.
const loopback = "127.0.0.1"

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "fetch-test-")
	if err != nil {
		panic(err)
	}
	// No login of whoever runs the tests is used.
	for _, name := range []string{"HOME", "DOCKER_CONFIG", "XDG_CONFIG_HOME", "HELM_CONFIG_HOME", "USERPROFILE"} {
		_ = os.Setenv(name, folder)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// entry is one member of an archive that a test builds.
type entry struct {
	name, text, link string
	kind             byte
}

func tarball(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var packed bytes.Buffer
	plain := gzip.NewWriter(&packed)
	writer := tar.NewWriter(plain)
	for _, one := range entries {
		header := &tar.Header{Name: one.name, Mode: 0o644, Size: int64(len(one.text)), Typeflag: tar.TypeReg}
		if one.kind != 0 {
			header.Typeflag, header.Linkname, header.Size = one.kind, one.link, 0
		}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(one.text)); err != nil && header.Typeflag == tar.TypeReg {
			t.Fatal(err)
		}
	}
	if err := errors.Join(writer.Close(), plain.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func chartArchive(t *testing.T, name, version string) []byte {
	t.Helper()
	return tarball(t,
		entry{name: name + "/Chart.yaml", text: "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n"},
		entry{name: name + "/templates/all.yaml", text: "kind: ConfigMap\n"})
}

// answers serves bodies by path, and counts how often each is asked for.
type answers struct {
	*httptest.Server
	bodies map[string][]byte
	asked  map[string]int
	logins []string
}

func serve(t *testing.T, bodies map[string][]byte) *answers {
	t.Helper()
	served := &answers{bodies: bodies, asked: map[string]int{}}
	served.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.asked[r.URL.Path]++
		if name, _, ok := r.BasicAuth(); ok {
			served.logins = append(served.logins, r.URL.Path+" "+name)
		}
		body, known := served.bodies[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(served.Close)
	return served
}

// patience is how long a test's server may take, in milliseconds.
const patience = 1500

// fetching asks the verb as the client does, and gives its answer and the folder it wrote into.
func fetching(t *testing.T, policy Policy, source Source) (*Artifact, string, *fault.Error) {
	t.Helper()
	folder := t.TempDir()
	line, err := json.Marshal(map[string]any{"source": source, "folder": folder, "timeout_ms": patience})
	if err != nil {
		t.Fatal(err)
	}
	if policy.MaxBytes == 0 {
		policy.MaxBytes = 1 << 20
	}
	found, err := New(policy).Verb(&server.Call{Line: line})
	if err != nil {
		return nil, folder, fault.From(err)
	}
	return found.(*Artifact), folder, nil
}

var open = Policy{Hosts: []string{loopback}}

func mustFetch(t *testing.T, source Source) (*Artifact, string) {
	t.Helper()
	found, folder, failed := fetching(t, open, source)
	if failed != nil {
		t.Fatalf("%s: %s", failed.Kind, failed.Message)
	}
	return found, folder
}

// refusal fetches what must fail, and checks the kind and the whole message; HOST stands for the server's address.
func refusal(t *testing.T, policy Policy, source Source, kind, message string) {
	t.Helper()
	_, folder, failed := fetching(t, policy, source)
	if failed == nil {
		t.Fatal("it was fetched")
	}
	if failed.Kind != kind || failed.Message != message {
		t.Errorf("%s: %s\nwanted %s: %s", failed.Kind, failed.Message, kind, message)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

// unpackedFiles unpacks an archive and gives its files by name.
func unpackedFiles(t *testing.T, archive []byte, strip bool) (map[string]string, *fault.Error) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "a.tgz")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := unpackRequest{Archive: file, Digest: "sha256:" + sha(archive), Folder: filepath.Join(folder, "out"), Strip: strip}
	line, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&Unpacker{}).Verb(&server.Call{Line: line}); err != nil {
		return nil, fault.From(err)
	}
	found := map[string]string{}
	err = filepath.Walk(asked.Folder, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(asked.Folder, name)
		if info.Mode()&os.ModeSymlink != 0 {
			target, _ := os.Readlink(name)
			found[filepath.ToSlash(rel)] = "-> " + target
			return nil
		}
		data, err := os.ReadFile(name)
		found[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return found, nil
}

func background(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func portless(address string) string {
	return strings.TrimPrefix(address, "http://")
}
