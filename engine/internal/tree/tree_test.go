package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func sampleTree(t *testing.T) *Tree {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	for _, folder := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"a/one.yaml": "one", "a/b/two.yaml": "two", "../secret": "s", "a/.hidden": ""} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	links := map[string]string{
		"in": "a/b", "out": "../secret", "abs": "/etc/hostname", "inabs": filepath.Join(root, "a"), "loop": "loop",
		"c/up": "../in/two.yaml", "c/escape": "../in/../../../secret", "nowhere": "gone",
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func TestReadFileStaysInside(t *testing.T) {
	cases := map[string]struct{ want, kind string }{
		"a/one.yaml":     {"one", ""},
		"in/two.yaml":    {"two", ""},
		"inabs/one.yaml": {"one", ""},
		"c/up":           {"two", ""},
		"out":            {"", fault.OutsideRoot},
		"abs":            {"", fault.OutsideRoot},
		"c/escape":       {"", fault.OutsideRoot},
		"loop":           {"", fault.Cycle},
		"../secret":      {"", fault.OutsideRoot},
		"/etc/hostname":  {"", fault.OutsideRoot},
		"a/\x00":         {"", fault.BadRequest},
	}
	opened := sampleTree(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			view := opened.View(0, false)
			abs, err := view.Abs(name)
			var data []byte
			if err == nil {
				data, err = view.ReadFile(abs)
			}
			if string(data) != c.want || (err != nil) != (c.kind != "") {
				t.Fatalf("got %q, %v", data, err)
			}
			if err != nil && fault.From(err).Kind != c.kind {
				t.Errorf("got %v, want kind %s", err, c.kind)
			}
		})
	}
}

func TestAbsentFilesAreNamed(t *testing.T) {
	view := sampleTree(t).View(0, true)
	for _, name := range []string{"gone.yaml", "nowhere", "a/one.yaml/below"} {
		abs, err := view.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := view.ReadFile(abs); !errors.Is(err, fs.ErrNotExist) || view.Absent() != name {
			t.Errorf("%s: got %v, absent %q", name, err, view.Absent())
		}
	}
}

func TestOverlay(t *testing.T) {
	view := sampleTree(t).View(0, true)
	put := func(name, text string) {
		abs, err := view.Abs(name)
		if err == nil {
			err = view.Put(abs, []byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("in/two.yaml", "changed")
	put("new/deep/file.yaml", "new")
	root := view.Root()
	for name, want := range map[string]string{"a/b/two.yaml": "changed", "c/up": "changed", "new/deep/file.yaml": "new"} {
		if data, err := view.ReadFile(filepath.Join(root, name)); string(data) != want || err != nil {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if !view.IsDir(filepath.Join(root, "new")) {
		t.Error("the folder of a virtual file is not there")
	}
	names, err := view.ReadDir(root)
	if want := []string{"a", "abs", "c", "in", "inabs", "loop", "new", "nowhere", "out"}; err != nil || !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, %v", names, err)
	}
	if data, err := os.ReadFile(filepath.Join(root, "a/b/two.yaml")); string(data) != "two" || err != nil {
		t.Errorf("the disk has changed: %q, %v", data, err)
	}
	reads := view.Recorder().Reads()
	if len(reads) != 3 || reads[0].Path != "." || reads[0].Kind != "folder" || reads[1].Kind != "link" || reads[2].Kind != "link" {
		t.Errorf("virtual files are recorded: %v", reads)
	}
}

func TestEveryAccessIsRecorded(t *testing.T) {
	view := sampleTree(t).View(0, true)
	root := view.Root()
	view.Exists(filepath.Join(root, "a/one.yaml"))
	view.Exists(filepath.Join(root, "a/b/two.yaml"))
	if _, err := view.ReadFile(filepath.Join(root, "a/b/two.yaml")); err != nil {
		t.Fatal(err)
	}
	view.Exists(filepath.Join(root, "in"))
	view.Exists(filepath.Join(root, "none"))
	view.IsDir(filepath.Join(root, "c"))
	if _, err := view.FilesNamed("two.yaml"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, read := range view.Recorder().Reads() {
		got = append(got, read.Kind+" "+read.Path)
	}
	want := []string{"present a/b", "file a/b/two.yaml", "present a/one.yaml", "present c", "link in", "absent none", "named two.yaml"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWalk(t *testing.T) {
	view := sampleTree(t).View(0, false)
	var visited []string
	err := view.Walk(view.Root(), func(abs string, info fs.FileInfo, err error) error {
		if err != nil {
			return err
		}
		name := view.Rel(abs)
		if info.IsDir() && name == "c" {
			return filepath.SkipDir
		}
		visited = append(visited, name)
		return nil
	})
	want := ". a a/.hidden a/b a/b/two.yaml a/one.yaml abs in inabs loop nowhere out"
	if got := strings.Join(visited, " "); got != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestHide(t *testing.T) {
	view := sampleTree(t).View(0, false)
	view.Hide(func(rel string, info fs.FileInfo) bool {
		return info.Mode()&fs.ModeSymlink != 0 || rel == "a/one.yaml"
	})
	root := view.Root()
	for name, want := range map[string]bool{"a/one.yaml": false, "in": false, "in/two.yaml": false, "a/b/two.yaml": true} {
		if got := view.Exists(filepath.Join(root, name)); got != want {
			t.Errorf("%s exists: %v", name, got)
		}
	}
	names, err := view.ReadDir(root)
	if want := []string{"a", "c"}; err != nil || !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, %v", names, err)
	}
}

func TestKustomizeFileSystem(t *testing.T) {
	view := sampleTree(t).View(0, false)
	files := view.Kustomize(filepath.Join(view.Root(), "a"), nil)
	if data, err := files.ReadFile("one.yaml"); string(data) != "one" || err != nil {
		t.Errorf("a relative path: %q, %v", data, err)
	}
	if matches, err := files.Glob("*"); err != nil || !reflect.DeepEqual(matches, []string{"b", "one.yaml"}) {
		t.Errorf("glob gives %v, %v", matches, err)
	}
	if matches, err := files.Glob("b/t?o.yaml"); err != nil || !reflect.DeepEqual(matches, []string{filepath.Join("b", "two.yaml")}) {
		t.Errorf("glob gives %v, %v", matches, err)
	}
	if _, err := files.Glob("[a"); err == nil {
		t.Error("a bad pattern is no error")
	}
	if err := files.WriteFile("fresh.yaml", []byte("x")); err != nil || !files.Exists("fresh.yaml") {
		t.Errorf("writing into the view: %v", err)
	}
	if _, err := os.Stat(filepath.Join(view.Root(), "a/fresh.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the disk has changed: %v", err)
	}
	folder, file, err := files.CleanedAbs("../in/two.yaml")
	if folder.String() != filepath.Join(view.Root(), "a/b") || file != "two.yaml" || err != nil {
		t.Errorf("got %s, %s, %v", folder, file, err)
	}
	for name, err := range map[string]error{"mkdir": files.Mkdir("x"), "mkdirall": files.MkdirAll("x"), "remove": files.RemoveAll("b")} {
		if err == nil {
			t.Errorf("%s is allowed", name)
		}
	}
}

func TestFilesNamed(t *testing.T) {
	view := sampleTree(t).View(0, false)
	found, err := view.FilesNamed("two.yaml")
	if want := []string{filepath.Join(view.Root(), "a/b/two.yaml")}; err != nil || !reflect.DeepEqual(found, want) {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestCleanHidesTheRoot(t *testing.T) {
	view := sampleTree(t).View(0, false)
	root := view.Root()
	if got := view.Clean("open " + root + "/a/x: under '" + root + "'"); got != "open a/x: under '.'" {
		t.Errorf("got %q", got)
	}
}

func TestReplacePathLeavesOtherNamesAlone(t *testing.T) {
	for message, want := range map[string]string{
		"open /repo/a.yaml: no":                    "open a.yaml: no",
		"under '/repo'.":                           "under '.'.",
		"'/repo' and /repo/b":                      "'.' and b",
		"git https://example.com/org/repo//base":   "git https://example.com/org/repo//base",
		"https://example.com/repo/x at /repo/y":    "https://example.com/repo/x at y",
		"other /repository/c and /repo-2 stay":     "other /repository/c and /repo-2 stay",
		"deploy/repo/repo is another path: /repo:": "deploy/repo/repo is another path: .:",
	} {
		if got := replacePath(message, "/repo", "."); got != want {
			t.Errorf("%q becomes %q, want %q", message, got, want)
		}
	}
	if got := replacePath("open /a/b", "/", "."); got != "open /a/b" {
		t.Errorf("the file system's root is taken off: %q", got)
	}
}
