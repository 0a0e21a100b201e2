//go:build ignore

// Command kustomization_schema writes gitlint_ops/lint/schemas/data/kustomization.json: the fields of a kustomization
// file as Kustomize decodes it. Run it in the engine's module, so that the schema is that of the Kustomize built in:
//
//	cd engine && go run ../tools/kustomization_schema.go > ../gitlint_ops/lint/schemas/data/kustomization.json
//
// Kustomize decodes with encoding/json and DisallowUnknownFields: null is absent, and the case of a field's name does
// not matter (which a JSON schema cannot say: its readers must know).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

type schema map[string]any

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	definitions = schema{}
)

func main() {
	reference := of(reflect.TypeFor[types.Kustomization]())
	reference["$schema"] = "http://json-schema.org/draft-07/schema#"
	reference["$comment"] = "From sigs.k8s.io/kustomize/api " + version()
	reference["definitions"] = definitions
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(reference); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "sigs.k8s.io/kustomize/api" {
			return module.Version
		}
	}
	return ""
}

// of gives the schema of what decodes into a type.
func of(kind reflect.Type) schema {
	if kind.Kind() == reflect.Pointer {
		return of(kind.Elem())
	}
	if reflect.PointerTo(kind).Implements(unmarshaler) {
		return schema{}
	}
	switch kind.Kind() {
	case reflect.String:
		return typed("string")
	case reflect.Bool:
		return typed("boolean")
	case reflect.Int, reflect.Int32, reflect.Int64:
		return typed("integer")
	case reflect.Slice:
		list := typed("array")
		list["items"] = of(kind.Elem())
		return list
	case reflect.Map:
		mapping := typed("object")
		mapping["additionalProperties"] = of(kind.Elem())
		return mapping
	case reflect.Struct:
		return schema{"$ref": "#/definitions/" + define(kind)}
	}
	return schema{}
}

func typed(name string) schema { return schema{"type": []string{name, "null"}} }

// define adds the definition of a struct; its name has the package, as those of Kubernetes' schemas have.
func define(kind reflect.Type) string {
	name := kind.String()
	if definitions[name] == nil {
		definitions[name] = schema{}
		properties := schema{}
		collect(kind, properties)
		definition := typed("object")
		definition["properties"], definition["additionalProperties"] = properties, false
		definitions[name] = definition
	}
	return name
}

func collect(kind reflect.Type, properties schema) {
	for _, field := range reflect.VisibleFields(kind) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if len(field.Index) > 1 || name == "-" || !field.IsExported() {
			continue
		}
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if field.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			collect(inner, properties)
			continue
		}
		if name == "" {
			name = field.Name
		}
		properties[name] = of(field.Type)
	}
}
