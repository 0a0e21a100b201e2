package verbs

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

var missingKustomization = regexp.MustCompile(`unable to find one of 'kustomization\.yaml', .* in directory '([^']*)'`)

// blameRemote names the remote that stopped a build. A build stops at its first remote, so the last
// kustomization loaded that has any is the one, and its first remote that is not a local path is it.
func (b *build) blameRemote(failed *fault.Error) {
	for i := len(b.read) - 1; i >= 0; i-- {
		loaded := b.read[i]
		for _, entry := range loaded.parsed.remotes() {
			if looksRemote(entry) && !b.view.Exists(filepath.Join(filepath.Dir(loaded.path), entry)) {
				failed.Kind, failed.URL = fault.NeedsNetwork, entry
				failed.Path, failed.Line = b.view.Rel(loaded.path), lineOf(loaded.data, entry)
				return
			}
		}
	}
	if _, after, found := strings.Cut(failed.Message, fault.OfflineMark); found {
		failed.Kind = fault.NeedsNetwork
		failed.URL = strings.Trim(strings.Fields(after + " ")[0], `'":`)
		return
	}
	b.blameMissing(failed)
}

// blameHelm names the first chart of a build that may not inflate any.
func (b *build) blameHelm(failed *fault.Error) {
	for _, loaded := range slices.Backward(b.read) {
		for _, entry := range loaded.parsed.HelmCharts {
			failed.Path, failed.Line = b.view.Rel(loaded.path), lineOf(loaded.data, "name: "+entry.Name)
			return
		}
	}
}

// blameMissing recognises a build that stops at a path that is not there.
func (b *build) blameMissing(failed *fault.Error) {
	if match := missingKustomization.FindStringSubmatch(failed.Message); match != nil {
		failed.Kind, failed.Path = fault.MissingFile, b.view.Rel(match[1])
		return
	}
	absent := b.view.Absent()
	if absent == "" || !strings.Contains(filepath.ToSlash(failed.Message), absent) {
		return
	}
	if !strings.Contains(failed.Message, "no such file") && !strings.Contains(failed.Message, "file does not exist") {
		return
	}
	failed.Kind, failed.Path = fault.MissingFile, absent
}

// lineOf is the 1-based line that holds some text, or 0.
func lineOf(data []byte, text string) int {
	before, _, found := bytes.Cut(data, []byte(text))
	if !found {
		return 0
	}
	return bytes.Count(before, []byte("\n")) + 1
}
