package verbs

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/loader/archive"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

// fieldLines maps the JSON pointer of a field to the template's path and line that wrote it.
type fieldLines map[string][]any

// maxMarkings bounds how often a chart is rendered with marks, each time without a template that they broke.
const maxMarkings = 8

// lines renders the chart once more with marked templates and reads off which line wrote each field.
// An object that the marks change keeps no lines; a template that they break is left unmarked.
func (i *inflation) lines(documents []renderedDocument) []map[string][]any {
	unmarked := map[string]bool{}
	for range maxMarkings {
		marked, names := i.marked(unmarked)
		found, err := marked.rendered()
		if err == nil {
			return i.readLines(documents, found, names)
		}
		if !i.leaveOut(err, unmarked) {
			break
		}
	}
	empty := make([]map[string][]any, len(documents))
	for number := range empty {
		empty[number] = map[string][]any{}
	}
	return empty
}

func (i *inflation) rendered() ([]renderedDocument, error) {
	loaded, err := i.chart()
	if err != nil {
		return nil, err
	}
	rendered, err := i.install(loaded)
	if err != nil {
		return nil, err
	}
	return i.documents(rendered)
}

// leaveOut adds the template that an error names, else all partials; it says whether that adds anything.
func (i *inflation) leaveOut(cause error, unmarked map[string]bool) bool {
	before, named := len(unmarked), ""
	for _, file := range i.files {
		if isTemplate(file.Name) && len(file.Name) > len(named) && strings.Contains(cause.Error(), "/"+file.Name) {
			named = file.Name
		}
	}
	if named != "" {
		unmarked[named] = true
	}
	if len(unmarked) > before {
		return true
	}
	for _, file := range i.files {
		if isTemplate(file.Name) && strings.HasPrefix(path.Base(file.Name), "_") {
			unmarked[file.Name] = true
		}
	}
	return len(unmarked) > before
}

// marked gives the same chart with marks in its templates, but for some, and the file of each mark's number.
func (i *inflation) marked(unmarked map[string]bool) (*inflation, []string) {
	copied := *i
	copied.files = make([]*archive.BufferedFile, len(i.files))
	var names []string
	for number, file := range i.files {
		copied.files[number] = file
		if !isTemplate(file.Name) || unmarked[file.Name] {
			continue
		}
		text, ok := markTemplate(string(file.Data), len(names))
		if !ok {
			continue
		}
		changed := *file
		changed.Data = []byte(text)
		copied.files[number] = &changed
		names = append(names, i.repositoryPath("chart/"+file.Name))
	}
	return &copied, names
}

// readLines pairs each object with its marked twin: by name, else (a name may be random) in order.
func (i *inflation) readLines(documents, marked []renderedDocument, names []string) []map[string][]any {
	lines := make([]map[string][]any, len(documents))
	taken := make([]bool, len(marked))
	for _, key := range []func(*renderedDocument) string{(*renderedDocument).identity, (*renderedDocument).kind} {
		for number := range documents {
			document := &documents[number]
			if lines[number] != nil {
				continue
			}
			for m := range marked {
				if !taken[m] && key(&marked[m]) == key(document) && sameShape(document.value, marked[m].value) {
					lines[number], taken[m] = marked[m].fieldLines(names), true
					break
				}
			}
		}
	}
	for number := range lines {
		if lines[number] == nil {
			lines[number] = map[string][]any{}
		}
	}
	return lines
}

type objectHead struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      any `json:"name"`
		Namespace any `json:"namespace"`
	} `json:"metadata"`
}

// identity tells the objects of one release apart, whether or not their templates are marked.
func (d *renderedDocument) identity() string {
	name := fmt.Sprint(d.head.Metadata.Namespace, "/", d.head.Metadata.Name)
	return d.kind() + markPattern.ReplaceAllString(name, "")
}

func (d *renderedDocument) kind() string {
	return d.source + "\n" + d.head.APIVersion + "/" + d.head.Kind + "\n"
}

// sameShape compares keys, list lengths and types. Leaves may differ: a checksum of a marked template does.
func sameShape(plain, marked json.RawMessage) bool {
	var a, b any
	if json.Unmarshal(plain, &a) != nil || json.Unmarshal(marked, &b) != nil {
		return false
	}
	return shapesEqual(a, b)
}

func shapesEqual(a, b any) bool {
	switch typed := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(other) != len(typed) {
			return false
		}
		for key, value := range typed {
			if counterpart, found := other[key]; !found || !shapesEqual(value, counterpart) {
				return false
			}
		}
		return true
	case []any:
		other, ok := b.([]any)
		if !ok || len(other) != len(typed) {
			return false
		}
		for n, value := range typed {
			if !shapesEqual(value, other[n]) {
				return false
			}
		}
		return true
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b)
}

// fieldLines reads the marks of a rendered text: the first mark at or after a field's line names the template line.
func (d *renderedDocument) fieldLines(names []string) fieldLines {
	found := fieldLines{}
	parsed := yamldoc.Parse(yamldoc.Document{Line: 1, Text: []byte(d.text)}, true)
	texts := strings.Split(d.text, "\n")
	marks := make([][]any, len(texts)+1)
	for n, text := range slices.Backward(texts) {
		marks[n] = marks[n+1]
		match := markPattern.FindStringSubmatch(text)
		if match == nil {
			continue
		}
		file, fileErr := strconv.Atoi(match[1])
		line, lineErr := strconv.Atoi(match[2])
		if fileErr == nil && lineErr == nil && file < len(names) {
			marks[n] = []any{names[file], line}
		}
	}
	for pointer, position := range parsed.Positions {
		below, inside := strings.CutPrefix(pointer, d.within)
		if !inside || (below != "" && below[0] != '/') {
			continue
		}
		if line := position[0] - 1; line >= 0 && line < len(texts) && marks[line] != nil {
			found[below] = marks[line]
		}
	}
	return found
}
