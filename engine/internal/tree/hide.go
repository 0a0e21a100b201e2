package tree

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
)

// Hide makes a request see only what a predicate leaves: a hidden path is absent. Virtual files are always seen.
func (v *View) Hide(hidden func(rel string, info fs.FileInfo) bool) {
	v.hidden = hidden
	clear(v.resolved)
}

func (v *View) hides(abs string, info fs.FileInfo) bool {
	return v.hidden != nil && info != nil && v.hidden(v.Rel(abs), info)
}

// named remembers where files of a name lie in the whole tree: a walk over it is dear.
type named struct {
	sync.Mutex
	files map[string][]string
}

// FilesNamed finds all files of a name in the tree, outside .git, and records the search where asked.
func (v *View) FilesNamed(name string) ([]string, error) {
	v.recorder.named(name)
	cache := &v.tree.named
	cache.Lock()
	defer cache.Unlock()
	if found, known := cache.files[name]; known {
		return found, nil
	}
	found := []string{}
	err := filepath.WalkDir(v.tree.root, func(abs string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrPermission):
			return fs.SkipDir
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.Name() == name && entry.Type().IsRegular():
			found = append(found, abs)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if cache.files == nil {
		cache.files = map[string][]string{}
	}
	cache.files[name] = found
	return found, nil
}
