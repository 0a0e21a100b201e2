package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

const (
	// maxEntries bounds the files of an archive.
	maxEntries = 100_000
	// maxTotal bounds what a process unpacks, maxTotalFiles how many files: a repository names many archives.
	maxTotal      = 2 << 30
	maxTotalFiles = 400_000
)

type unpackRequest struct {
	Archive string `json:"archive"`
	Digest  string `json:"digest"`
	Folder  string `json:"folder"`
	// Strip says that all files lie in one folder of the archive, which is no part of their names: a chart's.
	Strip bool `json:"strip"`
}

type unpacked struct {
	Files int `json:"files"`
}

// Unpacker unpacks archives within a budget for all of them.
type Unpacker struct{ bytes, files atomic.Int64 }

// Verb answers `unpack`: it verifies an archive's digest and writes its files below a new folder.
func (u *Unpacker) Verb(call *server.Call) (any, error) {
	var asked unpackRequest
	if err := call.Decode(&asked); err != nil {
		return nil, err
	}
	name := filepath.Base(asked.Archive)
	info, err := os.Stat(asked.Archive)
	if err != nil {
		return nil, fault.At(fault.MissingFile, name, "the archive %s is not there", name)
	}
	if info.Size() > maxUnpacked {
		return nil, fault.At(fault.TooLarge, name, "the archive %s is over %d MiB", name, maxUnpacked>>20)
	}
	data, err := os.ReadFile(asked.Archive)
	if err != nil {
		return nil, err
	}
	if has := "sha256:" + sha(data); has != asked.Digest {
		return nil, mismatch("the archive "+name, has, asked.Digest+" of the lock file")
	}
	work := &unpacking{folder: asked.Folder, strip: asked.Strip, name: name, left: maxUnpacked, total: u}
	if err := work.run(data); err != nil {
		return nil, err
	}
	return unpacked{Files: work.files}, nil
}

// unpacking writes regular files, and links last: while files are written nothing can be written through one.
type unpacking struct {
	folder, name string
	strip        bool
	left         int64
	files        int
	total        *Unpacker
	links        []*tar.Header
}

func (u *unpacking) run(data []byte) error {
	var reader io.Reader = bytes.NewReader(data)
	if isGzip(data) {
		plain, err := gzip.NewReader(reader)
		if err != nil {
			return u.bad("is no gzip archive")
		}
		reader = plain
	}
	archive := tar.NewReader(reader)
	for count := 0; ; count++ {
		header, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return u.writeLinks()
		case err != nil:
			return u.bad("is damaged: " + err.Error())
		case count >= maxEntries:
			return fault.At(fault.TooLarge, u.name, "the archive %s has more than %d files", u.name, maxEntries)
		}
		if err := u.entry(header, archive); err != nil {
			return err
		}
	}
}

func (u *unpacking) bad(what string) error {
	return fault.At(fault.Failed, u.name, "the archive %s %s", u.name, what)
}

func (u *unpacking) entry(header *tar.Header, content io.Reader) error {
	if header.Typeflag == tar.TypeXGlobalHeader || header.Typeflag == tar.TypeDir {
		return nil
	}
	target, err := u.target(header.Name)
	if err != nil || target == "" {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return u.regular(target, header, content)
	case tar.TypeSymlink:
		header.Name = target
		u.links = append(u.links, header)
		return nil
	}
	return u.bad("holds '" + header.Name + "', which is neither a file nor a symbolic link")
}

// target gives the place of an entry; a name that leaves the folder is an attack, and no file of the archive is kept.
func (u *unpacking) target(name string) (string, error) {
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if strings.ContainsAny(name, "\\\x00:") || !filepath.IsLocal(filepath.FromSlash(clean)) {
		return "", fault.At(fault.OutsideRoot, u.name, "the archive %s holds '%s', which leaves its folder", u.name, name)
	}
	if u.strip {
		_, below, nested := strings.Cut(clean, "/")
		if !nested {
			return "", nil
		}
		clean = below
	}
	return filepath.Join(u.folder, filepath.FromSlash(clean)), nil
}

func (u *unpacking) regular(target string, header *tar.Header, content io.Reader) error {
	if u.left -= header.Size; u.left < 0 {
		return fault.At(fault.TooLarge, u.name, "the archive %s unpacks to over %d MiB", u.name, maxUnpacked>>20)
	}
	if u.total.bytes.Add(header.Size) > maxTotal || u.total.files.Add(1) > maxTotalFiles {
		return fault.At(fault.TooLarge, u.name, "the archives unpack to over %d MiB or %d files together", maxTotal>>20, maxTotalFiles)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	u.files++
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Close()); err != nil {
		return u.bad("is damaged: " + err.Error())
	}
	return nil
}

// writeLinks makes the links, none of them through another one, and takes away those that lead out of the folder.
func (u *unpacking) writeLinks() error {
	root, err := filepath.EvalSymlinks(u.folder)
	if err != nil && len(u.links) > 0 {
		return err
	}
	made := []string{}
	for _, link := range u.links {
		name := filepath.Join(root, strings.TrimPrefix(link.Name, u.folder))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			continue
		}
		parent, err := filepath.EvalSymlinks(filepath.Dir(name))
		if err == nil && parent == filepath.Dir(name) && os.Symlink(filepath.FromSlash(link.Linkname), name) == nil {
			made = append(made, name)
		}
	}
	for _, name := range made {
		target, err := filepath.EvalSymlinks(name)
		if inside, ok := strings.CutPrefix(target, root); err != nil || !ok || inside != "" && inside[0] != filepath.Separator {
			_ = os.Remove(name)
		}
	}
	return nil
}
