package verbs

import (
	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

type fetchRequest struct {
	URL string `json:"url"`
}

// Fetch refuses: this version of the engine never uses the network.
func Fetch(call *server.Call) (any, error) {
	var request fetchRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	refused := fault.New(fault.NeedsNetwork, "%s%s", fault.OfflineMark, request.URL)
	refused.URL = request.URL
	return nil, refused
}
