package tree

import (
	"path/filepath"
	"strings"
)

// MountPoint is where a tree shows what was fetched for it, relative to the root. Nothing of that name is in a
// repository, so no walk over it comes there: what was fetched is read only by who names it.
const MountPoint = ".gitlint-ops/unpacked"

// mount is a second folder of the disk, shown below the root.
type mount struct{ point, folder string }

// Mount shows a folder at the mount point. What stands there in the repository itself is not seen.
func (t *Tree) Mount(folder string) error {
	opened, err := Open(folder)
	if err != nil {
		return err
	}
	t.mount = &mount{filepath.Join(t.root, filepath.FromSlash(MountPoint)), opened.root}
	return nil
}

func (m *mount) holds(abs string) bool {
	return m != nil && (abs == m.folder || strings.HasPrefix(abs, m.folder+string(filepath.Separator)))
}

// shown gives the path below the mount point for one in the mounted folder; others stay as they are.
func (m *mount) shown(abs string) string {
	if !m.holds(abs) {
		return abs
	}
	return m.point + strings.TrimPrefix(abs, m.folder)
}

// enter gives the mounted folder for the mount point.
func (m *mount) enter(abs string) string {
	if m != nil && abs == m.point {
		return m.folder
	}
	return abs
}
