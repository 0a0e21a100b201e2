package tree

import (
	"bytes"
	"path"
	"strings"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// maxPointerBytes is the size below which Git LFS takes a file for a pointer (docs/spec.md of git-lfs).
const maxPointerBytes = 1024

var pointerStart = []byte("version https://git-lfs.github.com/spec/v1\n")

// CheckPointer refuses what a checkout without Git LFS has in the place of a file; name is relative to the root.
func CheckPointer(name string, data []byte) error {
	if len(data) < maxPointerBytes && bytes.HasPrefix(data, pointerStart) {
		return fault.At(fault.LFSPointer, name, "'%s' is a Git LFS pointer, not the file itself: run 'git lfs pull'", name)
	}
	return nil
}

// BlamePointer gives, of the files that were read, the Git LFS pointer that an error is about; else the error itself.
func (v *View) BlamePointer(wrong *fault.Error) *fault.Error {
	for _, pointer := range v.pointers {
		if pointer.Path == wrong.Path || strings.Contains(wrong.Message, path.Base(pointer.Path)) {
			return pointer
		}
	}
	return wrong
}
