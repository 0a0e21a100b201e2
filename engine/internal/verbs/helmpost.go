package verbs

import (
	"bytes"
	"encoding/json"

	"helm.sh/helm/v4/pkg/postrenderer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type helmPostRenderer struct {
	Patches []types.Patch `json:"patches"`
	Images  []types.Image `json:"images"`
}

// postRendering is what helm-controller does to a rendered chart (internal/postrender): its Kustomize patches
// and images in turn, then the common metadata.
type postRendering struct {
	steps    []helmPostRenderer
	metadata *commonMetadata
}

func (r *helmRequest) postRenderer() postrenderer.PostRenderer {
	if len(r.PostRenderers) == 0 && r.CommonMetadata == nil {
		return nil
	}
	return &postRendering{steps: r.PostRenderers, metadata: r.CommonMetadata}
}

// Run changes the rendered manifests.
func (p *postRendering) Run(manifests *bytes.Buffer) (*bytes.Buffer, error) {
	WarmUp()
	schema.RLock()
	defer schema.RUnlock()
	for _, step := range p.steps {
		changed, err := runKustomize(manifests.Bytes(), step)
		if err != nil {
			return nil, err
		}
		text, err := changed.AsYaml()
		if err != nil {
			return nil, err
		}
		manifests = bytes.NewBuffer(text)
	}
	if p.metadata == nil {
		return manifests, nil
	}
	changed, err := runKustomize(manifests.Bytes(), helmPostRenderer{})
	if err != nil {
		return nil, err
	}
	for _, one := range changed.Resources() {
		if err := p.metadata.apply(one); err != nil {
			return nil, err
		}
	}
	text, err := changed.AsYaml()
	return bytes.NewBuffer(text), err
}

func runKustomize(manifests []byte, step helmPostRenderer) (resmap.ResMap, error) {
	const input = "helm-output.yaml"
	kustomization := types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: []string{input},
		Images:    step.Images,
	}
	for _, patch := range step.Patches {
		kustomization.Patches = append(kustomization.Patches, types.Patch{Patch: patch.Patch, Target: patch.Target})
	}
	config, err := json.Marshal(kustomization)
	if err != nil {
		return nil, err
	}
	files := filesys.MakeFsInMemory()
	if err := files.WriteFile(input, manifests); err != nil {
		return nil, err
	}
	if err := files.WriteFile("kustomization.yaml", config); err != nil {
		return nil, err
	}
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	return krusty.MakeKustomizer(options).Run(files, ".")
}
