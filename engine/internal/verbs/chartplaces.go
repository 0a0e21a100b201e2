package verbs

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// chartPlaces gives the folders of charts that were fetched, or that this repository holds elsewhere, by repository, name and version as they are written where
// the chart is asked for, with a blank between them.
type chartPlaces map[string]string

// folder gives the absolute folder of a chart, "" where it was not fetched.
func (p chartPlaces) folder(view *tree.View, repository, name, version string) string {
	place, known := p[repository+" "+name+" "+version]
	if !known {
		return ""
	}
	abs, err := view.Abs(place)
	if err != nil || !view.Exists(filepath.Join(abs, "Chart.yaml")) {
		return ""
	}
	return abs
}

// addDependencies puts the dependencies that lie elsewhere where `helm dependency build` puts them: into charts/.
func (i *inflation) addDependencies() error {
	var metadata chart.Metadata
	if len(i.request.Charts) == 0 || yaml.Unmarshal(i.file("Chart.yaml"), &metadata) != nil {
		// What is wrong with Chart.yaml is said where the chart is loaded.
		return nil
	}
	// A chart that is wanted under several aliases is there once.
	added := map[string]bool{}
	for at, wanted := range metadata.Dependencies {
		if wanted == nil {
			continue
		}
		folder := i.request.Charts.folder(i.view, wanted.Repository, wanted.Name, wanted.Version)
		if folder == "" {
			continue
		}
		i.folders[cmp.Or(wanted.Alias, wanted.Name)] = i.view.Rel(folder)
		if added[folder] {
			continue
		}
		added[folder] = true
		if err := i.addDependency(folder, fmt.Sprintf("charts/%d-%s", at, wanted.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (i *inflation) addDependency(folder, place string) error {
	dependency := &inflation{call: i.call, view: i.view, request: &helmRequest{Chart: i.view.Rel(folder)}}
	if err := dependency.load(); err != nil {
		return err
	}
	maps.Copy(i.extra, dependency.extra)
	for _, file := range dependency.files {
		name := path.Join(place, file.Name)
		i.sources[name] = path.Join(i.view.Rel(folder), file.Name)
		i.files = append(i.files, &archive.BufferedFile{Name: name, ModTime: file.ModTime, Data: file.Data})
	}
	return nil
}
