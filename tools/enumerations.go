//go:build ignore

// Command enumerations writes gitlint_ops/lint/schemas/data/enumerations.json: the values that each field of the
// Kubernetes API allows, which the published JSON schemas leave out.
//
//	go run tools/enumerations.go k8s.io/api@v0.25.16 k8s.io/api@v0.31.14 k8s.io/api@v0.37.2 \
//	  k8s.io/apimachinery@v0.37.2 k8s.io/apiextensions-apiserver@v0.37.2 \
//	  > gitlint_ops/lint/schemas/data/enumerations.json
//
// The modules are the Go types of the API. A string type that is marked "+enum" allows its constants. The values of all
// modules are joined, so that a value that one release has never is an error in another. The output is sorted.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// unmarked types are enumerations that the API server enforces although their source lacks the mark; each with its
// validation function in k8s.io/kubernetes/pkg/apis, apimachinery or apiextensions-apiserver.
var unmarked = map[string]string{
	"io.k8s.api.apps.v1.PersistentVolumeClaimRetentionPolicyType":                     "ValidatePersistentVolumeClaimRetentionPolicy",
	"io.k8s.api.autoscaling.v2.HPAScalingPolicyType":                                  "validateScalingPolicy",
	"io.k8s.api.autoscaling.v2.MetricSourceType":                                      "validateMetricSpec",
	"io.k8s.api.autoscaling.v2.MetricTargetType":                                      "validateMetricTarget",
	"io.k8s.api.autoscaling.v2.ScalingPolicySelect":                                   "validateScalingRules",
	"io.k8s.api.core.v1.OSName":                                                       "validateOS",
	"io.k8s.api.core.v1.ResourceResizeRestartPolicy":                                  "validateResizePolicy",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionStrategyType": "validateCustomResourceConversion",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ResourceScope":          "validateEnumStrings",
	"io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorOperator":                      "ValidateLabelSelectorRequirement",
}

// open types have the mark, but the API server takes other values too.
var open = map[string]string{
	"io.k8s.api.core.v1.LimitType": "a qualified resource name is allowed too",
}

// source is what the Go files of all modules declare, keyed by a type's full name in the API's schemas.
type source struct {
	marked    map[string]bool
	aliases   map[string]string
	constants map[string]map[string]bool
	structs   map[string][]field
	// incomplete are the types that have a constant which is no literal.
	incomplete map[string]bool
}

// field is a field of a struct: its JSON name ("" where the other type's fields are inlined) and its element type.
type field struct{ name, of string }

// output is the file that is written.
type output struct {
	Source []string                       `json:"source"`
	Values map[string]map[string][]string `json:"values"`
}

func main() {
	found := source{
		marked: map[string]bool{}, aliases: map[string]string{}, constants: map[string]map[string]bool{},
		structs: map[string][]field{}, incomplete: map[string]bool{},
	}
	for _, module := range os.Args[1:] {
		must(found.readModule(module))
	}
	text, err := json.MarshalIndent(output{os.Args[1:], found.table()}, "", " ")
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (s *source) readModule(module string) error {
	text, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return fmt.Errorf("go mod download %s: %w", module, err)
	}
	var at struct{ Dir string }
	if err := json.Unmarshal(text, &at); err != nil {
		return err
	}
	base, _, _ := strings.Cut(module, "@")
	return filepath.WalkDir(at.Dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		below, err := filepath.Rel(at.Dir, filepath.Dir(name))
		if err != nil {
			return err
		}
		return s.readFile(name, path.Join(base, filepath.ToSlash(below)))
	})
}

func (s *source) readFile(name, importPath string) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	names := resolver{schemaName(importPath), importsOf(file)}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.addType(spec, group.Doc, names)
			case *ast.ValueSpec:
				s.addConstant(spec, names)
			}
		}
	}
	return nil
}

// schemaName gives the prefix of a package's types in the published schemas: k8s.io/api/core/v1 is io.k8s.api.core.v1.
func schemaName(importPath string) string {
	host, rest, _ := strings.Cut(importPath, "/")
	parts := strings.Split(host, ".")
	slices.Reverse(parts)
	return strings.Join(parts, ".") + "." + strings.ReplaceAll(rest, "/", ".")
}

func importsOf(file *ast.File) map[string]string {
	imports := map[string]string{}
	for _, item := range file.Imports {
		full, _ := strconv.Unquote(item.Path.Value)
		name := path.Base(full)
		if item.Name != nil {
			name = item.Name.Name
		}
		imports[name] = schemaName(full)
	}
	return imports
}

// resolver gives full names to the type expressions of one file.
type resolver struct {
	own     string
	imports map[string]string
}

// element gives the full name of the type that a value, list or pointer consists of, "" for any other.
func (r resolver) element(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.Ident:
		return r.own + "." + of.Name
	case *ast.StarExpr:
		return r.element(of.X)
	case *ast.ArrayType:
		return r.element(of.Elt)
	case *ast.SelectorExpr:
		if at, ok := of.X.(*ast.Ident); ok {
			return r.imports[at.Name] + "." + of.Sel.Name
		}
	}
	return ""
}

func (s *source) addType(spec *ast.TypeSpec, doc *ast.CommentGroup, names resolver) {
	name := names.own + "." + spec.Name.Name
	if spec.Doc != nil {
		doc = spec.Doc
	}
	if spec.Assign.IsValid() {
		s.aliases[name] = names.element(spec.Type)
		return
	}
	switch of := spec.Type.(type) {
	case *ast.Ident:
		if of.Name == "string" && (isMarked(doc) || unmarked[name] != "") && open[name] == "" {
			s.marked[name] = true
		}
	case *ast.StructType:
		for _, item := range of.Fields.List {
			s.addField(name, item, names)
		}
	}
}

func isMarked(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	return slices.ContainsFunc(doc.List, func(line *ast.Comment) bool {
		return strings.TrimSpace(strings.TrimPrefix(line.Text, "//")) == "+enum"
	})
}

func (s *source) addField(owner string, item *ast.Field, names resolver) {
	if item.Tag == nil {
		return
	}
	tag, _ := strconv.Unquote(item.Tag.Value)
	name, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	if name != "" || strings.Contains(options, "inline") {
		s.structs[owner] = append(s.structs[owner], field{name, names.element(item.Type)})
	}
}

// addConstant takes a constant of a named type, written "X T = value" or "X = T(value)". A type with a constant that is
// no literal is left out: its values would not be complete.
func (s *source) addConstant(spec *ast.ValueSpec, names resolver) {
	if len(spec.Values) != 1 {
		return
	}
	of, value := spec.Type, spec.Values[0]
	if call, ok := value.(*ast.CallExpr); ok && of == nil && len(call.Args) == 1 {
		of, value = call.Fun, call.Args[0]
	}
	name := names.element(of)
	if s.constants[name] == nil {
		s.constants[name] = map[string]bool{}
	}
	if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		text, _ := strconv.Unquote(literal.Value)
		s.constants[name][text] = true
	} else {
		s.incomplete[name] = true
	}
}

func (s *source) table() map[string]map[string][]string {
	table := map[string]map[string][]string{}
	for owner := range s.structs {
		values := map[string][]string{}
		s.collect(owner, values)
		if len(values) > 0 && !strings.Contains(owner, ".applyconfiguration.") {
			table[owner] = values
		}
	}
	return table
}

func (s *source) collect(owner string, into map[string][]string) {
	for _, item := range s.structs[owner] {
		of := item.of
		for s.aliases[of] != "" {
			of = s.aliases[of]
		}
		switch {
		case item.name == "":
			s.collect(of, into)
		case s.marked[of] && !s.incomplete[of] && len(s.constants[of]) > 0:
			into[item.name] = slices.Sorted(maps.Keys(s.constants[of]))
		}
	}
}
