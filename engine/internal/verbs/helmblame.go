package verbs

import (
	"strconv"
	"strings"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

// invalidLine finds the template line behind output that is no YAML, 0 where it is not found. Helm names the template,
// and a line of what that renders to; the chart is rendered again with marks, and the text that fails is read.
func (i *inflation) invalidLine(source string) int {
	marked, names := i.marked(nil)
	loaded, err := marked.chart()
	if err != nil {
		return 0
	}
	failed, err := marked.install(loaded)
	if err == nil || failed == nil {
		return 0
	}
	_, text, found := strings.Cut(failed.Manifest, sourceComment+source+"\n")
	if !found {
		return 0
	}
	text, _, _ = strings.Cut(text, "\n---\n"+sourceComment)
	for _, document := range yamldoc.Split([]byte(text)) {
		for _, problem := range yamldoc.Parse(document, false).Problems {
			if problem.Kind == yamldoc.InvalidYAML {
				return markedLine(text, problem.Line, names, i.repositoryPath(source))
			}
		}
	}
	return 0
}

// markedLine reads the first mark of a file at or after a line of a rendered text.
func markedLine(text string, line int, names []string, file string) int {
	lines := strings.Split(text, "\n")
	for _, written := range lines[min(line-1, len(lines)):] {
		match := markPattern.FindStringSubmatch(written)
		if match == nil {
			continue
		}
		if number, err := strconv.Atoi(match[1]); err != nil || number >= len(names) || names[number] != file {
			return 0
		}
		found, err := strconv.Atoi(match[2])
		if err != nil {
			return 0
		}
		return found
	}
	return 0
}
