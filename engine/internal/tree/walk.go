package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Walk visits a folder in lexical order as filepath.Walk does: links are shown, not followed.
func (v *View) Walk(abs string, visit filepath.WalkFunc) error {
	info, err := v.Lstat(abs)
	if err != nil {
		err = visit(abs, nil, err)
	} else {
		err = v.walk(abs, info, visit)
	}
	if errors.Is(err, filepath.SkipDir) || errors.Is(err, filepath.SkipAll) {
		return nil
	}
	return err
}

func (v *View) walk(abs string, info fs.FileInfo, visit filepath.WalkFunc) error {
	if !info.IsDir() {
		return visit(abs, info, nil)
	}
	names, listErr := v.ReadDir(abs)
	if err := visit(abs, info, listErr); listErr != nil || err != nil {
		return err
	}
	for _, name := range names {
		child := filepath.Join(abs, name)
		childInfo, err := v.Lstat(child)
		if err != nil {
			err = visit(child, childInfo, err)
		} else {
			err = v.walk(child, childInfo, visit)
		}
		if err != nil && (!errors.Is(err, filepath.SkipDir) || childInfo == nil || !childInfo.IsDir()) {
			return err
		}
	}
	return nil
}

// Lstat describes a path without following its last link.
func (v *View) Lstat(abs string) (fs.FileInfo, error) {
	parent, err := v.Resolve(filepath.Dir(abs))
	if abs == v.tree.root {
		parent, err = abs, nil
	}
	if err != nil {
		return nil, err
	}
	full := parent
	if abs != v.tree.root {
		full = filepath.Join(parent, filepath.Base(abs))
	}
	if _, virtual := v.overlay[full]; virtual {
		return v.Stat(full)
	}
	info, err := os.Lstat(full)
	if err != nil && v.folders[full] {
		return virtualInfo{name: filepath.Base(full), dir: true}, nil
	}
	return info, err
}
