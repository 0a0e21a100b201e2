// Package fetch brings what a repository refers to and does not hold: charts, OCI artifacts, Git trees and files.
// It runs in a process of its own, as the one that renders has no network.
package fetch

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"helm.sh/helm/v4/pkg/repo/v1"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

// The kinds of errors that only fetching has.
const (
	// Refused is what the run's own rules forbid: a private address, another host, plain HTTP.
	Refused = "refused"
	// NotFound is what the server does not have.
	NotFound = "not-found"
	// Unreachable is a server that gives no answer, or breaks off.
	Unreachable = "unreachable"
	// Denied is what the server keeps from the credentials at hand.
	Denied = "denied"
	// Mismatch is content that is not what an index, a registry or a lock says.
	Mismatch = "mismatch"
)

const defaultTimeout = 2 * time.Minute

// Source is what is wanted, as the repository writes it.
type Source struct {
	// Kind is "chart" (of a chart repository or a registry), "oci", "git" or "file".
	Kind string `json:"kind"`
	URL  string `json:"url"`
	// Name is the chart's.
	Name string `json:"name"`
	// Version is a version, a semver range, a tag, branch, commit or digest; "" is what the kind takes without one.
	Version string `json:"version"`
	// Digest is what the content must have where a lock names it: "sha256:…" of the archive.
	Digest string `json:"digest"`
	// File is the archive's name there, "" for one that tells what it is.
	File string `json:"file"`
}

// Artifact is what was found: bytes in the folder that the request named.
type Artifact struct {
	File string `json:"file"`
	// Digest is "sha256:…" of the file.
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
	// Version is what the source's version came to; Revision is the commit, where there is one.
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	// LeftOut are the files that are too large to be rendered.
	LeftOut []string `json:"left_out,omitempty"`

	data []byte
	// extension is the file's: how the data is packed.
	extension string
}

type request struct {
	Source    Source `json:"source"`
	Folder    string `json:"folder"`
	TimeoutMS int64  `json:"timeout_ms"`
}

// Fetcher brings artifacts within a policy. The index of a chart repository is read once in its life.
type Fetcher struct {
	policy  Policy
	http    *http.Client
	users   users
	mutex   sync.Mutex
	indexes map[string]func() (*repo.IndexFile, error)
}

// New makes a fetcher, with the credentials of the user's own files.
func New(policy Policy) *Fetcher {
	fetcher := &Fetcher{policy: policy, indexes: map[string]func() (*repo.IndexFile, error){}, users: readUsers()}
	fetcher.http = newClient(policy)
	return fetcher
}

// Verb answers `fetch`: it writes the artifact into the request's folder and describes it.
func (f *Fetcher) Verb(call *server.Call) (any, error) {
	var asked request
	if err := call.Decode(&asked); err != nil {
		return nil, err
	}
	limit := defaultTimeout
	if asked.TimeoutMS > 0 {
		// The server's own patience ends a little later, with a poorer message.
		limit = time.Duration(asked.TimeoutMS) * time.Millisecond * 19 / 20
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	found, err := f.Fetch(ctx, asked.Source)
	if err != nil {
		return nil, explain(err, asked.Source.URL, limit)
	}
	if err := found.check(asked.Source); err != nil {
		return nil, err
	}
	return found, found.write(asked.Folder, asked.Source)
}

// Fetch brings one artifact.
func (f *Fetcher) Fetch(ctx context.Context, source Source) (*Artifact, error) {
	switch source.Kind {
	case "chart":
		if strings.HasPrefix(source.URL, ociScheme) {
			return f.registryChart(ctx, source)
		}
		return f.repositoryChart(ctx, source)
	case "oci":
		return f.registryArtifact(ctx, source)
	case "git":
		return f.gitTree(ctx, source)
	case "file":
		return f.file(ctx, source)
	}
	return nil, fault.New(fault.BadRequest, "no kind of source %q", source.Kind)
}
