package verbs

import (
	"regexp"
	"slices"
	"strings"
)

// filesWord is the word by which templates, and texts that templates evaluate, get at a chart's other files.
var filesWord = regexp.MustCompile(`\bFiles\b`)

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

// openExtra records the extra files as read, for a template that may read them; values.yaml of other environments, say,
// lie in many a chart and change nothing of this release.
func (i *inflation) openExtra() {
	for abs, data := range i.extra {
		i.view.Opened(abs, data)
	}
}

func mentionsFiles(text string) bool {
	return strings.Contains(text, "Files") && filesWord.MatchString(text)
}

// valuesMentionFiles says whether values have a text that gets at .Files where a template evaluates it.
func valuesMentionFiles(value any) bool {
	switch typed := value.(type) {
	case string:
		return mentionsFiles(typed)
	case []any:
		return slices.ContainsFunc(typed, valuesMentionFiles)
	case map[string]any:
		for key, item := range typed {
			if mentionsFiles(key) || valuesMentionFiles(item) {
				return true
			}
		}
	}
	return false
}
