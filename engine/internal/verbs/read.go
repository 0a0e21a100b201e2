package verbs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

// maxDocuments bounds the documents of one file: ten megabytes hold millions of them.
const maxDocuments = 20_000

type readRequest struct {
	Files     []string          `json:"files"`
	Texts     map[string]string `json:"texts"`
	Values    *bool             `json:"values"`
	Positions bool              `json:"positions"`
}

type readResult struct {
	Files []readFile `json:"files"`
}

type readFile struct {
	Path      string            `json:"path"`
	Size      int               `json:"size"`
	Digest    string            `json:"digest"`
	Error     *fault.Error      `json:"error"`
	Documents []readDocument    `json:"documents"`
	Problems  []yamldoc.Problem `json:"problems"`
}

type readDocument struct {
	Line      int                         `json:"line"`
	EndLine   int                         `json:"end_line"`
	Value     json.RawMessage             `json:"value,omitempty"`
	Positions map[string]yamldoc.Position `json:"positions,omitempty"`
}

// ReadFiles reads YAML and JSON files into documents.
func ReadFiles(call *server.Call) (any, error) {
	var request readRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	if err := putFiles(call.View, request.Texts); err != nil {
		return nil, err
	}
	result := readResult{Files: make([]readFile, 0, len(request.Files))}
	for _, name := range request.Files {
		file := readFile{Path: name, Documents: []readDocument{}, Problems: []yamldoc.Problem{}}
		data, err := readOne(call.View, name)
		if err != nil {
			file.Error = readFault(call.View, name, err)
		} else {
			file.parse(data, request.Values == nil || *request.Values, request.Positions)
		}
		result.Files = append(result.Files, file)
	}
	return result, nil
}

func readOne(view *tree.View, name string) ([]byte, error) {
	abs, err := view.Abs(name)
	if err != nil {
		return nil, err
	}
	data, err := view.ReadFile(abs)
	if err != nil {
		return nil, err
	}
	return data, tree.CheckPointer(name, data)
}

func readFault(view *tree.View, name string, err error) *fault.Error {
	found := *fault.From(err)
	found.Path = name
	if errors.Is(err, fs.ErrNotExist) {
		found.Kind = fault.MissingFile
	}
	found.Message = view.Clean(found.Message)
	return &found
}

func (f *readFile) parse(data []byte, values, positions bool) {
	f.Size, f.Digest = len(data), tree.Digest(data)
	for number, document := range yamldoc.Split(data) {
		if number == maxDocuments {
			f.Problems = append(f.Problems, yamldoc.Problem{
				Kind: yamldoc.InvalidYAML, Line: document.Line, Column: 1,
				Message: fmt.Sprintf("the file has more than %d documents; from here on none is read", maxDocuments),
			})
			return
		}
		parsed := yamldoc.Parse(document, positions)
		described := readDocument{
			Line: document.FirstLine(), EndLine: document.Line + document.Lines() - 1, Positions: parsed.Positions,
		}
		if values {
			described.Value = parsed.Value
		}
		f.Documents = append(f.Documents, described)
		f.Problems = append(f.Problems, parsed.Problems...)
	}
}
