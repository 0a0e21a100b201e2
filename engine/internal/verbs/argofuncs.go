package verbs

import (
	"regexp"
	"strings"
	"sync"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/gosimple/slug"
	k8s "sigs.k8s.io/yaml"
)

const (
	maxDNSName  = 253
	defaultSlug = 50
)

var (
	argoFunctions  = argoFunctionMap()
	notDNSName     = regexp.MustCompile(`[^-a-z0-9.]`)
	slugParameters sync.Mutex
)

// argoFunctionMap gives the functions of ApplicationSet templates (argo-cd applicationset/utils/utils.go).
func argoFunctionMap() template.FuncMap {
	functions := safeFunctions()
	functions["normalize"] = sanitizeName
	functions["slugify"] = slugify
	functions["toYaml"] = toYAML
	functions["fromYaml"] = fromYAML
	functions["fromYamlArray"] = fromYAMLArray
	return functions
}

// sanitizeName makes a DNS subdomain of any text, as Argo CD's SanitizeName does.
func sanitizeName(name string) string {
	name = notDNSName.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > maxDNSName {
		name = name[:maxDNSName]
	}
	return strings.Trim(name, "-.")
}

// slugify takes [maximum size [smart truncation]] name, as Argo CD's SlugifyName does; a wrong type panics there too.
func slugify(args ...any) string {
	size, smart, name := defaultSlug, false, ""
	for i, arg := range args {
		switch {
		case i == len(args)-1:
			name = arg.(string)
		case i == 0:
			size = arg.(int)
		case i == 1:
			smart = arg.(bool)
		}
	}
	slugParameters.Lock()
	defer slugParameters.Unlock()
	slug.EnableSmartTruncate, slug.MaxLength = smart, size
	return slug.Make(sanitizeName(name))
}

func toYAML(value any) (string, error) {
	data, err := k8s.Marshal(value)
	return strings.TrimSuffix(string(data), "\n"), err
}

func fromYAML(text string) (map[string]any, error) {
	fields := map[string]any{}
	err := k8s.Unmarshal([]byte(text), &fields)
	return fields, err
}

func fromYAMLArray(text string) ([]any, error) {
	var items []any
	err := k8s.Unmarshal([]byte(text), &items)
	return items, err
}

// safeFunctions are sprig's, without those that tell of this machine: a repository's text must not read its environment.
func safeFunctions() template.FuncMap {
	functions := template.FuncMap(sprig.GenericFuncMap())
	for _, unsafe := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, unsafe)
	}
	return functions
}
