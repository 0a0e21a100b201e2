package verbs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

const (
	maxManifestBytes = 10_000_000
	decoderBuffer    = 4096
	skipMarker       = "+argocd:skip-file-rendering"
)

var manifestFile = regexp.MustCompile(`^.*\.(yaml|yml|json|jsonnet)$`)

type directoryRequest struct {
	Path    string            `json:"path"`
	Recurse bool              `json:"recurse"`
	Include string            `json:"include"`
	Exclude string            `json:"exclude"`
	Jsonnet bool              `json:"jsonnet"`
	Files   map[string]string `json:"files"`
}

type directoryResult struct {
	Objects []json.RawMessage `json:"objects"`
	Origins []directoryOrigin `json:"origins"`
	Skipped []skippedFile     `json:"skipped"`
}

type directoryOrigin struct {
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Document int    `json:"document"`
}

type skippedFile struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// directoryScan reads one folder as Argo CD's directory source does (reposerver/repository findManifests).
type directoryScan struct {
	view    *tree.View
	request *directoryRequest
	folder  string
	bytes   int64
	result  directoryResult
}

// Directory reads a folder of plain manifests.
func Directory(call *server.Call) (any, error) {
	var request directoryRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	if err := putFiles(call.View, request.Files); err != nil {
		return nil, err
	}
	abs, err := call.View.Abs(request.Path)
	if err != nil {
		return nil, err
	}
	folder, err := call.View.Resolve(abs)
	if err != nil {
		return nil, err
	}
	if !call.View.IsDir(folder) {
		return nil, fault.At(fault.MissingFile, request.Path, "%s is not a folder", request.Path)
	}
	scan := &directoryScan{view: call.View, request: &request, folder: folder, result: directoryResult{
		Objects: []json.RawMessage{}, Origins: []directoryOrigin{}, Skipped: []skippedFile{},
	}}
	if err := call.View.Walk(folder, scan.visit); err != nil {
		return nil, err
	}
	return scan.result, nil
}

func (s *directoryScan) visit(abs string, info fs.FileInfo, err error) error {
	if err != nil {
		return err
	}
	if info.IsDir() {
		if abs != s.folder && !s.request.Recurse {
			return filepath.SkipDir
		}
		return nil
	}
	name, err := filepath.Rel(s.folder, abs)
	if err != nil {
		return err
	}
	if !manifestFile.MatchString(info.Name()) || !s.selected(filepath.ToSlash(name)) {
		return nil
	}
	return s.file(abs)
}

func (s *directoryScan) selected(name string) bool {
	if s.request.Exclude != "" && gobwas(s.request.Exclude, "")(name) {
		return false
	}
	return s.request.Include == "" || gobwas(s.request.Include, "")(name)
}

func (s *directoryScan) file(abs string) error {
	rel := s.view.Rel(abs)
	info, err := s.view.Stat(abs)
	if errors.Is(err, fs.ErrNotExist) {
		s.skip(rel, "the symbolic link leads nowhere")
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		return nil
	}
	data, err := s.view.ReadFile(abs)
	if err != nil {
		return err
	}
	if pointer := tree.CheckPointer(rel, data); pointer != nil {
		s.skip(rel, pointer.Error())
		return nil
	}
	if bytes.Contains(data, []byte(skipMarker)) {
		s.skip(rel, "it holds the marker "+skipMarker)
		return nil
	}
	if strings.HasSuffix(rel, ".jsonnet") {
		if s.request.Jsonnet {
			s.skip(rel, "jsonnet is not rendered")
		}
		return nil
	}
	if s.bytes += int64(len(data)); s.bytes > maxManifestBytes {
		return fault.At(fault.TooLarge, s.request.Path, "the manifests have more than %d bytes", maxManifestBytes)
	}
	return s.manifests(rel, data)
}

func (s *directoryScan) skip(path, reason string) {
	s.result.Skipped = append(s.result.Skipped, skippedFile{path, reason})
}

func (s *directoryScan) manifests(rel string, data []byte) error {
	data = bytes.TrimPrefix(data, utf8BOM)
	if strings.HasSuffix(rel, ".json") {
		object, err := decodeJSON(data)
		if err != nil {
			return fault.At(fault.Failed, rel, "failed to unmarshal %q: %v", rel, err)
		}
		return s.add(rel, 1, 0, object)
	}
	objects, err := decodeAll(data)
	if err != nil {
		if len(objects) > 0 || looksLikeManifest(data) {
			wrong := fault.At(fault.Failed, rel, "failed to unmarshal %q: %v", rel, err)
			wrong.Line = firstProblem(data)
			return wrong
		}
		s.skip(rel, "it holds no Kubernetes object")
		return nil
	}
	lines := documentLines(data)
	for number, object := range objects {
		line := 1
		if len(lines) == len(objects) {
			line = lines[number]
		}
		if err := s.add(rel, line, number, object); err != nil {
			return err
		}
	}
	return nil
}

func looksLikeManifest(data []byte) bool {
	return bytes.Contains(data, []byte("apiVersion:")) && bytes.Contains(data, []byte("kind:")) &&
		bytes.Contains(data, []byte("metadata:"))
}

func decodeJSON(data []byte) (*unstructured.Unstructured, error) {
	var object unstructured.Unstructured
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("found multiple objects; only single objects are allowed in JSON files")
	}
	return &object, nil
}

// decodeAll gives the objects before the first error too.
func decodeAll(data []byte) ([]*unstructured.Unstructured, error) {
	decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), decoderBuffer)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return objects, fmt.Errorf("failed to unmarshal manifest: %w", err)
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
}

// documentLines are the lines on which the documents that are not null begin.
func documentLines(data []byte) []int {
	var lines []int
	for _, document := range yamldoc.Split(data) {
		if parsed := yamldoc.Parse(document, false); string(parsed.Value) != "null" {
			lines = append(lines, document.FirstLine())
		}
	}
	return lines
}

func firstProblem(data []byte) int {
	for _, document := range yamldoc.Split(data) {
		for _, problem := range yamldoc.Parse(document, false).Problems {
			if problem.Kind == yamldoc.InvalidYAML {
				return problem.Line
			}
		}
	}
	return 0
}

// add takes an object, or the items of a list.
func (s *directoryScan) add(rel string, line, document int, object *unstructured.Unstructured) error {
	items, err := expandList(object)
	if err != nil {
		return fault.At(fault.Failed, rel, "%s: %v", rel, err)
	}
	for _, item := range items {
		encoded, err := json.Marshal(item.Object)
		if err != nil {
			return err
		}
		s.result.Objects = append(s.result.Objects, encoded)
		s.result.Origins = append(s.result.Origins, directoryOrigin{rel, line, document})
	}
	return nil
}
