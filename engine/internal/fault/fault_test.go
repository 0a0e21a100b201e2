package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFrom(t *testing.T) {
	refused := At(OutsideRoot, "a", "path %q leaves the root", "a")
	if found := From(fmt.Errorf("wrapped: %w", refused)); found != refused {
		t.Errorf("got %+v", found)
	}
	if found := From(errors.New("plain")); found.Kind != Failed || found.Message != "plain" {
		t.Errorf("got %+v", found)
	}
}

func TestClip(t *testing.T) {
	if short := "é"; Clip(short) != short {
		t.Error("a short message changes")
	}
	clipped := Clip("start" + strings.Repeat("é", 5000) + "cause")
	if count := len([]rune(clipped)); count > 4000 || count < 3900 {
		t.Errorf("%d characters", count)
	}
	if !strings.HasPrefix(clipped, "start") || !strings.HasSuffix(clipped, "cause") || !strings.Contains(clipped, "characters left out") {
		t.Errorf("got %q", clipped[:40])
	}
}
