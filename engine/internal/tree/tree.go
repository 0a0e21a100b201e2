// Package tree confines every file access of a request to one root folder and records it.
package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	// DefaultMaxFileBytes bounds one file where the request names no other limit.
	DefaultMaxFileBytes = 10 << 20
	maxLinks            = 40
)

// Tree is the root folder that a process serves.
type Tree struct {
	root  string
	given string
	mount *mount
	named named
}

// Open resolves the root folder.
func Open(root string) (*Tree, error) {
	given, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	resolved, err := filepath.EvalSymlinks(given)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(resolved)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", root)
	}
	return &Tree{root: resolved, given: given}, nil
}

// View is one request's sight of the tree: virtual files over the disk, and the reads made.
// A view belongs to one goroutine.
type View struct {
	tree     *Tree
	limit    int64
	overlay  map[string][]byte
	folders  map[string]bool
	resolved map[string]resolution
	recorder *Recorder
	refusal  *fault.Error
	absent   string
	pointers []*fault.Error
	hidden   func(rel string, info fs.FileInfo) bool
}

type resolution struct {
	path string
	// info describes what is at the path, where it was looked at and is no link.
	info fs.FileInfo
	err  error
}

// View starts a request's sight of the tree; limit 0 takes the default.
func (t *Tree) View(limit int64, record bool) *View {
	if limit <= 0 {
		limit = DefaultMaxFileBytes
	}
	view := &View{
		tree: t, limit: limit,
		overlay: map[string][]byte{}, folders: map[string]bool{}, resolved: map[string]resolution{},
	}
	if record {
		view.recorder = &Recorder{reads: map[string]Read{}}
	}
	return view
}

// Root is the absolute root folder.
func (v *View) Root() string { return v.tree.root }

// Limit is the size in bytes past which a file is refused.
func (v *View) Limit() int64 { return v.limit }

// Refusal is the first access that was refused, or nil: libraries often hide its cause.
func (v *View) Refusal() *fault.Error { return v.refusal }

// Absent is the last path, relative to the root, that was asked for and not there.
func (v *View) Absent() string { return v.absent }

// Recorder is what was read so far; nil when the request did not ask.
func (v *View) Recorder() *Recorder { return v.recorder }

// Rel makes an absolute path relative to the root, in POSIX form.
func (v *View) Rel(abs string) string {
	rel, err := filepath.Rel(v.tree.root, v.tree.mount.shown(abs))
	if err != nil {
		return filepath.ToSlash(abs)
	}
	return filepath.ToSlash(rel)
}

// Abs makes a path of a request absolute without touching the disk; one that leaves the root is refused.
func (v *View) Abs(rel string) (string, error) {
	if strings.ContainsRune(rel, 0) {
		return "", fault.New(fault.BadRequest, "a path holds a NUL character")
	}
	if path.IsAbs(rel) || filepath.IsAbs(rel) || filepath.VolumeName(rel) != "" {
		return "", v.refuse(fault.At(fault.OutsideRoot, rel, "path %q is absolute; expected one relative to the root", rel))
	}
	abs := filepath.Join(v.tree.root, filepath.FromSlash(rel))
	if !v.within(abs) {
		return "", v.refuse(fault.At(fault.OutsideRoot, rel, "path %q leaves the root", rel))
	}
	return abs, nil
}

func (v *View) within(abs string) bool {
	if abs == v.tree.root || v.tree.mount.holds(abs) {
		return true
	}
	return strings.HasPrefix(abs, strings.TrimRight(v.tree.root, string(filepath.Separator))+string(filepath.Separator))
}

func (v *View) refuse(refusal *fault.Error) error {
	if v.refusal == nil {
		v.refusal = refusal
	}
	return refusal
}

// Put lays a virtual file over the tree.
func (v *View) Put(abs string, data []byte) error {
	target, err := v.Resolve(abs)
	if err != nil {
		return err
	}
	v.overlay[target] = data
	for folder := filepath.Dir(target); v.within(folder) && !v.folders[folder]; folder = filepath.Dir(folder) {
		v.folders[folder] = true
	}
	clear(v.resolved)
	return nil
}

// Resolve follows all links of an absolute path, which need not exist, and refuses one that leaves the root.
func (v *View) Resolve(abs string) (string, error) {
	return v.resolve(filepath.Clean(abs), 0)
}

func (v *View) resolve(abs string, links int) (string, error) {
	if known, ok := v.resolved[abs]; ok {
		return known.path, known.err
	}
	found := v.follow(abs, links)
	v.resolved[abs] = found
	return found.path, found.err
}

func (v *View) follow(abs string, links int) resolution {
	if abs == v.tree.root || v.tree.mount != nil && abs == v.tree.mount.folder {
		return resolution{path: abs}
	}
	if !v.within(abs) {
		return resolution{err: v.refuse(fault.At(fault.OutsideRoot, v.Rel(abs), "path %q leaves the root", v.Rel(abs)))}
	}
	parent, err := v.resolve(filepath.Dir(abs), links)
	if err != nil {
		return resolution{err: err}
	}
	full := v.tree.mount.enter(filepath.Join(parent, filepath.Base(abs)))
	if _, virtual := v.overlay[full]; virtual {
		return resolution{path: full}
	}
	info, err := os.Lstat(full)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return resolution{path: full, info: info}
	}
	if v.hides(full, info) {
		return resolution{err: &fs.PathError{Op: "lstat", Path: abs, Err: syscall.ENOENT}}
	}
	target, err := v.followLink(full, links+1)
	return resolution{path: target, err: err}
}

func (v *View) followLink(link string, links int) (string, error) {
	if links > maxLinks {
		return "", v.refuse(fault.At(fault.Cycle, v.Rel(link), "%s: too many levels of symbolic links", v.Rel(link)))
	}
	target, err := os.Readlink(link)
	if err != nil {
		return "", err
	}
	v.recorder.link(v.Rel(link), target)
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(link), target)
	} else if rest, ok := strings.CutPrefix(target, v.tree.given+string(filepath.Separator)); ok {
		target = filepath.Join(v.tree.root, rest)
	}
	if target = filepath.Clean(target); !v.within(target) {
		return "", v.refuse(fault.At(fault.OutsideRoot, v.Rel(link), "%s: the symbolic link leaves the root", v.Rel(link)))
	}
	return v.resolve(target, links)
}

// Stat describes a path after all links; a virtual file is a regular file.
func (v *View) Stat(abs string) (fs.FileInfo, error) {
	target, err := v.Resolve(abs)
	if err != nil {
		return nil, err
	}
	if data, ok := v.overlay[target]; ok {
		return virtualInfo{name: filepath.Base(abs), size: int64(len(data))}, nil
	}
	info, err := v.lstat(target)
	if err == nil && v.hides(target, info) {
		info, err = nil, syscall.ENOENT
	}
	if err == nil {
		v.recorder.present(v.Rel(target))
		return info, nil
	}
	if v.folders[target] {
		return virtualInfo{name: filepath.Base(abs), dir: true}, nil
	}
	if errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "not a directory") {
		v.recorder.absent(v.Rel(target))
		return nil, &fs.PathError{Op: "lstat", Path: abs, Err: syscall.ENOENT}
	}
	return nil, err
}

// lstat describes a path without links as it was when it was resolved: a request looks at a file once.
func (v *View) lstat(target string) (fs.FileInfo, error) {
	if known := v.resolved[target]; known.path == target && known.info != nil {
		return known.info, nil
	}
	return os.Lstat(target)
}

// ReadFile reads a regular file inside the root, within the size limit.
func (v *View) ReadFile(abs string) ([]byte, error) {
	data, err := v.Peek(abs)
	if err != nil {
		return nil, err
	}
	v.Opened(abs, data)
	if pointer := CheckPointer(v.Rel(abs), data); pointer != nil {
		v.pointers = append(v.pointers, fault.From(pointer))
	}
	return data, nil
}

// Opened records that the answer depends on what a file holds.
func (v *View) Opened(abs string, data []byte) {
	target, err := v.Resolve(abs)
	if _, virtual := v.overlay[target]; err == nil && !virtual {
		v.recorder.file(v.Rel(target), data)
	}
}

// Peek reads as ReadFile does, and records no more than that the file is there.
func (v *View) Peek(abs string) ([]byte, error) {
	info, err := v.Stat(abs)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			v.absent = v.Rel(abs)
			return nil, &fs.PathError{Op: "open", Path: abs, Err: syscall.ENOENT}
		}
		return nil, err
	}
	target, _ := v.Resolve(abs)
	if data, ok := v.overlay[target]; ok {
		return slices.Clone(data), nil
	}
	if err := v.checkRegular(abs, info); err != nil {
		return nil, err
	}
	return os.ReadFile(target)
}

func (v *View) checkRegular(abs string, info fs.FileInfo) error {
	if info.IsDir() {
		return &fs.PathError{Op: "read", Path: abs, Err: errors.New("is a directory")}
	}
	rel := v.Rel(abs)
	if !info.Mode().IsRegular() {
		return v.refuse(fault.At(fault.Failed, rel, "%s is not a regular file (%s)", rel, info.Mode().Type()))
	}
	if info.Size() > v.limit {
		return v.refuse(fault.At(fault.TooLarge, rel, "%s has %d bytes; the limit is %d", rel, info.Size(), v.limit))
	}
	return nil
}

// ReadDir lists a folder's entries, virtual ones included, by name.
func (v *View) ReadDir(abs string) ([]string, error) {
	target, err := v.Resolve(abs)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	entries, err := os.ReadDir(target)
	if err != nil && !v.folders[target] {
		if errors.Is(err, fs.ErrNotExist) {
			v.recorder.absent(v.Rel(target))
			v.absent = v.Rel(abs)
		}
		return nil, err
	}
	for _, entry := range entries {
		if v.hidden != nil {
			if info, err := entry.Info(); err != nil || v.hides(filepath.Join(target, entry.Name()), info) {
				continue
			}
		}
		names[entry.Name()] = true
	}
	v.recorder.folder(v.Rel(target), sortedKeys(names))
	for file := range v.overlay {
		if filepath.Dir(file) == target {
			names[filepath.Base(file)] = true
		}
	}
	for folder := range v.folders {
		if filepath.Dir(folder) == target && folder != target {
			names[filepath.Base(folder)] = true
		}
	}
	return sortedKeys(names), nil
}

// IsDir says whether a path is a folder, after all links.
func (v *View) IsDir(abs string) bool {
	info, err := v.Stat(abs)
	return err == nil && info.IsDir()
}

// Exists says whether there is anything at a path, after all links.
func (v *View) Exists(abs string) bool {
	_, err := v.Stat(abs)
	return err == nil
}

func sortedKeys(names map[string]bool) []string {
	keys := make([]string, 0, len(names))
	for name := range names {
		keys = append(keys, name)
	}
	slices.Sort(keys)
	return keys
}
