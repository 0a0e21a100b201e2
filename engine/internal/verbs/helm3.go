package verbs

import (
	"path/filepath"

	action3 "helm.sh/helm/v3/pkg/action"
	chart3 "helm.sh/helm/v3/pkg/chart"
	loader3 "helm.sh/helm/v3/pkg/chart/loader"
	chartutil3 "helm.sh/helm/v3/pkg/chartutil"
	release3 "helm.sh/helm/v3/pkg/release"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	release "helm.sh/helm/v4/pkg/release/v1"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// helm3 and helm4 are the major versions that a request may name: they treat a null in values differently.
const (
	helm3 = 3
	helm4 = 4
)

// chart3 makes Helm 3's chart of the files, with the values of the chart that Helm 4 has loaded.
func (i *inflation) chart3(loaded *chart.Chart) (*chart3.Chart, error) {
	files := make([]*loader3.BufferedFile, 0, len(i.files))
	for _, file := range i.files {
		files = append(files, &loader3.BufferedFile{Name: filepath.ToSlash(file.Name), Data: file.Data})
	}
	older, err := loader3.LoadFiles(files)
	if err != nil {
		return nil, fault.At(fault.Failed, i.view.Rel(i.folder), "%v", err)
	}
	older.Values = loaded.Values
	return older, nil
}

// install3 is install by Helm 3, which Argo CD has before 3.5 and Flux before 2.8.
func (i *inflation) install3(loaded *chart.Chart) (*release.Release, error) {
	older, err := i.chart3(loaded)
	if err != nil {
		return nil, err
	}
	client := action3.NewInstall(&action3.Configuration{
		Capabilities: chartutil3.DefaultCapabilities, Log: func(string, ...any) {},
	})
	client.DryRun, client.ClientOnly, client.Replace = true, true, true
	client.ReleaseName, client.Namespace = i.request.releaseName(), i.request.releaseNamespace()
	client.APIVersions = chartutil3.VersionSet(i.request.APIVersions)
	client.IncludeCRDs = i.request.IncludeCRDs
	client.SkipSchemaValidation = i.request.SkipSchemaValidation
	client.PostRenderer = i.request.postRenderer()
	if i.request.KubeVersion != "" {
		if client.KubeVersion, err = chartutil3.ParseKubeVersion(i.request.KubeVersion); err != nil {
			return nil, i.wrongKubeVersion(err)
		}
	}
	rendered, err := client.Run(older, i.copyValues())
	return fromHelm3(rendered), err
}

// fromHelm3 gives what is printed of a release in Helm 4's type.
func fromHelm3(rendered *release3.Release) *release.Release {
	if rendered == nil {
		return nil
	}
	newer := &release.Release{Name: rendered.Name, Namespace: rendered.Namespace, Manifest: rendered.Manifest}
	for _, hook := range rendered.Hooks {
		copied := &release.Hook{Name: hook.Name, Kind: hook.Kind, Path: hook.Path, Manifest: hook.Manifest, Weight: hook.Weight}
		for _, event := range hook.Events {
			copied.Events = append(copied.Events, release.HookEvent(event))
		}
		newer.Hooks = append(newer.Hooks, copied)
	}
	return newer
}

// effectiveValues3 is effectiveValues by Helm 3.
func (i *inflation) effectiveValues3(loaded *chart.Chart) (map[string]any, error) {
	older, err := i.chart3(loaded)
	if err != nil {
		return nil, err
	}
	values := i.copyValues()
	if err := chartutil3.ProcessDependenciesWithMerge(older, values); err != nil {
		return nil, err
	}
	return chartutil3.CoalesceValues(older, values)
}
