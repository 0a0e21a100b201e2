package verbs

import (
	"fmt"
	_ "unsafe" // for go:linkname

	"sigs.k8s.io/kustomize/api/resmap"
)

// generatorFactories is Kustomize's table of built-in generators, which it does not export. Its own generator for
// charts runs a helm program on the real file system; an entry of this table is the one place where ours can take
// its part for each kustomization of a build, in Kustomize's order and with Kustomize's settings.
//
//go:linkname generatorFactories sigs.k8s.io/kustomize/api/internal/plugins/builtinhelpers.GeneratorFactories
var generatorFactories map[int]func() resmap.GeneratorPlugin

const kustomizeChartGenerator = "*builtins.HelmChartInflationGeneratorPlugin"

func init() {
	for number, factory := range generatorFactories {
		if fmt.Sprintf("%T", factory()) == kustomizeChartGenerator {
			generatorFactories[number] = func() resmap.GeneratorPlugin { return &chartGenerator{} }
			return
		}
	}
	panic("Kustomize's table of generators has no " + kustomizeChartGenerator)
}
