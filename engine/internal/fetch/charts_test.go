package fetch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func indexOf(versions ...string) []byte {
	text := "apiVersion: v1\nentries:\n  web:\n"
	for _, version := range versions {
		text += fmt.Sprintf("  - {apiVersion: v2, name: web, version: %q, urls: [\"web-%s.tgz\"]}\n", version, version)
	}
	return []byte(text)
}

func chartServer(t *testing.T, versions ...string) *answers {
	t.Helper()
	bodies := map[string][]byte{"/index.yaml": indexOf(versions...)}
	for _, version := range versions {
		bodies["/web-"+version+".tgz"] = chartArchive(t, "web", version)
	}
	return serve(t, bodies)
}

func TestVersionsAreChosenAsHelmDoes(t *testing.T) {
	served := chartServer(t, "1.2.0", "1.10.0", "2.0.0-rc.1", "v0.9.0")
	for wanted, version := range map[string]string{"": "1.10.0", "1.2.0": "1.2.0", "1.x": "1.10.0", "~1.2": "1.2.0", ">=2.0.0-0": "2.0.0-rc.1", "0.9.0": "v0.9.0", ">1.0 <1.5": "1.2.0"} {
		found, folder := mustFetch(t, Source{Kind: "chart", URL: served.URL + "/", Name: "web", Version: wanted})
		data, err := os.ReadFile(filepath.Join(folder, found.File))
		if err != nil || found.Version != version || found.Digest != "sha256:"+sha(data) {
			t.Errorf("%q gives %+v, %v; wanted %s", wanted, found, err, version)
		}
	}
}

func TestTheNameOfAnArchiveTellsWhatItIs(t *testing.T) {
	served := chartServer(t, "1.2.0")
	found, _ := mustFetch(t, Source{Kind: "chart", URL: served.URL, Name: "web"})
	again, _ := mustFetch(t, Source{Kind: "chart", URL: served.URL, Name: "web", Digest: found.Digest, File: "locked.tgz"})
	if again.File != "locked.tgz" {
		t.Errorf("the name of the lock file is not kept: %s", again.File)
	}
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "web", File: "../web.tgz"}, fault.BadRequest, "'../web.tgz' is not the name of a file")
	if wanted := "web-1.2.0-" + found.Digest[7:23] + ".tgz"; found.File != wanted {
		t.Errorf("%s, wanted %s", found.File, wanted)
	}
}

func TestAnIndexIsReadOnce(t *testing.T) {
	served := chartServer(t, "1.2.0", "1.3.0")
	fetcher := New(Policy{Hosts: []string{loopback}, MaxBytes: 1 << 20})
	for _, version := range []string{"1.2.0", "1.3.0"} {
		if _, err := fetcher.Fetch(background(t), Source{Kind: "chart", URL: served.URL, Name: "web", Version: version}); err != nil {
			t.Fatal(err)
		}
	}
	if served.asked["/index.yaml"] != 1 {
		t.Errorf("asked %d times", served.asked["/index.yaml"])
	}
}

func TestWhatARepositoryLacks(t *testing.T) {
	served := chartServer(t, "1.2.0")
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "db"}, NotFound, served.URL+" has no chart 'db'")
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "web", Version: "^2"}, NotFound,
		served.URL+" has no version '^2' of the chart 'web'; the newest is 1.2.0")
	refusal(t, open, Source{Kind: "chart", URL: served.URL + "/none", Name: "web"}, NotFound, "127.0.0.1 has nothing at /none/index.yaml")
	served.bodies["/index.yaml"] = []byte("<html>Sign in</html>")
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "web"}, fault.Failed, served.URL+"/index.yaml gives what is no index of a chart repository")
}

func TestALyingRepository(t *testing.T) {
	served := chartServer(t, "1.2.0")
	served.bodies["/web-1.2.0.tgz"] = []byte("<html>Sign in</html>")
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "web"}, fault.Failed, "127.0.0.1 gives for web 1.2.0 what is no chart archive")
	other := chartArchive(t, "web", "6.6.6")
	served.bodies["/web-1.2.0.tgz"] = other
	digest := sha([]byte("what it should be"))
	served.bodies["/index.yaml"] = fmt.Appendf(nil, "apiVersion: v1\nentries:\n  web: [{apiVersion: v2, name: web, version: 1.2.0, digest: %s, urls: [web-1.2.0.tgz]}]\n", digest)
	refusal(t, open, Source{Kind: "chart", URL: served.URL, Name: "web"}, Mismatch,
		"what 127.0.0.1 gives for web 1.2.0 has the digest "+sha(other)+", and "+digest+" of the index is wanted")
	honest := chartServer(t, "1.2.0")
	refusal(t, open, Source{Kind: "chart", URL: honest.URL, Name: "web", Digest: "sha256:0"}, Mismatch,
		"web of "+honest.URL+" has the digest sha256:"+sha(honest.bodies["/web-1.2.0.tgz"])+", and sha256:0 of the lock file is wanted")
}

func TestLoginsAreTheUsersOwnAndStayOnTheirHost(t *testing.T) {
	other := serve(t, map[string][]byte{"/web-1.2.0.tgz": chartArchive(t, "web", "1.2.0")})
	served := serve(t, map[string][]byte{"/index.yaml": []byte("apiVersion: v1\nentries:\n  web: [{apiVersion: v2, name: web, version: 1.2.0, urls: [\"" + other.URL + "/web-1.2.0.tgz\"]}]\n")})
	file := filepath.Join(t.TempDir(), "repositories.yaml")
	t.Setenv("HELM_REPOSITORY_CONFIG", file)
	if err := os.WriteFile(file, []byte("repositories: [{name: own, url: \""+served.URL+"\", username: me, password: secret}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustFetch(t, Source{Kind: "chart", URL: served.URL + "/", Name: "web"})
	if fmt.Sprint(served.logins) != "[/index.yaml me]" || len(other.logins) != 0 {
		t.Errorf("logins %v and elsewhere %v", served.logins, other.logins)
	}
}

func TestCredentialsInAnAddressAreNotUsed(t *testing.T) {
	served := chartServer(t, "1.2.0")
	mustFetch(t, Source{Kind: "chart", URL: "http://repo:secret@" + portless(served.URL), Name: "web"})
	if len(served.logins) != 0 {
		t.Errorf("logins %v", served.logins)
	}
}

func TestWhatPassesIsAskedForAgain(t *testing.T) {
	served, tries := chartServer(t, "1.2.0"), 0
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries++
		switch {
		case tries == 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case tries == 3:
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write([]byte("truncated"))
		default:
			_, _ = w.Write(served.bodies[r.URL.Path])
		}
	}))
	t.Cleanup(flaky.Close)
	mustFetch(t, Source{Kind: "chart", URL: flaky.URL, Name: "web"})
	if tries != 4 {
		t.Errorf("%d requests", tries)
	}
}

func TestASlowServerIsLeft(t *testing.T) {
	held := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("apiVersion"))
		w.(http.Flusher).Flush()
		<-held
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(held) })
	started := time.Now()
	refusal(t, open, Source{Kind: "chart", URL: slow.URL, Name: "web"}, fault.Timeout, "127.0.0.1 is too slow: it was not done within 1.425s")
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
}
