package verbs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	release "helm.sh/helm/v4/pkg/release/v1"
	k8s "sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

const sourceComment = "# Source: "

// templateOutput prints a release as `helm template` does.
func templateOutput(rendered *release.Release, hooks []*release.Hook) string {
	var out strings.Builder
	fmt.Fprintln(&out, strings.TrimSpace(rendered.Manifest))
	for _, hook := range hooks {
		fmt.Fprintf(&out, "---\n%s%s\n%s\n", sourceComment, hook.Path, hook.Manifest)
	}
	return out.String()
}

// renderedDocument is one object of a release with the template that made it.
type renderedDocument struct {
	source string
	text   string
	value  json.RawMessage
	head   objectHead
	hook   bool
	// within is the JSON pointer of the object in its text: "" or, for an item of a list, "/items/N".
	within string
	// repeated are the fields of the object whose keys its text has twice: the last one counts.
	repeated []yamldoc.FieldPath
}

// isLaterItem says whether a document is an item of a list, and not its first.
func (d *renderedDocument) isLaterItem() bool {
	return d.within != "" && d.within != "/items/0"
}

// documents takes a release apart into objects, in the order in which Helm prints them.
func (i *inflation) documents(rendered *release.Release) ([]renderedDocument, error) {
	documents, err := splitManifest(rendered.Manifest, "")
	if err != nil {
		return nil, err
	}
	for _, hook := range i.hooks(rendered) {
		more, err := splitManifest(hook.Manifest, hook.Path)
		if err != nil {
			return nil, err
		}
		for _, document := range more {
			document.hook = true
			documents = append(documents, document)
		}
	}
	return documents, nil
}

func splitManifest(manifest, source string) ([]renderedDocument, error) {
	var documents []renderedDocument
	for _, part := range yamldoc.Split([]byte(manifest)) {
		text := string(part.Text)
		if rest, found := strings.CutPrefix(text, sourceComment); found {
			source, _, _ = strings.Cut(rest, "\n")
		}
		value, repeated, err := readRendered(part.Text)
		if err != nil {
			return nil, fault.New(fault.Failed, "%s renders to invalid YAML: %v", source, err)
		}
		if string(value) == "null" {
			continue
		}
		items, err := expandJSON(value)
		if err != nil {
			return nil, fault.New(fault.Failed, "%s: %v", source, err)
		}
		for number, item := range items {
			document := renderedDocument{source: source, text: text, value: item, repeated: repeated}
			if !bytes.Equal(item, value) {
				document.within = "/items/" + strconv.Itoa(number)
				document.repeated = below(repeated, "items", number)
			}
			if err := json.Unmarshal(item, &document.head); err != nil {
				return nil, fault.New(fault.Failed, "%s renders to something that is not an object: %v", source, err)
			}
			documents = append(documents, document)
		}
	}
	return documents, nil
}

// readRendered reads a document as Helm does, for which of a key's values the last one counts, and gives such fields.
func readRendered(text []byte) (value json.RawMessage, repeated []yamldoc.FieldPath, err error) {
	if value, err = k8s.YAMLToJSONStrict(text); err == nil {
		return value, nil, nil
	}
	if value, err = k8s.YAMLToJSON(text); err != nil {
		return nil, nil, err
	}
	return value, yamldoc.Repeated(text), nil
}

// below gives the paths that begin with some parts, without these.
func below(paths []yamldoc.FieldPath, parts ...any) []yamldoc.FieldPath {
	var found []yamldoc.FieldPath
	for _, path := range paths {
		if len(path) > len(parts) && slices.Equal([]any(path[:len(parts)]), parts) {
			found = append(found, path[len(parts):])
		}
	}
	return found
}

// templateLine is the line of a template on which its first object can begin.
func (i *inflation) templateLine(source string) int {
	_, below, _ := strings.Cut(source, "/")
	for number, line := range strings.Split(string(i.file(below)), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "apiVersion:") || strings.HasPrefix(trimmed, "kind:") {
			return number + 1
		}
	}
	return 1
}

var (
	templatePlace = regexp.MustCompile(`([\w.\-/]+/(?:templates|charts)/[\w.\-/]+):(\d+)`)
	invalidOutput = regexp.MustCompile(`YAML parse error on (\S+): `)
)

// explain finds the kind and the place of a failed rendering in Helm's message.
func (i *inflation) explain(err error) error {
	failed := fault.From(err)
	if failed.Kind != fault.Failed {
		return failed
	}
	message := failed.Message
	wrong := fault.At(fault.Failed, i.view.Rel(i.folder), "%s", message)
	if strings.Contains(message, "values don't meet the specifications of the schema") {
		wrong.Kind = fault.ValuesSchema
		return wrong
	}
	if match := templatePlace.FindStringSubmatch(message); match != nil {
		wrong.Path = i.repositoryPath(match[1])
		wrong.Line, _ = strconv.Atoi(match[2])
	} else if match := invalidOutput.FindStringSubmatch(message); match != nil {
		wrong.Path = i.repositoryPath(match[1])
		wrong.Line = i.invalidLine(match[1])
	}
	return wrong
}
