package fetch

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

func TestNetrc(t *testing.T) {
	file := filepath.Join(t.TempDir(), "netrc")
	text := `# machine commented.example login no password no
machine Git.Example.com login me password s3cret
machine two.example
  login you
  account ignored
  password other
macdef init
machine macro.example login no password no

default login anonymous password guest
machine late.example password only
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	wanted := map[string]user{"git.example.com": {"me", "s3cret"}, "two.example": {"you", "other"}, "late.example": {"", "only"}}
	if found := readNetrc(file); !maps.Equal(found, wanted) {
		t.Errorf("%v", found)
	}
	if found := readNetrc(file + ".none"); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

func TestALoginOfNetrcIsForItsHost(t *testing.T) {
	known := users{machines: map[string]user{"git.example.com": {"me", "s3cret"}}}
	if found := known.forHost("https://GIT.example.com:8443/o/r"); found == nil || found.name != "me" {
		t.Errorf("%v", found)
	}
	if found := known.forHost("https://example.com/git.example.com"); found != nil {
		t.Errorf("%v", found)
	}
}
