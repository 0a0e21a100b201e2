package verbs

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// mentionsFiles finds the word by which templates, and texts that templates evaluate, get at a chart's other files.
var mentionsFiles = regexp.MustCompile(`\bFiles\b`)

var (
	chartFolders = []string{"charts", "crds", "templates"}
	chartOwn     = []string{
		"Chart.lock", "Chart.yaml", "requirements.lock", "requirements.yaml", "values.schema.json", "values.yaml",
	}
)

// isExtra says whether Helm itself makes nothing of a file of a chart, named relative to the chart: it is in .Files alone.
func isExtra(name string) bool {
	folder, _, isBelow := strings.Cut(name, "/")
	if isBelow {
		return !slices.Contains(chartFolders, folder)
	}
	return !slices.Contains(chartOwn, name)
}

// openExtra records the extra files as read where a template may read them; values.yaml of other environments, say,
// lie in many a chart and change nothing of this release.
func (i *inflation) openExtra(own map[string]any) {
	if len(i.extra) == 0 || !i.mayReadExtra(own) {
		return
	}
	for abs, data := range i.extra {
		i.view.Opened(abs, data)
	}
}

func (i *inflation) mayReadExtra(own map[string]any) bool {
	texts, err := json.Marshal([]any{own, i.values})
	if err != nil || mentionsFiles.Match(texts) {
		return true
	}
	for _, file := range i.files {
		if strings.HasSuffix(file.Name, ".tgz") {
			return true
		}
		isText := strings.Contains(file.Name, "templates/") || path.Base(file.Name) == "values.yaml"
		if isText && mentionsFiles.Match(file.Data) {
			return true
		}
	}
	return false
}
