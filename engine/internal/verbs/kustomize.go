// Package verbs answers the requests of the protocol, one file a verb.
package verbs

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

type kustomizeRequest struct {
	Path           string            `json:"path"`
	LoadRestrictor string            `json:"load_restrictor"`
	EnableHelm     bool              `json:"enable_helm"`
	Edits          [][]string        `json:"edits"`
	Flux           *fluxRequest      `json:"flux"`
	Files          map[string]string `json:"files"`
	YAML           bool              `json:"yaml"`
	Provenance     bool              `json:"provenance"`
	KubeVersion    string            `json:"kube_version"`
	APIVersions    []string          `json:"api_versions"`
}

type kustomizeResult struct {
	Objects            []json.RawMessage   `json:"objects"`
	Origins            []kustomizeOrigin   `json:"origins"`
	Transformers       [][]configured      `json:"transformers,omitempty"`
	YAML               *string             `json:"yaml,omitempty"`
	SubstitutionErrors []substitutionError `json:"substitution_errors,omitempty"`
}

type configured struct {
	In string          `json:"configured_in"`
	By *objectIdentity `json:"configured_by"`
}

type objectIdentity struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace,omitempty"`
}

type kustomizeOrigin struct {
	Path string `json:"path"`
	configured
}

// Kustomize builds a folder as `kustomize build` does.
func Kustomize(call *server.Call) (any, error) {
	var request kustomizeRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	folder, err := prepareKustomize(call, &request)
	if err != nil {
		return nil, err
	}
	job := newBuild(call, folder, &request)
	if request.Flux != nil {
		return job.flux(request.Flux)
	}
	return job.result()
}

// prepareKustomize lays the virtual files and checks the folder.
func prepareKustomize(call *server.Call, request *kustomizeRequest) (string, error) {
	folder, err := call.View.Abs(request.Path)
	if err != nil {
		return "", err
	}
	if err := putFiles(call.View, request.Files); err != nil {
		return "", err
	}
	if folder, err = call.View.Resolve(folder); err != nil {
		return "", err
	}
	if !call.View.IsDir(folder) {
		return "", fault.At(fault.MissingFile, request.Path, "%s is not a folder", request.Path)
	}
	if request.EnableHelm {
		return folder, nil
	}
	return folder, applyEdits(call.View, folder, request.Edits)
}

func (b *build) result() (*kustomizeResult, error) {
	if b.request.YAML {
		return b.exactResult()
	}
	resources, err := b.run(true)
	if err != nil {
		return nil, err
	}
	return b.describe(resources)
}

// exactResult builds without our annotations for the bytes, and once more with them for the origins.
func (b *build) exactResult() (*kustomizeResult, error) {
	plain, err := b.run(false)
	if err != nil {
		return nil, err
	}
	text, err := plain.AsYaml()
	if err != nil {
		return nil, err
	}
	annotated, err := b.run(true)
	if err != nil {
		return nil, err
	}
	result, err := b.describe(annotated)
	if err != nil {
		return nil, err
	}
	bytes := string(text)
	result.YAML = &bytes
	return result, nil
}

func (b *build) describe(resources resmap.ResMap) (*kustomizeResult, error) {
	all := resources.Resources()
	result := &kustomizeResult{
		Objects: make([]json.RawMessage, 0, len(all)),
		Origins: make([]kustomizeOrigin, 0, len(all)),
	}
	for _, one := range all {
		origin, chain, err := b.takeProvenance(one)
		if err != nil {
			return nil, err
		}
		object, err := one.MarshalJSON()
		if err != nil {
			return nil, err
		}
		result.Objects = append(result.Objects, object)
		result.Origins = append(result.Origins, origin)
		if b.request.Provenance {
			result.Transformers = append(result.Transformers, chain)
		}
	}
	return result, nil
}

// takeProvenance reads an object's origin and transformer annotations, and removes them.
func (b *build) takeProvenance(one *resource.Resource) (kustomizeOrigin, []configured, error) {
	var origin kustomizeOrigin
	chain := []configured{}
	annotations := one.GetAnnotations()
	_, hasOrigin := annotations[originAnnotation]
	_, hasChain := annotations[transformerAnnotation]
	if !hasOrigin && !hasChain {
		return origin, chain, nil
	}
	if found, err := one.GetOrigin(); err == nil && found != nil {
		origin = kustomizeOrigin{Path: b.fromFolder(found.Path), configured: b.configuredBy(found)}
	}
	if transformations, err := one.GetTransformations(); err == nil {
		for _, step := range transformations {
			chain = append(chain, b.configuredBy(step))
		}
	}
	delete(annotations, originAnnotation)
	delete(annotations, transformerAnnotation)
	return origin, chain, one.SetAnnotations(annotations)
}

func (b *build) configuredBy(origin *resource.Origin) configured {
	found := configured{In: b.fromFolder(origin.ConfiguredIn)}
	by := origin.ConfiguredBy
	if by.Kind != "" || by.Name != "" {
		found.By = &objectIdentity{APIVersion: by.APIVersion, Kind: by.Kind, Name: by.Name, Namespace: by.Namespace}
	}
	return found
}

// fromFolder makes a path that Kustomize gives from the built folder relative to the root.
func (b *build) fromFolder(name string) string {
	if name == "" {
		return ""
	}
	return path.Join(b.view.Rel(b.folder), filepath.ToSlash(name))
}

func isKustomization(name string) bool {
	switch filepath.Base(name) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

func restriction(name string) (types.LoadRestrictions, error) {
	switch name {
	case "", "root":
		return types.LoadRestrictionsRootOnly, nil
	case "none":
		return types.LoadRestrictionsNone, nil
	}
	return 0, fault.New(fault.BadRequest, "load_restrictor is %q; expected \"root\" or \"none\"", name)
}

func looksRemote(entry string) bool {
	lower := strings.ToLower(entry)
	for _, prefix := range []string{"git::", "git@", "github.com/", "github.com:", "gitlab.com/", "bitbucket.org/", "org-"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	host, _, hasPath := strings.Cut(lower, "/")
	return strings.Contains(lower, "://") || strings.Contains(lower, ".git/") || strings.HasSuffix(lower, ".git") ||
		strings.Contains(lower, "?ref=") || (hasPath && strings.Contains(host, "@") && strings.Contains(host, ":"))
}
