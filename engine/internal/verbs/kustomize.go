// Package verbs answers the requests of the protocol, one file a verb.
package verbs

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strings"

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
	// Helm is the major version of the Helm that inflates charts, 0 for the newest.
	Helm int `json:"helm"`
	// Remotes gives the local path of what a kustomization names by a URL, keyed by that text.
	Remotes map[string]string `json:"remotes"`
	Charts  chartPlaces       `json:"charts"`
}

type kustomizeResult struct {
	Objects            []json.RawMessage   `json:"objects"`
	Origins            []kustomizeOrigin   `json:"origins"`
	Transformers       [][]configured      `json:"transformers,omitempty"`
	Lines              []map[string][]any  `json:"lines,omitempty"`
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
	// Line is where the object's document begins; 0 where it is not known.
	Line int `json:"line,omitempty"`
	configured
}

// Kustomize builds a folder as `kustomize build` does.
func Kustomize(call *server.Call) (any, error) {
	var request kustomizeRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	if err := checkHelm(request.Helm); err != nil {
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
	return folder, applyEdits(call.View, folder, request.Edits)
}

func (b *build) result() (*kustomizeResult, error) {
	made, err := b.objects()
	if err != nil {
		return nil, err
	}
	result := &kustomizeResult{Objects: make([]json.RawMessage, 0, len(made.resources)), Origins: made.origins, Transformers: made.chains, Lines: made.lines}
	for _, one := range made.resources {
		object, err := one.MarshalJSON()
		if err != nil {
			return nil, err
		}
		result.Objects = append(result.Objects, object)
	}
	if b.request.YAML {
		result.YAML = &made.text
	}
	return result, nil
}

// built is what a build gives: objects, and as many origins; with provenance chains of transformers, and for inflated
// charts the template lines of each object's fields.
// text holds the bytes of `kustomize build`, when asked for.
type built struct {
	text      string
	resources []*resource.Resource
	origins   []kustomizeOrigin
	chains    [][]configured
	lines     []map[string][]any
}

func (b *build) objects() (*built, error) {
	if b.request.Provenance {
		return b.annotatedObjects()
	}
	resources, err := b.run(byComment)
	if err != nil {
		// The comments shift lines: the message must come from the files as they are.
		if _, err := b.run(untracked); err != nil {
			return nil, err
		}
		return b.annotatedObjects()
	}
	made := &built{resources: resources.Resources()}
	if b.request.YAML {
		text, err := resources.AsYaml()
		if err != nil {
			return nil, err
		}
		made.text = string(text)
	}
	if origins, ok := b.origins(made.resources); ok {
		made.origins = origins
		return made, nil
	}
	return b.annotatedObjects()
}

func (b *build) annotatedObjects() (*built, error) {
	made := &built{chains: [][]configured{}}
	if b.request.YAML {
		plain, err := b.run(untracked)
		if err != nil {
			return nil, err
		}
		text, err := plain.AsYaml()
		if err != nil {
			return nil, err
		}
		made.text = string(text)
	}
	resources, err := b.run(byAnnotation)
	if err != nil {
		return nil, err
	}
	made.resources = resources.Resources()
	made.origins = make([]kustomizeOrigin, 0, len(made.resources))
	for _, one := range made.resources {
		origin, chain, err := b.takeProvenance(one)
		if err != nil {
			return nil, err
		}
		if document := b.marked(one); document != nil {
			origin.Path, origin.Line = document.path, document.line
		}
		made.origins, made.chains = append(made.origins, origin), append(made.chains, chain)
	}
	if b.request.Provenance {
		made.lines = b.inflatedLines(made.resources)
	} else {
		made.chains = nil
	}
	return made, nil
}

// takeProvenance reads an object's origin and transformer annotations, and removes those that only this build asked for.
func (b *build) takeProvenance(one *resource.Resource) (kustomizeOrigin, []configured, error) {
	var origin kustomizeOrigin
	chain := []configured{}
	annotations := one.GetAnnotations()
	if annotations == nil {
		return origin, chain, nil
	}
	if found, err := one.GetOrigin(); err == nil && found != nil {
		origin = kustomizeOrigin{Path: b.copied(b.fromFolder(found.Path)), configured: b.configuredBy(found)}
	}
	if transformations, err := one.GetTransformations(); err == nil {
		for _, step := range transformations {
			chain = append(chain, b.configuredBy(step))
		}
	}
	for _, option := range b.addedMetadata {
		delete(annotations, metadataAnnotations[option])
	}
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
