package tree

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// mountedTree is the sample tree with a folder of one chart at the mount point.
func mountedTree(t *testing.T) (view *View, folder string) {
	t.Helper()
	opened := sampleTree(t)
	folder = filepath.Join(t.TempDir(), "fetched")
	err := errors.Join(
		os.MkdirAll(filepath.Join(folder, "web"), 0o755),
		os.WriteFile(filepath.Join(folder, "web/Chart.yaml"), []byte("name: web"), 0o600),
		os.WriteFile(filepath.Join(folder, "../beside"), []byte("s"), 0o600),
		os.Symlink("../../beside", filepath.Join(folder, "web/out")),
		os.Symlink("Chart.yaml", filepath.Join(folder, "web/in")),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Mount(folder); err != nil {
		t.Fatal(err)
	}
	return opened.View(0, true), folder
}

func TestWhatIsMountedIsReadByItsName(t *testing.T) {
	view, folder := mountedTree(t)
	for _, name := range []string{"web/Chart.yaml", "web/in"} {
		abs, err := view.Abs(MountPoint + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := view.ReadFile(abs); err != nil || string(data) != "name: web" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	resolved, err := view.Resolve(filepath.Join(view.Root(), MountPoint, "web"))
	if err != nil || view.Rel(resolved) != MountPoint+"/web" {
		t.Errorf("%s, %v", resolved, err)
	}
	if message := view.Clean("cannot read " + folder + "/web/x"); message != "cannot read "+MountPoint+"/web/x" {
		t.Error(message)
	}
}

func TestNothingBesideTheMountedFolderIsRead(t *testing.T) {
	view, folder := mountedTree(t)
	abs, err := view.Abs(MountPoint + "/web/out")
	if err != nil {
		t.Fatal(err)
	}
	var refusal *fault.Error
	if _, err := view.ReadFile(abs); !errors.As(err, &refusal) || refusal.Kind != fault.OutsideRoot {
		t.Errorf("a link out of it: %v", err)
	}
	if _, err := view.ReadFile(filepath.Join(filepath.Dir(folder), "beside")); !errors.As(err, &refusal) {
		t.Errorf("beside it: %v", err)
	}
}

func TestNoWalkComesToWhatIsMounted(t *testing.T) {
	view, _ := mountedTree(t)
	err := view.Walk(view.Root(), func(abs string, _ os.FileInfo, _ error) error {
		if view.tree.mount.holds(abs) || filepath.Base(abs) == "Chart.yaml" {
			t.Errorf("the walk came to %s", abs)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
