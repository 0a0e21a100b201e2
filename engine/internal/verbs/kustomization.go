package verbs

import (
	"path"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/types"
	k8s "sigs.k8s.io/yaml"
)

// kustomizationFields are the fields of a kustomization that tell where objects come from.
type kustomizationFields struct {
	Resources  []string    `json:"resources"`
	Bases      []string    `json:"bases"`
	Components []string    `json:"components"`
	Generators []string    `json:"generators"`
	Transform  []string    `json:"transformers"`
	Validators []string    `json:"validators"`
	CRDs       []string    `json:"crds"`
	ConfigMaps []generator `json:"configMapGenerator"`
	Secrets    []generator `json:"secretGenerator"`
	HelmCharts []helmEntry `json:"helmCharts"`
	// deprecated holds Kustomize's own warnings.
	deprecated []string
}

type helmEntry struct {
	Name string `json:"name"`
	Repo string `json:"repo"`
}

type generator struct {
	Name  string   `json:"name"`
	Files []string `json:"files"`
	Envs  []string `json:"envs"`
	Env   string   `json:"env"`
}

// reads says whether a generator takes the bytes of a file of some base name.
func (g *generator) reads(base string) bool {
	for _, list := range [][]string{g.Files, g.Envs, {g.Env}} {
		for _, entry := range list {
			if _, file, found := strings.Cut(entry, "="); found {
				entry = file
			}
			if path.Base(entry) == base {
				return true
			}
		}
	}
	return false
}

// remotes are the entries that may name a remote, in the order in which Kustomize loads them.
func (f *kustomizationFields) remotes() []string {
	var all []string
	for _, list := range [][]string{f.Resources, f.Bases, f.Generators, f.Components, f.Transform, f.Validators, f.CRDs} {
		all = append(all, list...)
	}
	return all
}

const maxParsed = 4096

// parsed remembers kustomizations by their text: many overlays share a base.
var parsed struct {
	sync.Mutex
	byText map[string]*kustomizationFields
}

// parseKustomization never fails: what it cannot read, Kustomize refuses.
func parseKustomization(data []byte) *kustomizationFields {
	parsed.Lock()
	known := parsed.byText[string(data)]
	parsed.Unlock()
	if known != nil {
		return known
	}
	fields := &kustomizationFields{}
	var whole types.Kustomization
	if k8s.Unmarshal(data, fields) != nil {
		fields = &kustomizationFields{}
	} else if whole.Unmarshal(data) == nil {
		if messages := whole.CheckDeprecatedFields(); messages != nil {
			for _, message := range *messages {
				fields.deprecated = append(fields.deprecated, strings.TrimSpace(message))
			}
		}
	}
	parsed.Lock()
	defer parsed.Unlock()
	if parsed.byText == nil || len(parsed.byText) >= maxParsed {
		parsed.byText = map[string]*kustomizationFields{}
	}
	parsed.byText[string(data)] = fields
	return fields
}
