package verbs

import (
	"cmp"
	"encoding/json"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	release "helm.sh/helm/v4/pkg/release/v1"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

type helmRequest struct {
	Chart                string             `json:"chart"`
	Helm                 int                `json:"helm"`
	Release              string             `json:"release"`
	Namespace            string             `json:"namespace"`
	Layers               []helmLayer        `json:"layers"`
	KubeVersion          string             `json:"kube_version"`
	APIVersions          []string           `json:"api_versions"`
	IncludeCRDs          bool               `json:"include_crds"`
	SkipTests            bool               `json:"skip_tests"`
	Hooks                *bool              `json:"hooks"`
	SkipSchemaValidation bool               `json:"skip_schema_validation"`
	ChartValuesFiles     []string           `json:"chart_values_files"`
	PostRenderers        []helmPostRenderer `json:"post_renderers"`
	CommonMetadata       *commonMetadata    `json:"common_metadata"`
	YAML                 bool               `json:"yaml"`
	Provenance           bool               `json:"provenance"`
	ShowValues           bool               `json:"show_values"`
	OnlyReads            bool               `json:"only_reads"`
	Files                map[string]string  `json:"files"`
	Charts               chartPlaces        `json:"charts"`
}

type helmResult struct {
	Objects []json.RawMessage  `json:"objects"`
	Origins []helmOrigin       `json:"origins"`
	Lines   []map[string][]any `json:"lines,omitempty"`
	Values  map[string]any     `json:"values,omitempty"`
	Chart   chartIdentity      `json:"chart"`
	YAML    *string            `json:"yaml,omitempty"`
}

type helmOrigin struct {
	Path string `json:"path"`
	Line int    `json:"line"`
	Hook bool   `json:"hook,omitempty"`
	// Repeated are the fields whose keys the rendered text has twice.
	Repeated []yamldoc.FieldPath `json:"repeated,omitempty"`
}

type chartIdentity struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"app_version"`
}

// Helm renders a chart as `helm template` does.
func Helm(call *server.Call) (any, error) {
	var request helmRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	if err := putFiles(call.View, request.Files); err != nil {
		return nil, err
	}
	if err := checkHelm(request.Helm); err != nil {
		return nil, err
	}
	job := &inflation{call: call, view: call.View, request: &request}
	if err := job.load(); err != nil {
		return nil, err
	}
	values, err := job.mergeLayers()
	if err != nil {
		return nil, err
	}
	job.values = values
	if request.OnlyReads {
		_, err := job.chart()
		return struct{}{}, err
	}
	return job.render()
}

func (i *inflation) render() (*helmResult, error) {
	loaded, err := i.chart()
	if err != nil {
		return nil, err
	}
	shown, err := i.effectiveValues()
	if err != nil {
		return nil, err
	}
	rendered, err := i.install(loaded)
	if err != nil {
		return nil, i.explain(err)
	}
	documents, err := i.documents(rendered)
	if err != nil {
		return nil, err
	}
	result := &helmResult{Objects: make([]json.RawMessage, 0, len(documents)), Values: shown, Chart: identify(loaded)}
	if i.request.YAML {
		text := templateOutput(rendered, i.hooks(rendered))
		result.YAML = &text
	}
	for _, document := range documents {
		result.Objects = append(result.Objects, document.value)
	}
	result.Origins, result.Lines = i.origins(documents)
	return result, nil
}

// origins gives each document's template, and with provenance the lines that wrote its fields.
func (i *inflation) origins(documents []renderedDocument) ([]helmOrigin, []map[string][]any) {
	origins := make([]helmOrigin, 0, len(documents))
	for _, document := range documents {
		origins = append(origins, helmOrigin{
			Path: i.repositoryPath(document.source), Line: i.templateLine(document.source), Hook: document.hook,
			Repeated: document.repeated,
		})
	}
	if !i.request.Provenance {
		return origins, nil
	}
	written := i.lines(documents)
	for number, lines := range written {
		if place := lines[""]; place != nil {
			origins[number].Path, origins[number].Line = place[0].(string), place[1].(int)
		}
	}
	return origins, written
}

func identify(loaded *chart.Chart) chartIdentity {
	return chartIdentity{Name: loaded.Metadata.Name, Version: loaded.Metadata.Version, AppVersion: loaded.Metadata.AppVersion}
}

// checkHelm refuses a major version of Helm that the engine does not have; 0 stands for the newest.
func checkHelm(major int) error {
	if major != 0 && major != helm3 && major != helm4 {
		return fault.New(fault.BadRequest, "helm is %d; expected %d or %d", major, helm3, helm4)
	}
	return nil
}

// install runs Helm's own dry-run installation, which is what `helm template` does. Of output that is no YAML it gives
// the release too, with all texts as its manifest.
func (i *inflation) install(loaded *chart.Chart) (*release.Release, error) {
	if i.request.Helm == helm3 {
		return i.install3(loaded)
	}
	client := action.NewInstall(action.NewConfiguration())
	client.DryRunStrategy = action.DryRunClient
	client.Replace = true
	client.ReleaseName, client.Namespace = i.request.releaseName(), i.request.releaseNamespace()
	client.APIVersions = common.VersionSet(i.request.APIVersions)
	client.IncludeCRDs = i.request.IncludeCRDs
	client.SkipSchemaValidation = i.request.SkipSchemaValidation
	client.PostRenderer = i.request.postRenderer()
	if i.request.KubeVersion != "" {
		version, err := common.ParseKubeVersion(i.request.KubeVersion)
		if err != nil {
			return nil, i.wrongKubeVersion(err)
		}
		client.KubeVersion = version
	}
	found, err := client.Run(loaded, i.copyValues())
	rendered, ok := found.(*release.Release)
	if err != nil {
		return rendered, err
	}
	if !ok {
		return nil, fault.New(fault.Failed, "the release has the unknown type %T", found)
	}
	return rendered, nil
}

func (r *helmRequest) releaseName() string {
	return cmp.Or(r.Release, defaultRelease)
}

func (r *helmRequest) releaseNamespace() string {
	return cmp.Or(r.Namespace, "default")
}

func (i *inflation) wrongKubeVersion(err error) error {
	return fault.New(fault.Failed, "kube_version %q is not a version: %v", i.request.KubeVersion, err)
}

// hooks are the hooks that the request wants in the output.
func (i *inflation) hooks(rendered *release.Release) []*release.Hook {
	if i.request.Hooks != nil && !*i.request.Hooks {
		return nil
	}
	var wanted []*release.Hook
	for _, hook := range rendered.Hooks {
		if !i.request.SkipTests || !isTest(hook) {
			wanted = append(wanted, hook)
		}
	}
	return wanted
}

func isTest(hook *release.Hook) bool {
	for _, event := range hook.Events {
		if event == release.HookTest {
			return true
		}
	}
	return false
}

// repositoryPath makes the path that Helm gives a template (it begins with the chart's name) relative to the root.
func (i *inflation) repositoryPath(source string) string {
	_, below, found := strings.Cut(source, "/")
	if !found {
		return ""
	}
	if location, ok := i.sources[below]; ok {
		return location
	}
	if inner, within := strings.CutPrefix(below, "charts/"); within {
		name, rest, _ := strings.Cut(inner, "/")
		if folder, ok := i.folders[name]; ok {
			return path.Join(folder, rest)
		}
	}
	return path.Join(i.view.Rel(i.folder), below)
}
