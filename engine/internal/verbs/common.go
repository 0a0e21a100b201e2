package verbs

import (
	"slices"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// putFiles lays a request's virtual files over the tree.
func putFiles(view *tree.View, files map[string]string) error {
	for _, name := range sortedNames(files) {
		abs, err := view.Abs(name)
		if err != nil {
			return err
		}
		if err := view.Put(abs, []byte(files[name])); err != nil {
			return err
		}
	}
	return nil
}

func sortedNames[V any](values map[string]V) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
