package verbs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	defaultValues  = "values.yaml"
	defaultRelease = "release-name"
)

// The ways in which valuesInline and the values file come together: what wins, or the inline ones alone.
const (
	mergeMerge    = "merge"
	mergeOverride = "override"
	mergeReplace  = "replace"
)

var mergeOptions = []string{mergeMerge, mergeOverride, mergeReplace}

// release gives the name that `helm template` chooses for Kustomize's arguments (pkg/action/install.go, NameAndChart).
// Without a name it is not a generated one, as `helm template` has a name of its own by then.
func (g *chartGenerator) release() (string, error) {
	switch {
	case g.NameTemplate == "":
		return cmp.Or(g.ReleaseName, defaultRelease), nil
	case g.ReleaseName != "":
		return "", errors.New("cannot set --name-template and also specify a name")
	}
	parsed, err := template.New("name-template").Funcs(safeFunctions()).Parse(g.NameTemplate)
	if err != nil {
		return "", err
	}
	var name strings.Builder
	err = parsed.Execute(&name, nil)
	return name.String(), err
}

// values merges what Kustomize passes to helm with -f: one file that it writes, then the additional ones.
func (g *chartGenerator) values(job *inflation, isMapped bool) (map[string]any, error) {
	text, err := g.valuesText(job, isMapped)
	if err != nil {
		return nil, err
	}
	merged, err := loader.LoadValues(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("failed to parse the values of chart %s: %w", g.Name, err)
	}
	for _, abs := range g.AdditionalValuesFiles {
		more, err := job.valuesFile(g.build.view.Rel(abs))
		if err != nil {
			return nil, err
		}
		merged = loader.MergeMaps(merged, more)
	}
	return merged, nil
}

// valuesText gives the file of values, with the inline ones merged as valuesMerge says.
func (g *chartGenerator) valuesText(job *inflation, isMapped bool) ([]byte, error) {
	if len(g.ValuesInline) > 0 && g.ValuesMerge == mergeReplace {
		return yaml.Marshal(g.ValuesInline)
	}
	text, err := g.valuesFile(job, isMapped)
	if err != nil || len(g.ValuesInline) == 0 {
		return text, err
	}
	return g.withInline(text)
}

// valuesFile reads valuesFile through Kustomize's loader, by default that of the chart: there it must exist.
func (g *chartGenerator) valuesFile(job *inflation, isMapped bool) ([]byte, error) {
	if g.ValuesFile == "" && isMapped {
		return job.file(defaultValues), nil
	}
	name := cmp.Or(g.ValuesFile, filepath.Join(g.folder(), defaultValues))
	text, err := g.helpers.Loader().Load(name)
	if err == nil {
		return text, nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(g.helpers.Loader().Root(), name)
	}
	if !looksRemote(g.ValuesFile) && !g.build.view.Exists(name) {
		rel := g.build.view.Rel(name)
		return nil, fault.At(fault.MissingFile, rel, "helmCharts: chart %s needs the values file %s, which is not there", g.Name, rel)
	}
	return nil, err
}

func (g *chartGenerator) withInline(text []byte) ([]byte, error) {
	file, err := kyaml.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("could not parse values file into rnode: %w", err)
	}
	inline, err := kyaml.FromMap(g.ValuesInline)
	if err != nil {
		return nil, fmt.Errorf("could not parse values inline into rnode: %w", err)
	}
	from, into := inline, file
	if g.ValuesMerge == mergeMerge {
		from, into = file, inline
	}
	merged, err := merge2.Merge(from, into, kyaml.MergeOptions{})
	if err != nil {
		return nil, fmt.Errorf("could not merge values: %w", err)
	}
	values, err := merged.Map()
	if err != nil {
		return nil, fmt.Errorf("could not parse merged values into map: %w", err)
	}
	return yaml.Marshal(values)
}
