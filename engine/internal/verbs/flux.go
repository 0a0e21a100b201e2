package verbs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	substituteKey = "kustomize.toolkit.fluxcd.io/substitute"
	disabled      = "disabled"
)

type fluxRequest struct {
	Spec      fluxSpec          `json:"spec"`
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Vars      map[string]string `json:"vars"`
	Strict    bool              `json:"strict"`
	// keepEscapes leaves $${name} as it is: the text is to be substituted once more.
	keepEscapes bool
	// Ignore is the source's spec.ignore.
	Ignore string `json:"ignore"`
}

// fluxSpec holds the fields of a Flux Kustomization's spec that change its output.
type fluxSpec struct {
	TargetNamespace         *string         `json:"targetNamespace"`
	NamePrefix              *string         `json:"namePrefix"`
	NameSuffix              *string         `json:"nameSuffix"`
	Patches                 []types.Patch   `json:"patches"`
	Components              []string        `json:"components"`
	IgnoreMissingComponents bool            `json:"ignoreMissingComponents"`
	Images                  []types.Image   `json:"images"`
	BuildMetadata           []string        `json:"buildMetadata"`
	CommonMetadata          *commonMetadata `json:"commonMetadata"`
	PostBuild               struct {
		SubstituteStrategy string `json:"substituteStrategy"`
	} `json:"postBuild"`
}

type substitutionError struct {
	Object   int    `json:"object"`
	Variable string `json:"variable"`
	Message  string `json:"message"`
}

// flux builds as kustomize-controller does: its kustomization, the build, and what follows for each object.
func (b *build) flux(request *fluxRequest) (*kustomizeResult, error) {
	if err := b.hideIgnored(request.Ignore); err != nil {
		return nil, err
	}
	if !b.view.IsDir(b.folder) {
		return nil, fault.At(fault.MissingFile, b.request.Path, "%s is not part of the source's artifact", b.request.Path)
	}
	if err := b.writeFluxKustomization(&request.Spec); err != nil {
		return nil, err
	}
	made, err := b.objects()
	if err != nil {
		return nil, err
	}
	result := &kustomizeResult{Objects: []json.RawMessage{}, Origins: []kustomizeOrigin{}}
	var texts []string
	for number, one := range made.resources {
		if gvk := one.GetGvk(); gvk.Group == "kustomize.config.k8s.io" && gvk.Kind == types.KustomizationKind {
			continue
		}
		result.Origins = append(result.Origins, made.origins[number])
		if made.chains != nil {
			result.Transformers = append(result.Transformers, made.chains[number])
		}
		text, err := b.fluxObject(request, result, one)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if b.request.YAML {
		joined := strings.Join(texts, "---\n")
		result.YAML = &joined
	}
	return result, nil
}

func (b *build) fluxObject(request *fluxRequest, result *kustomizeResult, one *resource.Resource) (string, error) {
	if failed := request.substitute(one); failed != nil {
		failed.Object = len(result.Objects)
		failed.Message = b.view.Clean(failed.Message)
		result.SubstitutionErrors = append(result.SubstitutionErrors, *failed)
	}
	if err := request.Spec.CommonMetadata.apply(one); err != nil {
		return "", err
	}
	object, err := one.MarshalJSON()
	if err != nil {
		return "", err
	}
	result.Objects = append(result.Objects, object)
	if !b.request.YAML {
		return "", nil
	}
	text, err := one.AsYAML()
	return string(text), err
}

// writeFluxKustomization follows GenerateManifest of fluxcd/pkg/kustomize.
func (b *build) writeFluxKustomization(spec *fluxSpec) error {
	kustomization := types.Kustomization{TypeMeta: types.TypeMeta{
		APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind,
	}}
	file := kustomizationFile(b.view, b.folder)
	if file == "" {
		file = filepath.Join(b.folder, konfig.DefaultKustomizationFileName())
		if err := b.generate(&kustomization); err != nil {
			return err
		}
	} else {
		data, err := b.view.ReadFile(file)
		if err != nil {
			return err
		}
		// Unknown fields are dropped here, where the CLI refuses them.
		if err := yaml.Unmarshal(data, &kustomization); err != nil {
			return fault.At(fault.Failed, b.view.Rel(file), "%v", err)
		}
		if len(kustomization.Resources) == 0 {
			kustomization.BuildMetadata = []string{types.OriginAnnotations}
		}
	}
	if err := b.applyFluxSpec(&kustomization, spec); err != nil {
		return err
	}
	manifest, err := yaml.Marshal(kustomization)
	if err != nil {
		return err
	}
	return b.view.Put(file, manifest)
}

func (b *build) applyFluxSpec(kustomization *types.Kustomization, spec *fluxSpec) error {
	if spec.TargetNamespace != nil {
		kustomization.Namespace = *spec.TargetNamespace
	}
	if spec.NamePrefix != nil {
		kustomization.NamePrefix = *spec.NamePrefix
	}
	if spec.NameSuffix != nil {
		kustomization.NameSuffix = *spec.NameSuffix
	}
	for _, patch := range spec.Patches {
		kustomization.Patches = append(kustomization.Patches, types.Patch{Patch: patch.Patch, Target: patch.Target})
	}
	for _, component := range spec.Components {
		if looksRemote(component) || filepath.IsAbs(component) {
			return fault.New(fault.Failed, "component path '%s' must be local and relative", component)
		}
		if spec.IgnoreMissingComponents && !b.view.Exists(filepath.Join(b.folder, component)) {
			continue
		}
		kustomization.Components = append(kustomization.Components, component)
	}
	for _, image := range spec.Images {
		mergeImage(kustomization, image)
	}
	if len(spec.BuildMetadata) > 0 {
		kustomization.BuildMetadata = spec.BuildMetadata
	}
	return nil
}

// mergeImage keeps a name that is not set anew; tag and digest are replaced as a pair.
func mergeImage(kustomization *types.Kustomization, image types.Image) {
	at := slices.IndexFunc(kustomization.Images, func(known types.Image) bool { return known.Name == image.Name })
	if at < 0 {
		kustomization.Images = append(kustomization.Images, types.Image{
			Name: image.Name, NewName: image.NewName, NewTag: image.NewTag, Digest: image.Digest,
		})
		return
	}
	known := &kustomization.Images[at]
	if image.NewName != "" {
		known.NewName = image.NewName
	}
	if image.NewTag != "" || image.Digest != "" {
		known.NewTag, known.Digest = image.NewTag, image.Digest
	}
}

var (
	variableName = regexp.MustCompile(`^[_[:alpha:]][_[:alpha:][:digit:]]*$`)
	unsetName    = regexp.MustCompile(`variable not set \(strict mode\): "([^"]*)"`)
)

// maxUndefined bounds how many variables without a value one object is tried with.
const maxUndefined = 50

// substitute follows SubstituteVariables of fluxcd/pkg/kustomize. Of an object whose substitution fails, what is
// undefined stays as it is.
func (r *fluxRequest) substitute(one *resource.Resource) *substitutionError {
	if len(r.Vars) == 0 && r.Spec.PostBuild.SubstituteStrategy != "Always" {
		return nil
	}
	if one.GetLabels()[substituteKey] == disabled || one.GetAnnotations()[substituteKey] == disabled {
		return nil
	}
	err := r.substituteText(one)
	if err == nil {
		return nil
	}
	failed := &substitutionError{Message: err.Error()}
	if match := unsetName.FindStringSubmatch(failed.Message); match != nil {
		failed.Variable = match[1]
		r.substituteDefined(one, match[1])
	}
	return failed
}

// substituteDefined keeps undefined variables as they are written, so that what follows from the rest is known.
func (r *fluxRequest) substituteDefined(one *resource.Resource, undefined string) {
	known := *r
	known.keepEscapes = true
	known.Vars = map[string]string{}
	maps.Copy(known.Vars, r.Vars)
	for range maxUndefined {
		if known.Vars[undefined] != "" {
			return
		}
		known.Vars[undefined] = "${" + undefined + "}"
		err := known.substituteText(one)
		if err == nil {
			return
		}
		match := unsetName.FindStringSubmatch(err.Error())
		if match == nil {
			return
		}
		undefined = match[1]
	}
}

func (r *fluxRequest) substituteText(one *resource.Resource) error {
	vars := make(map[string]string, len(r.Vars))
	for name, value := range r.Vars {
		if !variableName.MatchString(name) {
			return fmt.Errorf("'%s' var name is invalid, must match '%s'", name, variableName)
		}
		vars[name] = strings.ReplaceAll(value, "\n", "")
	}
	text, err := one.AsYAML()
	if err != nil {
		return err
	}
	if r.keepEscapes {
		text = bytes.ReplaceAll(text, []byte("$$"), []byte("$$$$"))
	}
	output, err := substitute(string(text), vars, r.Strict)
	if err != nil {
		return fmt.Errorf("variable substitution failed: %w", err)
	}
	object, err := yaml.YAMLToJSON([]byte(output))
	if err != nil {
		return fmt.Errorf("YAMLToJSON: %w", err)
	}
	changed := one.DeepCopy()
	if err := changed.UnmarshalJSON(object); err != nil {
		return fmt.Errorf("UnmarshalJSON: %w", err)
	}
	one.ResetRNode(changed)
	return nil
}

type commonMetadata struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// apply sets labels and annotations on an object itself, over its own.
func (m *commonMetadata) apply(one *resource.Resource) error {
	if m == nil {
		return nil
	}
	var failed error
	if len(m.Labels) > 0 {
		labels := one.GetLabels()
		maps.Copy(labels, m.Labels)
		failed = one.SetLabels(labels)
	}
	if len(m.Annotations) > 0 {
		annotations := one.GetAnnotations()
		maps.Copy(annotations, m.Annotations)
		failed = errors.Join(failed, one.SetAnnotations(annotations))
	}
	return failed
}
