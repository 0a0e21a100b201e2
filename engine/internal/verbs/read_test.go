package verbs

import (
	"strings"
	"testing"
)

func TestReadFiles(t *testing.T) {
	opened := repository(t, map[string]string{
		"a.yaml": "# c\na: 1\n---\nb: [\n", "b.json": `{"x": {"y": 2}}`, "big.yaml": strings.Repeat("x", 200), "l.yaml@": "/etc/hostname",
		"folder/x": "",
	})
	call := `{"files": ["a.yaml", "b.json", "none.yaml", "l.yaml", "../x", "folder"], "positions": true}`
	files := mustAsk(t, opened, ReadFiles, call)["files"].([]any)
	wantJSON(t, files[0], `{"path": "a.yaml", "size": 18, "digest": "3f98c8fd4ad42477a8b40e80fb498b5bcf9d136f0df599a9d6b4b5bc80f0ea01", "error": null,
		"documents": [{"line": 2, "end_line": 2, "value": {"a": 1}, "positions": {"": [2, 1, 2, 1, 2, 5], "/a": [2, 1, 2, 4, 2, 5]}},
			{"line": 4, "end_line": 4}],
		"problems": [{"kind": "invalid-yaml", "line": 4, "column": 4,
			"message": "the bracket that opens here is not closed: did not find expected node content"}]}`)
	wantJSON(t, files[1].(map[string]any)["documents"], `[{"line": 1, "end_line": 1, "value": {"x": {"y": 2}},
		"positions": {"": [1, 1, 1, 1, 1, 16], "/x": [1, 2, 1, 7, 1, 15], "/x/y": [1, 8, 1, 13, 1, 14]}}]`)
	wantJSON(t, files[2].(map[string]any)["error"], `{"kind": "missing-file", "message": "open none.yaml: no such file or directory", "path": "none.yaml"}`)
	wantJSON(t, files[3].(map[string]any)["error"], `{"kind": "outside-root", "message": "l.yaml: the symbolic link leaves the root", "path": "l.yaml"}`)
	wantJSON(t, files[4].(map[string]any)["error"], `{"kind": "outside-root", "message": "path \"../x\" leaves the root", "path": "../x"}`)
	wantJSON(t, files[5].(map[string]any)["error"], `{"kind": "failed", "message": "read folder: is a directory", "path": "folder"}`)
}

func TestAFileOfTooManyDocuments(t *testing.T) {
	text := strings.Repeat("---\na: 1\n", maxDocuments+5)
	file := mustAsk(t, repository(t, map[string]string{"a.yaml": text}), ReadFiles, `{"files": ["a.yaml"]}`)["files"].([]any)[0].(map[string]any)
	if count := len(file["documents"].([]any)); count != maxDocuments {
		t.Errorf("got %d documents", count)
	}
	wantJSON(t, file["problems"], `[{"kind": "invalid-yaml", "line": 40002, "column": 1, "message": "the file has more than 20000 documents; from here on none is read"}]`)
}
