package server

import (
	"net/http"
	"os"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// offline refuses every HTTP request that a library tries.
type offline struct{}

// RoundTrip answers with an error that names the URL.
func (offline) RoundTrip(request *http.Request) (*http.Response, error) {
	err := fault.New(fault.NeedsNetwork, "%s%s", fault.OfflineMark, request.URL.String())
	err.URL = request.URL.String()
	return nil, err
}

// Isolate takes from the libraries every way to the network and to other programs.
func Isolate() error {
	http.DefaultTransport = offline{}
	http.DefaultClient = &http.Client{Transport: offline{}}
	return os.Setenv("PATH", "")
}
