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
	if r != nil && r.isNew(path, "file") {
		r.reads[path] = Read{path, "file", Digest(data)}
	}
}

func (r *Recorder) folder(path string, names []string) {
	if r != nil && r.isNew(path, "folder") {
		r.reads[path] = Read{path, "folder", Digest([]byte(strings.Join(names, "\n")))}
	}
}

func (r *Recorder) absent(path string) {
	if r != nil && r.isNew(path, "absent") {
		r.reads[path] = Read{path, "absent", ""}
	}
}

// present records that something was there, a file or a folder, of which nothing was read.
func (r *Recorder) present(path string) {
	if r != nil && r.isNew(path, "present") {
		r.reads[path] = Read{path, "present", ""}
	}
}

// link records where a symbolic link led.
func (r *Recorder) link(path, target string) {
	if r != nil && r.isNew(path, "link") {
		r.reads[path] = Read{path, "link", Digest([]byte(target))}
	}
}

// named records a search of the whole tree for the files of a name.
func (r *Recorder) named(name string) {
	if r != nil {
		r.reads["**/"+name] = Read{name, "named", ""}
	}
}

// isNew says whether an access tells more of a path than those before: what was read or listed was present.
func (r *Recorder) isNew(path, kind string) bool {
	known, there := r.reads[path]
	return !there || known.Kind == "present" && kind != "present"
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
	slices.SortFunc(reads, func(a, b Read) int {
		return strings.Compare(a.Path+"\x00"+a.Kind, b.Path+"\x00"+b.Kind)
	})
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
