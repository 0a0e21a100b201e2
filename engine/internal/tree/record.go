package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Read is one access that an answer depends on.
type Read struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	Digest string `json:"digest"`
}

// Recorder remembers the accesses of one request; a nil Recorder remembers nothing.
type Recorder struct {
	reads map[string]Read
}

// Digest is the sha256 of some bytes in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (r *Recorder) file(path string, data []byte) {
	if r == nil {
		return
	}
	if _, known := r.reads[path]; !known {
		r.reads[path] = Read{path, "file", Digest(data)}
	}
}

func (r *Recorder) folder(path string, names []string) {
	if r == nil {
		return
	}
	if _, known := r.reads[path]; !known {
		r.reads[path] = Read{path, "folder", Digest([]byte(strings.Join(names, "\n")))}
	}
}

func (r *Recorder) absent(path string) {
	if r == nil {
		return
	}
	if _, known := r.reads[path]; !known {
		r.reads[path] = Read{path, "absent", ""}
	}
}

// Reads lists all accesses by path.
func (r *Recorder) Reads() []Read {
	if r == nil {
		return nil
	}
	reads := make([]Read, 0, len(r.reads))
	for _, read := range r.reads {
		reads = append(reads, read)
	}
	slices.SortFunc(reads, func(a, b Read) int { return strings.Compare(a.Path, b.Path) })
	return reads
}

// virtualInfo describes a file or folder that exists only in a request.
type virtualInfo struct {
	name string
	size int64
	dir  bool
}

func (i virtualInfo) Name() string     { return i.name }
func (i virtualInfo) Size() int64      { return i.size }
func (virtualInfo) ModTime() time.Time { return time.Time{} }
func (i virtualInfo) IsDir() bool      { return i.dir }
func (virtualInfo) Sys() any           { return nil }

func (i virtualInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
