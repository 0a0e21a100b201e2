//go:build amd64 || arm64

package confine

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const (
	confinedVariable = "GITLINT_OPS_TEST_CONFINED_ROOT"
)

// attempts are what a confined process tries, below its root and beside it; each gives the error it met.
func attempts(root string) map[string]error {
	read := func(path string) error { _, err := os.ReadFile(path); return err }
	dial := func(network string) error { _, err := net.Dial(network, "127.0.0.1:9"); return err }
	return map[string]error{
		"read inside":      read(filepath.Join(root, "a")),
		"list inside":      func() error { _, err := os.ReadDir(root); return err }(),
		"read outside":     read(filepath.Join(root, "../outside")),
		"read by link":     read(filepath.Join(root, "link")),
		"list outside":     func() error { _, err := os.ReadDir(filepath.Dir(root)); return err }(),
		"read /etc/passwd": read("/etc/passwd"),
		"read /proc":       read("/proc/self/environ"),
		"write inside":     os.WriteFile(filepath.Join(root, "b"), nil, 0o600),
		"truncate inside":  os.Truncate(filepath.Join(root, "a"), 0),
		"write outside":    os.WriteFile(filepath.Join(root, "../b"), nil, 0o600),
		"remove":           os.Remove(filepath.Join(root, "a")),
		"run":              exec.Command("/bin/true").Run(),
		"TCP":              dial("tcp"),
		"UDP":              dial("udp"),
		"null":             os.WriteFile(os.DevNull, []byte("x"), 0),
	}
}

// TestMain is the confined process where the variable names its root: confinement cannot be left again.
func TestMain(m *testing.M) {
	root := os.Getenv(confinedVariable)
	if root == "" {
		os.Exit(m.Run())
	}
	began := time.Now()
	made := Enter(root)
	took := time.Since(began)
	met := map[string]string{}
	for name, err := range attempts(root) {
		met[name] = outcomeOf(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"made": made, "met": met, "took": took})
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "refused"
	}
	return err.Error()
}

func TestWhatAConfinedProcessMayDo(t *testing.T) {
	folder := t.TempDir()
	root := filepath.Join(folder, "root")
	if err := errors.Join(os.Mkdir(root, 0o755), os.WriteFile(filepath.Join(folder, "outside"), []byte("x"), 0o600),
		os.WriteFile(filepath.Join(root, "a"), []byte("x"), 0o600), os.Symlink("../outside", filepath.Join(root, "link"))); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), confinedVariable+"="+root)
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Made Confinement
		Met  map[string]string
		Took time.Duration
	}
	if err := json.Unmarshal(output, &said); err != nil {
		t.Fatalf("%v in %s", err, output)
	}
	if !said.Made.NoNewPrivileges || said.Made.Landlock < 4 || !said.Made.Seccomp {
		t.Skipf("this kernel lacks something: %+v", said.Made)
	}
	may := map[string]bool{"read inside": true, "list inside": true, "null": true}
	for name, met := range said.Met {
		want := "refused"
		if may[name] {
			want = "done"
		}
		if met != want {
			t.Errorf("%s: %s, want %s", name, met, want)
		}
	}
	t.Logf("confined in %s", said.Took)
}

func TestOldVersionsOfLandlockAreAskedForWhatTheyKnow(t *testing.T) {
	if first := ruleset(1); first.Handled_access_fs != 0x1fff || first.Handled_access_net != 0 {
		t.Errorf("got %+v", first)
	}
	if last := ruleset(7); last.Handled_access_fs != 0xffff || last.Handled_access_net != 3 {
		t.Errorf("got %+v", last)
	}
}
