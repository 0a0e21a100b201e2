package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

type echo struct {
	Text string `json:"text"`
}

func testVerbs() map[string]Verb {
	return map[string]Verb{
		"echo": func(call *Call) (any, error) {
			var request echo
			err := call.Decode(&request)
			return request, err
		},
		"deep": func(*Call) (any, error) {
			return map[string]json.RawMessage{"value": json.RawMessage(strings.Repeat("[", 300) + strings.Repeat("]", 300))}, nil
		},
		"large": func(*Call) (any, error) {
			return map[string]string{"value": strings.Repeat("x", maxAnswerBytes)}, nil
		},
		"nothing": func(*Call) (any, error) { return struct{}{}, nil },
		"panic":   func(*Call) (any, error) { panic("the library crashed") },
		"fatal":   func(*Call) (any, error) { log.Fatal("the library gave up"); return nil, nil },
		"sleep":   func(*Call) (any, error) { time.Sleep(time.Minute); return struct{}{}, nil },
		"warn":    func(*Call) (any, error) { log.Print("Warning: old field"); return struct{}{}, nil },
		"refuse":  func(*Call) (any, error) { return nil, fault.At(fault.MissingFile, "a", "no a") },
		"read": func(call *Call) (any, error) {
			abs, err := call.View.Abs("a.yaml")
			if err == nil {
				_, err = call.View.ReadFile(abs)
			}
			return struct{}{}, err
		},
		"get": func(*Call) (any, error) {
			_, err := http.Get("https://example.com/x?y=<z>")
			return nil, err
		},
		"run": func(*Call) (any, error) { return nil, exec.Command("git", "version").Run() },
	}
}

// talk sends lines and gives the answers by id; the greeting is under "hello".
func talk(t *testing.T, lines ...string) map[string]map[string]any {
	t.Helper()
	stderr := os.Stderr
	path := os.Getenv("PATH")
	t.Cleanup(func() { os.Stderr = stderr; t.Setenv("PATH", path) })
	root := t.TempDir()
	if err := os.WriteFile(root+"/a.yaml", []byte("a: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := tree.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	served := &Server{Tree: opened, Verbs: testVerbs(), Workers: 2}
	done := make(chan error, 1)
	go func() {
		done <- served.Serve(strings.NewReader(strings.Join(lines, "\n")), writer, map[string]any{"id": "hello"})
		_ = writer.Close()
	}()
	answers := map[string]map[string]any{}
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var answer map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &answer); err != nil {
			t.Fatalf("%v in %q", err, scanner.Text())
		}
		answers[fmt.Sprint(answer["id"])] = answer
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestAnswersAreMatchedByID(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "echo", "text": "<a>"}`, ``, `{"id": "x", "verb": "nothing"}`, `{"id": 3, "verb": "refuse"}`)
	want := map[string]map[string]any{
		"hello": {"id": "hello"},
		"1":     {"id": 1.0, "ok": true, "text": "<a>"},
		"x":     {"id": "x", "ok": true},
		"3":     {"id": 3.0, "ok": false, "error": map[string]any{"kind": "missing-file", "message": "no a", "path": "a"}},
	}
	if !reflect.DeepEqual(answers, want) {
		t.Errorf("got %v\nwant %v", answers, want)
	}
}

func TestAnAnswerTellsItsTimeWhereItIsAskedFor(t *testing.T) {
	before := time.Now().UnixMicro()
	answers := talk(t, `{"id": 1, "verb": "echo", "text": "a", "timing": true}`, `{"id": 2, "verb": "refuse", "timing": true}`)
	for _, id := range []string{"1", "2"} {
		timing, told := answers[id]["timing"].(map[string]any)
		if !told {
			t.Fatalf("no timing in %v", answers[id])
		}
		start, took, worker := timing["start_us"].(float64), timing["took_us"].(float64), timing["worker"].(float64)
		if start < float64(before) || took < 0 || start+took > float64(time.Now().UnixMicro()) || worker > 1 {
			t.Errorf("got %v after %d", timing, before)
		}
	}
	if answers["1"]["text"] != "a" {
		t.Errorf("the result is lost: %v", answers["1"])
	}
}

func TestBadRequests(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "dance"}`, `{"id": 2, "verb": "echo", "text": 5}`)
	for id, message := range map[string]string{"1": `no verb "dance"`, "2": "the request does not have the verb's form"} {
		wrong := answers[id]["error"].(map[string]any)
		if wrong["kind"] != "bad-request" || !strings.Contains(wrong["message"].(string), message) {
			t.Errorf("%s: got %v, want %q", id, wrong, message)
		}
	}
	broken := talk(t, `{nonsense`)["<nil>"]
	if kind := broken["error"].(map[string]any)["kind"]; kind != "bad-request" {
		t.Errorf("got %v", broken)
	}
}

func TestACrashEndsOneRequest(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "panic"}`, `{"id": 2, "verb": "fatal"}`, `{"id": 3, "verb": "echo", "text": "on"}`)
	for id, message := range map[string]string{"1": "the library crashed", "2": "the library gave up"} {
		wrong := answers[id]["error"].(map[string]any)
		if wrong["kind"] != "panic" || !strings.HasPrefix(wrong["message"].(string), message) {
			t.Errorf("%s: got %v, want a panic with %q", id, wrong, message)
		}
	}
	if answers["3"]["text"] != "on" {
		t.Errorf("the next request has no answer: %v", answers["3"])
	}
}

func TestATimeoutAsksForARestart(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "sleep", "timeout_ms": 20}`)
	want := map[string]any{"id": 1.0, "ok": false, "restart": true,
		"error": map[string]any{"kind": "timeout", "message": "no answer within 20ms"}}
	if !reflect.DeepEqual(answers["1"], want) {
		t.Errorf("got %v, want %v", answers["1"], want)
	}
}

func TestWarningsBelongToTheirRequest(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "warn"}`, `{"id": 2, "verb": "nothing"}`)
	if want := []any{"Warning: old field"}; !reflect.DeepEqual(answers["1"]["warnings"], want) {
		t.Errorf("got %v, want %v", answers["1"]["warnings"], want)
	}
	if answers["2"]["warnings"] != nil {
		t.Errorf("another request has warnings: %v", answers["2"])
	}
}

func TestReadsAreGivenWhenAskedFor(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "read", "reads": true}`, `{"id": 2, "verb": "read"}`,
		`{"id": 3, "verb": "read", "max_file_bytes": 2}`)
	want := []any{map[string]any{"path": "a.yaml", "kind": "file", "digest": tree.Digest([]byte("a: 1\n"))}}
	if !reflect.DeepEqual(answers["1"]["reads"], want) {
		t.Errorf("got %v, want %v", answers["1"]["reads"], want)
	}
	if answers["2"]["reads"] != nil {
		t.Errorf("reads are given unasked: %v", answers["2"])
	}
	wrong := answers["3"]["error"].(map[string]any)
	if wrong["kind"] != "too-large" || wrong["message"] != "a.yaml has 5 bytes; the limit is 2" {
		t.Errorf("got %v", wrong)
	}
}

func TestNeitherNetworkNorPrograms(t *testing.T) {
	answers := talk(t, `{"id": 1, "verb": "get"}`, `{"id": 2, "verb": "run"}`)
	wrong := answers["1"]["error"].(map[string]any)
	if wrong["kind"] != "needs-network" || wrong["url"] != "https://example.com/x?y=%3Cz%3E" && wrong["url"] != "https://example.com/x?y=<z>" {
		t.Errorf("got %v", wrong)
	}
	if message := answers["2"]["error"].(map[string]any)["message"]; !strings.Contains(message.(string), "not found") {
		t.Errorf("got %v", message)
	}
}

func TestLongLines(t *testing.T) {
	text := strings.Repeat("x", 3<<20)
	var got []string
	collect := func(line []byte, tooLong bool) { got = append(got, fmt.Sprint(len(line), tooLong)) }
	input := io.MultiReader(strings.NewReader(text+"\n"), io.LimitReader(zeros{}, maxLine+1), strings.NewReader("\nend"))
	if err := readLines(input, collect); err != nil {
		t.Fatal(err)
	}
	if want := []string{"3145728 false", "0 true", "3 false"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

type zeros struct{}

func (zeros) Read(buffer []byte) (int, error) {
	for i := range buffer {
		buffer[i] = '0'
	}
	return len(buffer), nil
}

func TestADeepAnswerIsRefused(t *testing.T) {
	wrong := talk(t, `{"id": 1, "verb": "deep"}`)["1"]["error"].(map[string]any)
	if want := "the result cannot be given: it is nested 301 levels deep, and 250 is the limit"; wrong["message"] != want {
		t.Errorf("got %v, want %q", wrong, want)
	}
}

func TestALargeAnswerIsRefused(t *testing.T) {
	wrong := talk(t, `{"id": 1, "verb": "large"}`)["1"]["error"].(map[string]any)
	want := map[string]any{
		"kind":    "too-large",
		"message": "the result cannot be given: the result has 67108877 bytes, and 67108864 is the limit",
	}
	if wrong["kind"] != want["kind"] || wrong["message"] != want["message"] {
		t.Errorf("got %v, want %v", wrong, want)
	}
}

func TestNesting(t *testing.T) {
	for text, want := range map[string]int{`"[[{"`: 0, `{"a\\": "\"[", "b": [1, {}]}`: 3, `[[], [[]], {}]`: 3, `3`: 0} {
		if got := nesting([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
