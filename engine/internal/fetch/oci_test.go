package fetch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	chartLayer   = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
)

// ociRegistry is a registry whose answers a test may change on their way.
type ociRegistry struct {
	*httptest.Server
	twist func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

func startRegistry(t *testing.T) *ociRegistry {
	t.Helper()
	real, served := registry.New(registry.Logger(log.New(io.Discard, "", 0))), &ociRegistry{}
	served.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if served.twist != nil {
			served.twist(w, r, real)
			return
		}
		real.ServeHTTP(w, r)
	}))
	t.Cleanup(served.Close)
	return served
}

func (o *ociRegistry) host() string { return portless(o.URL) }

// push puts an artifact of layers (media type, content, ...) under a tag.
func (o *ociRegistry) push(t *testing.T, repository, tag string, layers ...string) {
	t.Helper()
	described := []map[string]any{}
	for at := 0; at < len(layers); at += 2 {
		described = append(described, o.blob(t, repository, layers[at], layers[at+1]))
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": manifestType, "layers": described,
		"config": o.blob(t, repository, "application/vnd.oci.empty.v1+json", "{}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.put(t, fmt.Sprintf("/v2/%s/manifests/%s", repository, tag), manifestType, manifest)
}

func (o *ociRegistry) blob(t *testing.T, repository, mediaType, text string) map[string]any {
	t.Helper()
	digest := "sha256:" + sha([]byte(text))
	answer, err := http.Post(o.URL+"/v2/"+repository+"/blobs/uploads/?digest="+digest, "application/octet-stream", strings.NewReader(text))
	if err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatal(err, answer)
	}
	_ = answer.Body.Close()
	return map[string]any{"mediaType": mediaType, "digest": digest, "size": len(text)}
}

func (o *ociRegistry) put(t *testing.T, path, mediaType string, data []byte) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, o.URL+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaType)
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatal(err, answer)
	}
	_ = answer.Body.Close()
}

func TestChartsOfARegistry(t *testing.T) {
	served := startRegistry(t)
	for _, version := range []string{"1.2.0", "1.10.0", "2.0.0_build.1"} {
		archive := string(chartArchive(t, "web", strings.ReplaceAll(version, "_", "+")))
		served.push(t, "charts/web", version, "application/vnd.cncf.helm.chart.provenance.v1.prov", "signature", chartLayer, archive)
	}
	address := "oci://" + served.host() + "/charts"
	for wanted, version := range map[string]string{"": "2.0.0+build.1", "1.x": "1.10.0", "1.2.0": "1.2.0", "2.0.0+build.1": "2.0.0+build.1"} {
		found, _ := mustFetch(t, Source{Kind: "chart", URL: address, Name: "web", Version: wanted})
		archive := chartArchive(t, "web", version)
		if found.Version != version || found.Digest != "sha256:"+sha(archive) || !strings.HasPrefix(found.Revision, "sha256:") {
			t.Errorf("%q gives %+v", wanted, found)
		}
	}
	refusal(t, open, Source{Kind: "chart", URL: address, Name: "web", Version: "^3"}, NotFound, served.host()+"/charts/web has no tag that '^3' allows")
	refusal(t, open, Source{Kind: "chart", URL: address, Name: "db", Version: "1.0.0"}, NotFound, "127.0.0.1 has nothing at /v2/charts/db/tags/list")
}

func TestArtifactsOfARegistry(t *testing.T) {
	served := startRegistry(t)
	files := string(tarball(t, entry{name: "./deploy/all.yaml", text: "kind: X\n"}))
	for _, tag := range []string{"latest", "1.0.0", "1.1.0", "feature"} {
		served.push(t, "manifests/web", tag, fluxLayer, files)
	}
	address := "oci://" + served.host() + "/manifests/web"
	revision := ""
	for wanted, tag := range map[string]string{"": "latest", "feature": "feature", ">=1.0.0": "1.1.0"} {
		found, _ := mustFetch(t, Source{Kind: "oci", URL: address, Version: wanted})
		if revision = found.Revision; found.Version != tag {
			t.Errorf("%q gives %+v", wanted, found)
		}
	}
	if found, _ := mustFetch(t, Source{Kind: "oci", URL: address, Version: revision}); found.Revision != revision {
		t.Errorf("%+v", found)
	}
	refusal(t, open, Source{Kind: "oci", URL: address, Version: "none"}, NotFound, served.host()+"/manifests/web has no tag 'none'")
	served.push(t, "manifests/web", "image", "application/vnd.docker.image.rootfs.diff.tar", "x")
	refusal(t, open, Source{Kind: "oci", URL: address, Version: "image"}, fault.Failed,
		address+" holds 'application/vnd.docker.image.rootfs.diff.tar', which is no archive of files")
}

func TestALyingRegistry(t *testing.T) {
	served := startRegistry(t)
	served.push(t, "charts/web", "1.0.0", chartLayer, string(chartArchive(t, "web", "1.0.0")))
	source := Source{Kind: "chart", URL: "oci://" + served.host() + "/charts", Name: "web", Version: "1.0.0"}
	served.twist = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		body := kept.Body.Bytes()
		if strings.Contains(r.URL.Path, "/blobs/") {
			body[len(body)-1] ^= 0xff
		}
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(body)
	}
	refusal(t, open, source, Mismatch, "127.0.0.1 gives other bytes than the digest that it names")
	served.twist = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.Contains(r.URL.Path, "/blobs/") {
			http.Redirect(w, r, "http://169.254.169.254"+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		next.ServeHTTP(w, r)
	}
	refusal(t, open, source, Refused, "169.254.169.254 is asked over plain HTTP, which anybody on the way can change: "+
		"use https, or name it with --allow-host 169.254.169.254")
}

func TestAHugeLayerIsNotAskedFor(t *testing.T) {
	served := startRegistry(t)
	served.push(t, "charts/web", "1.0.0", chartLayer, strings.Repeat("x", 2<<20))
	refusal(t, open, Source{Kind: "chart", URL: "oci://" + served.host() + "/charts", Name: "web", Version: "1.0.0"}, fault.TooLarge,
		"127.0.0.1 gives more than 1 MiB, which is the limit")
}
