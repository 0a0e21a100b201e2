package verbs

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// TestASchemaReachesNothingElsewhere is CVE-2025-55199 and more: Helm's validator has loaders of its own for the disk
// and the network, which the refusal of the default transport does not stop.
func TestASchemaReachesNothingElsewhere(t *testing.T) {
	isolateForTest(t)
	var asked []string
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		asked = append(asked, request.URL.Path)
	}))
	defer web.Close()
	outside := filepath.Join(t.TempDir(), "outside.json")
	if err := os.WriteFile(outside, []byte(`{"type": "string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for reference, isElsewhere := range map[string]bool{
		web.URL + "/schema.json":                  true,
		"file://" + outside:                       true,
		"file:///dev/zero":                        true,
		"other.json":                              true,
		"#/definitions/count":                     false,
		"https://example.com/embedded":            false,
		"http://json-schema.org/draft-07/schema#": false,
		"urn:example:x":                           false,
	} {
		files := chartFiles()
		files["chart/values.schema.json"] = `{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"count": {"type": "integer"},
			"own": {"$id": "https://example.com/embedded", "type": "integer"}}, "properties": {"unset": {"$ref": "` + reference + `"}}}`
		result, call, err := ask(t, repository(t, files), Helm, `{"chart": "chart"}`)
		if err != nil || len(result["objects"].([]any)) == 0 {
			t.Errorf("%s: the chart is not rendered: %v", reference, err)
			continue
		}
		if missed := call.Missed()["chart/values.schema.json"]; (missed != "") != isElsewhere {
			t.Errorf("%s: got %q", reference, missed)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the network was asked for %v", asked)
	}
}
