package verbs

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

// inflating holds the builds that may inflate charts, by the name of the helm command that each gives to Kustomize:
// that is the one text which Kustomize hands from a build to its generators.
var inflating struct {
	builds sync.Map
	count  atomic.Int64
}

// helmConfig lets Kustomize inflate charts for this build where the request wants it, until done is called.
func (b *build) helmConfig() (config types.HelmConfig, done func()) {
	if !b.request.EnableHelm {
		return types.HelmConfig{}, func() {}
	}
	command := "engine:" + strconv.FormatInt(inflating.count.Add(1), 10)
	inflating.builds.Store(command, b)
	config = types.HelmConfig{
		Enabled: true, Command: command, KubeVersion: b.request.KubeVersion, ApiVersions: b.request.APIVersions,
	}
	return config, func() { inflating.builds.Delete(command) }
}

// chartGenerator is Kustomize's HelmChartInflationGenerator with the engine's Helm in place of a program. The order of
// its steps and their errors are those of api/internal/builtins/HelmChartInflationGenerator.go.
type chartGenerator struct {
	types.HelmGlobals
	types.HelmChart
	helpers *resmap.PluginHelpers
	build   *build
	config  string
}

// Config reads the generator's settings; the build's versions hold where it names none.
func (g *chartGenerator) Config(helpers *resmap.PluginHelpers, config []byte) error {
	settings := helpers.GeneralConfig().HelmConfig
	if !settings.Enabled {
		return errors.New("must specify --enable-helm")
	}
	found, known := inflating.builds.Load(settings.Command)
	if !known {
		return fmt.Errorf("no build has the helm command %q", settings.Command)
	}
	g.helpers, g.build, g.config = helpers, found.(*build), string(config)
	g.KubeVersion, g.ApiVersions = settings.KubeVersion, slices.Clone(settings.ApiVersions)
	if err := yaml.Unmarshal(config, g); err != nil {
		return err
	}
	return g.validate()
}

func (g *chartGenerator) validate() error {
	if g.Name == "" {
		return errors.New("chart name cannot be empty")
	}
	g.ChartHome = cmp.Or(g.ChartHome, types.HelmDefaultHome)
	for number, file := range g.AdditionalValuesFiles {
		// Loading holds the load restrictions.
		if _, err := g.helpers.Loader().Load(file); err != nil {
			return fmt.Errorf("could not load additionalValuesFile: %w", err)
		}
		g.AdditionalValuesFiles[number] = filepath.Join(g.helpers.Loader().Root(), file)
	}
	g.ValuesMerge = cmp.Or(g.ValuesMerge, mergeOverride)
	if !slices.Contains(mergeOptions, g.ValuesMerge) {
		return fmt.Errorf("valuesMerge must be one of %v", mergeOptions)
	}
	return nil
}

// folder is where Kustomize looks for the chart.
func (g *chartGenerator) folder() string {
	home := g.ChartHome
	if !filepath.IsAbs(home) {
		home = filepath.Join(g.helpers.Loader().Root(), home)
	}
	if g.Version != "" && g.Repo != "" {
		home = filepath.Join(home, g.Name+"-"+g.Version)
	}
	return filepath.Join(home, g.Name)
}

// Generate inflates the chart.
func (g *chartGenerator) Generate() (resmap.ResMap, error) {
	output, err := g.inflate()
	if err != nil {
		g.build.chartFailure = fault.From(err)
		return nil, err
	}
	resources, err := g.helpers.ResmapFactory().NewResMapFromBytes(g.build.markInflated(output))
	if err != nil {
		return nil, fmt.Errorf("could not parse bytes into resource map: %w", err)
	}
	for _, one := range resources.Resources() {
		if err := one.PipeE(kyaml.SetAnnotation(konfig.HelmGeneratedAnnotation, "true")); err != nil {
			return nil, fmt.Errorf("failed to set helm annotation: %w", err)
		}
	}
	return resources, nil
}

// inflated is what Helm prints for a chart, with its documents.
type inflated struct {
	text      string
	documents []renderedDocument
	origins   []helmOrigin
	lines     []map[string][]any
}

// inflate renders the chart; a build that is done again takes what was rendered before.
func (g *chartGenerator) inflate() (*inflated, error) {
	key := g.helpers.Loader().Root() + "\n" + g.config
	if known := g.build.inflated[key]; known != nil {
		return known, nil
	}
	job, err := g.chart()
	if err != nil {
		return nil, err
	}
	output, err := job.inflated()
	if err != nil {
		return nil, err
	}
	if g.build.inflated == nil {
		g.build.inflated = map[string]*inflated{}
	}
	g.build.inflated[key] = output
	return output, nil
}

func (g *chartGenerator) chart() (*inflation, error) {
	release, err := g.release()
	if err != nil {
		return nil, err
	}
	folder, isMapped, err := g.find()
	if err != nil {
		return nil, err
	}
	hooks := !g.SkipHooks
	job := &inflation{call: g.build.call, view: g.build.view, request: &helmRequest{
		Chart: g.build.view.Rel(folder), Helm: g.build.request.Helm, Release: release, Namespace: g.Namespace,
		KubeVersion: g.KubeVersion, APIVersions: g.ApiVersions,
		IncludeCRDs: g.IncludeCRDs, SkipTests: g.SkipTests, Hooks: &hooks, Provenance: g.build.request.Provenance,
	}}
	if err := job.load(); err != nil {
		return nil, err
	}
	job.values, err = g.values(job, isMapped)
	return job, err
}

// find gives the chart's folder, or what a mapped repository has for it.
func (g *chartGenerator) find() (folder string, isMapped bool, err error) {
	view := g.build.view
	folder = g.folder()
	if view.IsDir(folder) {
		return folder, false, nil
	}
	if g.Repo == "" {
		missing := view.Rel(folder)
		return "", false, fault.At(fault.MissingFile, missing, "no repo specified for pull, no chart found at '%s'", missing)
	}
	if found := g.build.mappedChart(g.Repo, g.Name, g.Version); found != "" {
		return found, true, nil
	}
	wanted := strings.TrimSpace(g.Name + " " + g.Version)
	absent := fault.New(fault.NeedsNetwork, "helmCharts: chart %s must be fetched from %s", wanted, g.Repo)
	absent.URL = g.Repo
	return "", false, absent
}

// inflated renders the chart as text, as Kustomize reads it from helm, and takes the text apart.
func (i *inflation) inflated() (*inflated, error) {
	loaded, err := i.chart()
	if err != nil {
		return nil, err
	}
	rendered, err := i.install(loaded)
	if err != nil {
		return nil, i.explain(err)
	}
	output := &inflated{text: templateOutput(rendered, i.hooks(rendered))}
	if output.documents, err = splitManifest(output.text, ""); err != nil {
		return nil, err
	}
	output.origins, output.lines = i.origins(output.documents)
	return output, nil
}

// markInflated gives a chart's output with a comment before each document that names its template.
func (b *build) markInflated(output *inflated) []byte {
	if b.tracking == untracked {
		return []byte(output.text)
	}
	next := 0
	return b.markEach([]byte(output.text), func(part yamldoc.Document) *sourceDocument {
		if next >= len(output.documents) || output.documents[next].text != string(part.Text) {
			return nil
		}
		origin := output.origins[next]
		described := &sourceDocument{path: origin.Path, line: origin.Line, text: part.Text}
		if output.lines != nil {
			described.lines = output.lines[next]
		}
		for next++; next < len(output.documents) && output.documents[next].isLaterItem(); next++ {
		}
		return described
	})
}

// inflatedLines gives the template lines of each object's fields, nothing for what no chart wrote.
func (b *build) inflatedLines(resources []*resource.Resource) []map[string][]any {
	if len(b.inflated) == 0 {
		return nil
	}
	lines := make([]map[string][]any, len(resources))
	for number, one := range resources {
		lines[number] = map[string][]any{}
		if document := b.marked(one); document != nil && document.lines != nil {
			lines[number] = document.lines
		}
	}
	return lines
}

// mappedChart finds a chart in the folder that stands for its repository; "" where there is none.
func (b *build) mappedChart(repository, name, version string) string {
	if found := b.request.Charts.folder(b.view, repository, name, version); found != "" {
		return found
	}
	folder, known := b.request.Remotes[repository]
	if !known {
		return ""
	}
	home, err := b.view.Abs(folder)
	if err != nil {
		return ""
	}
	for _, candidate := range []string{filepath.Join(home, name), filepath.Join(home, name+"-"+version+".tgz"), home} {
		if b.view.Exists(filepath.Join(candidate, "Chart.yaml")) || strings.HasSuffix(candidate, ".tgz") && b.view.Exists(candidate) {
			return candidate
		}
	}
	return ""
}

// blameChart gives the failure of a chart, at the kustomization that inflates it where it has no place of its own.
func (b *build) blameChart() error {
	failed := *b.chartFailure
	if failed.Path != "" || len(b.read) == 0 {
		return &failed
	}
	for _, loaded := range slices.Backward(b.read) {
		for _, entry := range loaded.parsed.HelmCharts {
			if failed.URL == "" || entry.Repo == failed.URL {
				failed.Path, failed.Line = b.view.Rel(loaded.path), lineOf(loaded.data, "name: "+entry.Name)
				return &failed
			}
		}
	}
	failed.Path = b.view.Rel(b.read[len(b.read)-1].path)
	return &failed
}
