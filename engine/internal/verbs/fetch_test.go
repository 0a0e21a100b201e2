package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestFetchRefuses(t *testing.T) {
	_, _, err := ask(t, repository(t, nil), Fetch, `{"url": "oci://example.com/chart"}`)
	found := wantFault(t, err, fault.NeedsNetwork, "", 0, "the run is offline; not fetched: oci://example.com/chart")
	if found.URL != "oci://example.com/chart" {
		t.Errorf("url %q", found.URL)
	}
}
