package verbs

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

const (
	schemaFile = "values.schema.json"
	// schemaURL is the address under which Helm compiles a chart's schema.
	schemaURL = "file:///" + schemaFile
)

// dropOpenSchemas takes from a chart and its dependencies each schema that refers to a document elsewhere: Helm's
// validator would fetch it, with a transport of its own, or read it from this machine's disk. The reasons are noted by
// the schemas' paths below the folder of the chart that is rendered.
func dropOpenSchemas(loaded *chart.Chart, folder string, reasons map[string]string) {
	if loaded.Schema != nil {
		if elsewhere := refersTo(loaded.Schema); elsewhere != "" {
			loaded.Schema = nil
			reasons[path.Join(folder, schemaFile)] = fmt.Sprintf("the schema refers to %s, which is not read: no values are validated against it", elsewhere)
		}
	}
	for _, dependency := range loaded.Dependencies() {
		dropOpenSchemas(dependency, path.Join(folder, "charts", dependency.Name()), reasons)
	}
}

// refersTo gives the first document elsewhere that a schema needs, "" where it needs none or does not compile.
func refersTo(text []byte) string {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	loader := &refusingLoader{}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(loader)
	if compiler.AddResource(schemaURL, schema) == nil {
		_, _ = compiler.Compile(schemaURL)
	}
	return loader.wanted
}

// refusingLoader loads nothing, and keeps what was wanted first.
type refusingLoader struct{ wanted string }

// Load refuses a document; a URN, as for Helm, is a schema that everything satisfies.
func (l *refusingLoader) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil
	}
	if l.wanted == "" {
		l.wanted = url
	}
	return nil, fmt.Errorf("%s is not read", url)
}
