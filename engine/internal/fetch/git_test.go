package fetch

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitServer serves a repository with two commits, the tags v1.0.0 (annotated) and v1.1.0, and a branch, over HTTP.
type gitServer struct {
	*httptest.Server
	first, second string
}

func git(t *testing.T, folder string, arguments ...string) string {
	t.Helper()
	command := exec.Command("git", arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %s", arguments, output)
	}
	return strings.TrimSpace(string(output))
}

func startGit(t *testing.T) *gitServer {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git")
	}
	root := t.TempDir()
	work := filepath.Join(root, "work")
	git(t, root, "init", "-q", "-b", "main", work)
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(work, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	served := &gitServer{}
	write("base/kustomization.yaml", "resources: [all.yaml]\n")
	write("base/all.yaml", "kind: A\n")
	git(t, work, "add", "-A")
	git(t, work, "commit", "-qm", "one")
	git(t, work, "tag", "-am", "one", "v1.0.0")
	served.first = git(t, work, "rev-parse", "HEAD")
	write("base/all.yaml", "kind: B\n")
	if err := os.Symlink("base/all.yaml", filepath.Join(work, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	git(t, work, "add", "-A")
	git(t, work, "commit", "-qm", "two")
	git(t, work, "tag", "v1.1.0")
	git(t, work, "branch", "stable", "HEAD~1")
	served.second = git(t, work, "rev-parse", "HEAD")
	git(t, root, "clone", "-q", "--bare", work, filepath.Join(root, "web.git"))
	git(t, filepath.Join(root, "web.git"), "config", "uploadpack.allowReachableSHA1InWant", "true")
	served.Server = httptest.NewServer(&cgi.Handler{
		Stderr: io.Discard, Path: program, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull},
	})
	t.Cleanup(served.Close)
	return served
}

func TestGitRevisions(t *testing.T) {
	served := startGit(t)
	for wanted, commit := range map[string]string{
		"": served.second, "HEAD": served.second, "main": served.second, "refs/heads/main": served.second, "stable": served.first,
		"v1.0.0": served.first, "1.0.x": served.first, ">=1.0.0": served.second, served.first: served.first, served.second[:8]: served.second,
	} {
		found, folder := mustFetch(t, Source{Kind: "git", URL: served.URL + "/web.git", Version: wanted})
		if found.Revision != commit {
			t.Errorf("%q gives %s", wanted, found.Revision)
		}
		data, err := os.ReadFile(filepath.Join(folder, found.File))
		if err != nil {
			t.Fatal(err)
		}
		files, failed := unpackedFiles(t, data, false)
		text := map[string]string{served.first: "kind: A\n", served.second: "kind: B\n"}[commit]
		if failed != nil || files["base/all.yaml"] != text || files["base/kustomization.yaml"] == "" {
			t.Errorf("%q gives %v", wanted, files)
		}
		if link := files["link.yaml"]; commit == served.second && link != "-> base/all.yaml" {
			t.Errorf("the link is %q", link)
		}
	}
}

func TestWhatAGitServerLacks(t *testing.T) {
	served := startGit(t)
	refusal(t, open, Source{Kind: "git", URL: served.URL + "/web.git", Version: "none"}, NotFound,
		served.URL+"/web.git has no branch, tag or advertised commit 'none'")
	absent := strings.Repeat("0123456789", 4)
	refusal(t, open, Source{Kind: "git", URL: served.URL + "/web.git", Version: absent}, NotFound, served.URL+"/web.git does not give that commit")
	refusal(t, open, Source{Kind: "git", URL: served.URL + "/none.git"}, NotFound, "127.0.0.1 has nothing at "+served.URL+"/none.git")
}

func TestWebAddresses(t *testing.T) {
	for written, address := range map[string]string{
		"https://github.com/o/r":                "https://github.com/o/r",
		"git@github.com:o/r.git":                "https://github.com/o/r.git",
		"ssh://git@git.example.com:7999/o/r":    "https://git.example.com/o/r",
		"git::https://u:p@example.com/r?ref=v1": "https://example.com/r",
	} {
		if found, err := webAddress(written); err != nil || found != address {
			t.Errorf("%s gives %s, %v", written, found, err)
		}
	}
	for _, written := range []string{"file:///etc", "../r", "ext::sh -c id"} {
		if found, err := webAddress(written); err == nil {
			t.Errorf("%s gives %s", written, found)
		}
	}
}

func TestATruncatedPackIsNoTree(t *testing.T) {
	served := startGit(t)
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := httptest.NewRecorder()
		served.Config.Handler.ServeHTTP(kept, r)
		body := kept.Body.Bytes()
		if strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			body = body[:len(body)-40]
		}
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(cut.Close)
	refusal(t, open, Source{Kind: "git", URL: cut.URL + "/web.git"}, Unreachable, "127.0.0.1 breaks off, or sends what is no Git pack")
}
