package verbs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	ci "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/ignore"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

const maxChartBytes = 100 << 20

var utf8BOM = []byte("\uFEFF")

// inflation is one rendering of one chart.
type inflation struct {
	call    *server.Call
	view    *tree.View
	request *helmRequest
	folder  string
	files   []*archive.BufferedFile
	// sources gives the repository path of a file of the chart where it is not simply below the chart's folder.
	sources map[string]string
	// folders gives the repository path of the charts that addDependencies added, by the name that Helm gives them.
	folders map[string]string
	values  map[string]any
	// extra are the files that only .Files could give to a template, by absolute path.
	extra map[string][]byte
}

// load reads the chart's files; every file is opened through the view.
func (i *inflation) load() error {
	abs, err := i.view.Abs(i.request.Chart)
	if err != nil {
		return err
	}
	if i.folder, err = i.view.Resolve(abs); err != nil {
		return err
	}
	i.sources, i.folders, i.extra = map[string]string{}, map[string]string{}, map[string][]byte{}
	info, err := i.view.Stat(i.folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.At(fault.MissingFile, i.request.Chart, "there is no chart at %s", i.request.Chart)
	case err != nil:
		return err
	case info.IsDir():
		return i.loadFolder()
	}
	return i.loadArchive()
}

func (i *inflation) loadArchive() error {
	data, err := i.view.ReadFile(i.folder)
	if err != nil {
		return err
	}
	if i.files, err = archive.LoadArchiveFiles(bytes.NewReader(data)); err != nil {
		return fault.At(fault.Failed, i.view.Rel(i.folder), "%s is not a chart archive: %v", i.view.Rel(i.folder), err)
	}
	return nil
}

func (i *inflation) loadFolder() error {
	if !i.view.Exists(filepath.Join(i.folder, "Chart.yaml")) {
		missing := path.Join(i.view.Rel(i.folder), "Chart.yaml")
		return fault.At(fault.MissingFile, missing, "%s is missing", missing)
	}
	rules, err := i.ignoreRules()
	if err != nil {
		return err
	}
	walk := &chartWalk{inflation: i, rules: rules}
	if err := walk.folder(i.folder, "", nil); err != nil {
		return err
	}
	return i.addDependencies()
}

func (i *inflation) ignoreRules() (*ignore.Rules, error) {
	rules := ignore.Empty()
	data, err := i.view.ReadFile(filepath.Join(i.folder, ignore.HelmIgnore))
	switch {
	case err == nil:
		if rules, err = ignore.Parse(bytes.NewReader(data)); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	rules.AddDefaults()
	return rules, nil
}

// chartWalk visits a chart as Helm's directory loader does: in lexical order, links followed, .helmignore obeyed.
type chartWalk struct {
	*inflation
	rules *ignore.Rules
	bytes int64
}

func (w *chartWalk) folder(abs, name string, above []string) error {
	resolved, err := w.view.Resolve(abs)
	if err != nil {
		return err
	}
	for _, parent := range above {
		if parent == resolved {
			return fault.At(fault.Cycle, w.view.Rel(abs), "%s: the symbolic link leads to a folder above it", w.view.Rel(abs))
		}
	}
	names, err := w.view.ReadDir(abs)
	if err != nil {
		return err
	}
	for _, child := range names {
		if err := w.entry(filepath.Join(abs, child), path.Join(name, child), append(above, resolved)); err != nil {
			return err
		}
	}
	return nil
}

func (w *chartWalk) entry(abs, name string, above []string) error {
	info, err := w.view.Stat(abs)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			rel := w.view.Rel(abs)
			return fault.At(fault.MissingFile, rel, "%s: the symbolic link leads nowhere", rel)
		}
		return err
	}
	if w.rules.Ignore(name, info) {
		return nil
	}
	if info.IsDir() {
		return w.folder(abs, name, above)
	}
	if info.Size() > archive.MaxDecompressedFileSize {
		rel := w.view.Rel(abs)
		return fault.At(fault.TooLarge, rel, "chart file %s has %d bytes; Helm's limit is %d", rel, info.Size(), archive.MaxDecompressedFileSize)
	}
	data, err := w.read(abs, name)
	if err != nil {
		return err
	}
	if w.bytes += int64(len(data)); w.bytes > maxChartBytes {
		return fault.At(fault.TooLarge, w.view.Rel(w.inflation.folder), "the chart has more than %d bytes", maxChartBytes)
	}
	w.files = append(w.files, &archive.BufferedFile{Name: name, ModTime: info.ModTime(), Data: bytes.TrimPrefix(data, utf8BOM)})
	return nil
}

func (w *chartWalk) read(abs, name string) ([]byte, error) {
	if !isExtra(name) {
		data, err := w.view.ReadFile(abs)
		if err != nil {
			return nil, err
		}
		return data, tree.CheckPointer(w.view.Rel(abs), data)
	}
	data, err := w.view.Peek(abs)
	w.extra[abs] = data
	return data, err
}

// chart makes a fresh chart of the files: rendering changes the one it is given.
func (i *inflation) chart() (*chart.Chart, error) {
	shared, err := loadedCharts.load(i.files)
	if err != nil {
		return nil, fault.At(fault.Failed, i.view.Rel(i.folder), "%v", err)
	}
	loaded, err := copyChart(shared.chart)
	if err != nil {
		return nil, err
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return nil, fault.At(fault.Failed, i.view.Rel(i.folder), "%s charts are not installable", kind)
	}
	if loaded.Metadata.Deprecated {
		i.call.Warnings.Add("this chart is deprecated")
	}
	for below, reason := range shared.openSchemas {
		i.call.Miss(path.Join(i.view.Rel(i.folder), below), reason)
	}
	if err := i.replaceValues(loaded); err != nil {
		return nil, err
	}
	if shared.mentionsFiles || valuesMentionFiles(loaded.Values) || valuesMentionFiles(i.values) {
		i.openExtra()
	}
	return loaded, i.checkDependencies(loaded)
}

// checkDependencies refuses a chart whose charts/ lacks a dependency, as `helm template` does.
func (i *inflation) checkDependencies(loaded *chart.Chart) error {
	required := make([]ci.Dependency, 0, len(loaded.Metadata.Dependencies))
	for _, dependency := range loaded.Metadata.Dependencies {
		required = append(required, dependency)
	}
	err := action.CheckDependencies(loaded, required)
	if err == nil {
		return nil
	}
	missing := fault.At(fault.NeedsNetwork, path.Join(i.view.Rel(i.folder), "Chart.yaml"), "%v", err)
	present := map[string]bool{}
	for _, dependency := range loaded.Dependencies() {
		present[dependency.Name()] = true
	}
	for _, dependency := range loaded.Metadata.Dependencies {
		if !present[dependency.Name] {
			missing.URL = dependency.Repository
			missing.Line = lineOf(i.file("Chart.yaml"), "name: "+dependency.Name)
			break
		}
	}
	if local, ok := strings.CutPrefix(missing.URL, "file://"); ok {
		missing.Kind, missing.URL = fault.MissingFile, ""
		missing.Path = path.Join(i.view.Rel(i.folder), local)
	}
	return missing
}

func (i *inflation) file(name string) []byte {
	for _, file := range i.files {
		if file.Name == name {
			return file.Data
		}
	}
	return nil
}
