package verbs

import "github.com/gitlint-ops/gitlint-ops/engine/internal/server"

// All gives every verb by its name in the protocol.
func All() map[string]server.Verb {
	return map[string]server.Verb{
		"read":      ReadFiles,
		"kustomize": Kustomize,
		"helm":      Helm,
		"directory": Directory,
		"template":  Template,
		"match":     Match,
		"fetch":     Fetch,
	}
}
