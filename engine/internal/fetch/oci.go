package fetch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"helm.sh/helm/v4/pkg/registry"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	ociScheme        = "oci://"
	fluxLayer        = "application/vnd.cncf.flux.content.v1.tar+gzip"
	maxManifestBytes = 4 << 20
	maxTags          = 50_000
)

var (
	isTag     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	errEnough = errors.New("enough")
)

// registryChart brings a chart of a registry: the name is the last part of its repository.
func (f *Fetcher) registryChart(ctx context.Context, source Source) (*Artifact, error) {
	address := source.URL
	if source.Name != "" {
		address = ociScheme + path.Join(strings.TrimPrefix(address, ociScheme), source.Name)
	}
	return f.layer(ctx, address, cmp.Or(source.Version, "*"))
}

// registryArtifact brings what Flux's OCIRepository and Argo CD's OCI sources mean.
func (f *Fetcher) registryArtifact(ctx context.Context, source Source) (*Artifact, error) {
	return f.layer(ctx, source.URL, cmp.Or(source.Version, "latest"))
}

// layer brings the layer that holds the files. A version may be a tag, a digest or a range of tags.
func (f *Fetcher) layer(ctx context.Context, address, version string) (*Artifact, error) {
	repository, err := f.repository(address)
	if err != nil {
		return nil, err
	}
	// Registries keep their content, and some their manifests, on other hosts.
	ctx = context.WithValue(ctx, known{}, true)
	tag, err := resolveTag(ctx, repository, version)
	if err != nil {
		return nil, err
	}
	manifest, revision, err := readManifest(ctx, repository, tag)
	if err != nil {
		return nil, err
	}
	chosen, err := chooseLayer(manifest, address)
	if err != nil {
		return nil, err
	}
	if chosen.Size > f.policy.MaxBytes {
		return nil, tooLarge(hostOf(withoutScheme(address)), f.policy.MaxBytes)
	}
	data, err := content.FetchAll(ctx, repository, chosen)
	if err != nil {
		return nil, broken(err, address)
	}
	return &Artifact{data: data, extension: ".tgz", Version: strings.ReplaceAll(tag, "_", "+"), Revision: revision}, nil
}

func (f *Fetcher) repository(address string) (*remote.Repository, error) {
	repository, err := remote.NewRepository(strings.TrimPrefix(address, ociScheme))
	if err != nil || repository.Reference.Reference != "" && repository.Reference.Repository == "" {
		return nil, fault.New(fault.Failed, "'%s' is not the address of an OCI repository", shown(address))
	}
	host := hostOf(repository.Reference.Registry)
	repository.PlainHTTP = f.policy.allows(host) && isLoopback(host)
	repository.Client = &auth.Client{Client: f.http, Cache: auth.NewCache(), Credential: f.users.forRegistry}
	return repository, nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

// resolveTag gives the tag or digest that a version means: itself where the registry has it, else the newest of a range.
func resolveTag(ctx context.Context, repository *remote.Repository, version string) (string, error) {
	if repository.Reference.Reference != "" {
		return repository.Reference.Reference, nil
	}
	tag := strings.ReplaceAll(version, "+", "_")
	if isTag.MatchString(tag) || strings.Contains(version, ":") {
		_, err := repository.Resolve(ctx, tag)
		if !errors.Is(err, errdef.ErrNotFound) {
			return tag, err
		}
	}
	within, err := semver.NewConstraint(version)
	if err != nil {
		return "", fault.New(NotFound, "%s has no tag '%s'", repository.Reference, version)
	}
	tags, err := allTags(ctx, repository)
	if err != nil {
		return "", err
	}
	if newest := newestTag(tags, within); newest != "" {
		return newest, nil
	}
	return "", fault.New(NotFound, "%s has no tag that '%s' allows", repository.Reference, version)
}

func allTags(ctx context.Context, repository *remote.Repository) ([]string, error) {
	tags := []string{}
	err := repository.Tags(ctx, "", func(page []string) error {
		if tags = append(tags, page...); len(tags) > maxTags {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil, fault.New(fault.TooLarge, "%s has more than %d tags", repository.Reference.Repository, maxTags)
	}
	return tags, err
}

// newestTag gives the tag with the highest version that a range allows; in tags a `+` is written `_`.
func newestTag(tags []string, within *semver.Constraints) string {
	found, newest := "", (*semver.Version)(nil)
	for _, tag := range tags {
		version, err := semver.NewVersion(strings.ReplaceAll(tag, "_", "+"))
		if err == nil && within.Check(version) && (newest == nil || version.GreaterThan(newest)) {
			found, newest = tag, version
		}
	}
	return found
}

func readManifest(ctx context.Context, repository *remote.Repository, tag string) (ocispec.Manifest, string, error) {
	var manifest ocispec.Manifest
	described, body, err := repository.FetchReference(ctx, tag)
	if err != nil {
		return manifest, "", err
	}
	defer func() { _ = body.Close() }()
	if described.Size > maxManifestBytes {
		return manifest, "", fault.New(fault.TooLarge, "the manifest of %s is over %d MiB", repository.Reference, maxManifestBytes>>20)
	}
	data, err := content.ReadAll(body, described)
	if err != nil {
		return manifest, "", broken(err, repository.Reference.Registry)
	}
	if json.Unmarshal(data, &manifest) != nil || len(manifest.Layers) == 0 {
		return manifest, "", fault.New(fault.Failed, "%s %s is no artifact with files in it", repository.Reference.Repository, tag)
	}
	return manifest, described.Digest.String(), nil
}

// chooseLayer takes a chart's layer, else that of Flux, else the first one, as the controllers do.
func chooseLayer(manifest ocispec.Manifest, address string) (ocispec.Descriptor, error) {
	for _, wanted := range []string{registry.ChartLayerMediaType, registry.LegacyChartLayerMediaType, fluxLayer} {
		at := slices.IndexFunc(manifest.Layers, func(layer ocispec.Descriptor) bool { return layer.MediaType == wanted })
		if at >= 0 {
			return manifest.Layers[at], nil
		}
	}
	first := manifest.Layers[0]
	if !strings.HasSuffix(first.MediaType, "gzip") {
		return first, fault.New(fault.Failed, "%s holds '%s', which is no archive of files", shown(address), first.MediaType)
	}
	return first, nil
}

// broken tells content that is not what the registry announced from other failures.
func broken(err error, address string) error {
	wrong := []error{content.ErrMismatchedDigest, content.ErrTrailingData, content.ErrInvalidDescriptorSize}
	if slices.ContainsFunc(wrong, func(kind error) bool { return errors.Is(err, kind) }) {
		return fault.New(Mismatch, "%s gives other bytes than the digest that it names", hostOf(withoutScheme(address)))
	}
	return err
}

func withoutScheme(address string) string { return strings.TrimPrefix(address, ociScheme) }
