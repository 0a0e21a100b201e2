package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/repo/v1"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// repositoryChart brings a chart of a repository with an index.
func (f *Fetcher) repositoryChart(ctx context.Context, source Source) (*Artifact, error) {
	index, err := f.index(ctx, source.URL)
	if err != nil {
		return nil, err
	}
	entry, err := pick(index, source)
	if err != nil {
		return nil, err
	}
	address, err := repo.ResolveReferenceURL(source.URL, entry.URLs[0])
	if err != nil {
		return nil, fault.New(fault.Failed, "the index of %s has a malformed address for %s %s",
			shown(source.URL), entry.Name, entry.Version)
	}
	digest := strings.TrimPrefix(entry.Digest, "sha256:")
	data, err := f.chartArchive(ctx, source, address, entry.Version, digest != "")
	if err != nil {
		return nil, err
	}
	if has := sha(data); digest != "" && has != digest {
		what := strings.Join([]string{"what", hostOf(address), "gives for", entry.Name, entry.Version}, " ")
		return nil, mismatch(what, has, digest+" of the index")
	}
	return &Artifact{data: data, extension: ".tgz", Version: entry.Version}, nil
}

func (f *Fetcher) chartArchive(ctx context.Context, source Source, address, version string, isKnown bool) ([]byte, error) {
	if reference, ok := strings.CutPrefix(address, ociScheme); ok {
		found, err := f.layer(ctx, ociScheme+reference, version)
		if err != nil {
			return nil, err
		}
		return found.data, nil
	}
	if isKnown || source.Digest != "" {
		ctx = context.WithValue(ctx, known{}, true)
	}
	data, err := f.get(ctx, address, f.users.forRepository(source.URL, address))
	if err == nil && !isGzip(data) {
		return nil, fault.New(fault.Failed, "%s gives for %s %s what is no chart archive", hostOf(address), source.Name, version)
	}
	return data, err
}

// pick chooses a version as Helm does: that very one, else the newest that the range allows.
func pick(index *repo.IndexFile, source Source) (*repo.ChartVersion, error) {
	entry, err := index.Get(source.Name, source.Version)
	switch {
	case errors.Is(err, repo.ErrNoChartName):
		return nil, fault.New(NotFound, "%s has no chart '%s'", shown(source.URL), source.Name)
	case err != nil:
		newest := ""
		if versions := index.Entries[source.Name]; len(versions) > 0 {
			newest = "; the newest is " + versions[0].Version
		}
		return nil, fault.New(NotFound, "%s has no version '%s' of the chart '%s'%s",
			shown(source.URL), source.Version, source.Name, newest)
	case len(entry.URLs) == 0:
		return nil, fault.New(fault.Failed, "the index of %s has no address for %s %s",
			shown(source.URL), entry.Name, entry.Version)
	}
	return entry, nil
}

// index reads the index of a repository once, whoever asks first.
func (f *Fetcher) index(ctx context.Context, repository string) (*repo.IndexFile, error) {
	f.mutex.Lock()
	read, known := f.indexes[repository]
	if !known {
		read = sync.OnceValues(func() (*repo.IndexFile, error) { return f.readIndex(ctx, repository) })
		f.indexes[repository] = read
	}
	f.mutex.Unlock()
	return read()
}

func (f *Fetcher) readIndex(ctx context.Context, repository string) (*repo.IndexFile, error) {
	address, err := repo.ResolveReferenceURL(repository, "index.yaml")
	if err != nil {
		return nil, fault.New(fault.Failed, "the address of the chart repository is malformed")
	}
	data, err := f.get(ctx, address, f.users.forRepository(repository, address))
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "gitlint-ops-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	// Helm reads an index from a file only.
	file := filepath.Join(folder, "index.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	found, err := repo.LoadIndexFile(file)
	if err != nil {
		return nil, fault.New(fault.Failed, "%s gives what is no index of a chart repository", shown(address))
	}
	return found, nil
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func isGzip(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }
