package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var errReadOnly = errors.New("the repository is read-only")

// KustomizeFS shows a view to Kustomize as the file system it expects.
// Relative paths start at a working folder; writes stay in the view.
type KustomizeFS struct {
	*View
	cwd    string
	onRead func(abs string, data []byte) ([]byte, error)
}

// Kustomize adapts a view. onRead sees each file read, and may give Kustomize other bytes or an error instead.
func (v *View) Kustomize(cwd string, onRead func(abs string, data []byte) ([]byte, error)) *KustomizeFS {
	return &KustomizeFS{View: v, cwd: cwd, onRead: onRead}
}

func (k *KustomizeFS) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(k.cwd, name)
}

// Create is refused: Kustomize writes whole files only.
func (*KustomizeFS) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir is refused.
func (*KustomizeFS) Mkdir(string) error { return errReadOnly }

// MkdirAll is refused.
func (*KustomizeFS) MkdirAll(string) error { return errReadOnly }

// RemoveAll is refused.
func (*KustomizeFS) RemoveAll(string) error { return errReadOnly }

// Open gives a file's bytes.
func (k *KustomizeFS) Open(name string) (filesys.File, error) {
	data, err := k.ReadFile(name)
	if err != nil {
		return nil, err
	}
	info, err := k.Stat(k.abs(name))
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: strings.NewReader(string(data)), info: info}, nil
}

// IsDir follows links.
func (k *KustomizeFS) IsDir(name string) bool { return k.View.IsDir(k.abs(name)) }

// Exists follows links.
func (k *KustomizeFS) Exists(name string) bool { return k.View.Exists(k.abs(name)) }

// ReadDir lists names.
func (k *KustomizeFS) ReadDir(name string) ([]string, error) { return k.View.ReadDir(k.abs(name)) }

// CleanedAbs splits a path, after all links, into a folder and a file name; the messages are those of Kustomize's own.
func (k *KustomizeFS) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	target, err := k.Resolve(k.abs(name))
	if err != nil {
		return "", "", fmt.Errorf("evalsymlink failure on '%s' : %w", name, err)
	}
	info, err := k.Stat(target)
	if err != nil {
		k.absent = k.Rel(target)
		return "", "", fmt.Errorf("evalsymlink failure on '%s' : %w", name, err)
	}
	if info.IsDir() {
		return filesys.ConfirmedDir(target), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(target)), filepath.Base(target), nil
}

// ReadFile reads a file, or what the hook makes of it.
func (k *KustomizeFS) ReadFile(name string) ([]byte, error) {
	abs := k.abs(name)
	data, err := k.View.ReadFile(abs)
	if err != nil || k.onRead == nil {
		return data, err
	}
	return k.onRead(abs, data)
}

// WriteFile writes into the view, never to the disk.
func (k *KustomizeFS) WriteFile(name string, data []byte) error {
	return k.Put(k.abs(name), slices.Clone(data))
}

// Walk visits a folder in lexical order, without following links.
func (k *KustomizeFS) Walk(name string, visit filepath.WalkFunc) error {
	return k.View.Walk(k.abs(name), visit)
}

// Glob matches as filepath.Glob does, without hidden files unless the pattern names them.
func (k *KustomizeFS) Glob(pattern string) ([]string, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, err
	}
	abs := k.abs(pattern)
	matches := k.glob(abs)
	for i, match := range matches {
		if !filepath.IsAbs(pattern) {
			if rel, err := filepath.Rel(k.cwd, match); err == nil {
				matches[i] = rel
			}
		}
	}
	if filesys.IsHiddenFilePath(pattern) {
		return matches, nil
	}
	return filesys.RemoveHiddenFiles(matches), nil
}

func (k *KustomizeFS) glob(pattern string) []string {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if k.View.Exists(pattern) {
			return []string{pattern}
		}
		return nil
	}
	folder, file := filepath.Split(pattern)
	var found []string
	for _, parent := range k.glob(filepath.Clean(folder)) {
		if !k.View.IsDir(parent) {
			continue
		}
		names, err := k.View.ReadDir(parent)
		if err != nil {
			continue
		}
		for _, name := range names {
			if ok, _ := filepath.Match(file, name); ok {
				found = append(found, filepath.Join(parent, name))
			}
		}
	}
	return found
}

type openFile struct {
	io.Reader
	info fs.FileInfo
}

func (*openFile) Write([]byte) (int, error)    { return 0, errReadOnly }
func (*openFile) Close() error                 { return nil }
func (f *openFile) Stat() (os.FileInfo, error) { return f.info, nil }
