package fetch

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	// maxFileBytes is the size past which a file is not packed: the engine reads none that is larger.
	maxFileBytes = 10 << 20
	// maxUnpacked bounds all files of an archive together.
	maxUnpacked = 512 << 20
	digestShown = 16
	nameShown   = 60
)

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// file brings one file over HTTP, packed alone.
func (f *Fetcher) file(ctx context.Context, source Source) (*Artifact, error) {
	if source.Digest != "" {
		ctx = context.WithValue(ctx, known{}, true)
	}
	data, err := f.get(ctx, source.URL, f.users.forHost(source.URL))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileBytes {
		return nil, fault.New(fault.TooLarge, "%s is over %d MiB, which is the limit for a file", shown(source.URL), maxFileBytes>>20)
	}
	packed := &packer{}
	if err := packed.add(baseName(source.URL), data, false); err != nil {
		return nil, err
	}
	archive, err := packed.bytes()
	return &Artifact{data: archive, extension: ".tar"}, err
}

// packer writes an archive that is the same for the same files, whoever writes it, and not compressed: Git does that,
// and the bytes of a compressor change with its version.
type packer struct {
	buffer  bytes.Buffer
	writer  *tar.Writer
	leftOut []string
}

func (p *packer) add(name string, data []byte, isLink bool) error {
	if p.writer == nil {
		p.writer = tar.NewWriter(&p.buffer)
	}
	if p.buffer.Len() > maxUnpacked {
		return fault.New(fault.TooLarge, "the files are over %d MiB together, which is the limit", maxUnpacked>>20)
	}
	header := &tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(data)), Format: tar.FormatPAX}
	if isLink {
		header.Typeflag, header.Linkname, header.Size, data = tar.TypeSymlink, string(data), 0, nil
	}
	if err := p.writer.WriteHeader(header); err != nil {
		return err
	}
	_, err := p.writer.Write(data)
	return err
}

func (p *packer) bytes() ([]byte, error) {
	if p.writer == nil {
		return nil, fault.New(NotFound, "there are no files in it")
	}
	if err := p.writer.Close(); err != nil {
		return nil, err
	}
	return p.buffer.Bytes(), nil
}

// check compares what was found with the digest of the lock.
func (a *Artifact) check(source Source) error {
	a.Digest, a.Size = "sha256:"+sha(a.data), int64(len(a.data))
	if source.Digest != "" && source.Digest != a.Digest {
		return mismatch(strings.TrimSpace(source.Name+" of "+shown(source.URL)), a.Digest, source.Digest+" of the lock file")
	}
	return nil
}

// write puts the archive into a folder, which is the client's alone.
func (a *Artifact) write(folder string, source Source) error {
	if a.File = source.File; a.File == "" {
		a.File = a.name(source)
	}
	if filepath.Base(a.File) != a.File {
		return fault.New(fault.BadRequest, "'%s' is not the name of a file", a.File)
	}
	return os.WriteFile(filepath.Join(folder, a.File), a.data, 0o600)
}

// name tells people what an archive is, and is another one for other bytes.
func (a *Artifact) name(source Source) string {
	what := cmp.Or(source.Name, baseName(source.URL)) + "-" + cmp.Or(a.Version, source.Version)
	return safeName(what) + "-" + strings.TrimPrefix(a.Digest, "sha256:")[:digestShown] + a.extension
}

func baseName(address string) string {
	text, _, _ := strings.Cut(address, "?")
	if parsed, err := url.Parse(address); err == nil && parsed.Path != "" {
		text = parsed.Path
	}
	return strings.TrimSuffix(path.Base(strings.TrimRight(text, "/")), ".git")
}

func safeName(text string) string {
	text = strings.Trim(unsafeInName.ReplaceAllString(text, "-"), "-.")
	if len(text) > nameShown {
		text = text[:nameShown]
	}
	return cmp.Or(text, "artifact")
}
