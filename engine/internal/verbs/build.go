package verbs

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// metadataAnnotations are the annotations of objects by the option of buildMetadata that asks for them.
var metadataAnnotations = map[string]string{
	types.OriginAnnotations:      "config.kubernetes.io/origin",
	types.TransformerAnnotations: "alpha.config.kubernetes.io/transformations",
}

// schema guards Kustomize's OpenAPI schema, which is global to the process: builds that set their own
// run alone. It is loaded before the first build, as loading it while another build reads it is a race.
var schema struct {
	sync.RWMutex
	loaded sync.Once
}

var errOwnSchema = errors.New("the build sets its own OpenAPI schema")

// WarmUp loads Kustomize's OpenAPI schema.
func WarmUp() {
	schema.loaded.Do(loadSchema)
}

func loadSchema() {
	openapi.SchemaForResourceType(kyaml.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"})
}

// How a build tells where its objects come from.
type tracking int

const (
	untracked tracking = iota
	byComment
	byAnnotation
)

// build is one Kustomize build of one folder.
type build struct {
	call     *server.Call
	view     *tree.View
	folder   string
	request  *kustomizeRequest
	warnings *server.Warnings
	// read holds the kustomization files in the order in which the build loads them.
	read []loadedKustomization
	// documents are the marked documents of resource files.
	documents []*sourceDocument
	tracking  tracking
	alone     bool
	ownSchema bool
	// inflated holds the charts rendered so far, by the settings of their generators.
	inflated map[string]*inflated
	// chartFailure is why a chart could not be inflated: Kustomize keeps only its text.
	chartFailure *fault.Error
	// addedMetadata are the options of buildMetadata that the kustomization does not ask for itself.
	addedMetadata []string
	// copies gives the path of the file that a virtual file repeats.
	copies map[string]string
}

type loadedKustomization struct {
	path   string
	data   []byte
	parsed *kustomizationFields
}

func newBuild(call *server.Call, folder string, request *kustomizeRequest) *build {
	return &build{call: call, view: call.View, warnings: call.Warnings, folder: folder, request: request}
}

// run builds the folder.
func (b *build) run(how tracking) (resmap.ResMap, error) {
	restrictions, err := restriction(b.request.LoadRestrictor)
	if err != nil {
		return nil, err
	}
	if b.request.Flux != nil {
		restrictions = types.LoadRestrictionsNone
	}
	WarmUp()
	b.tracking = how
	resources, err := b.shared(restrictions)
	if b.ownSchema {
		resources, err = b.exclusive(restrictions)
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return resources, nil
}

func (b *build) shared(restrictions types.LoadRestrictions) (resmap.ResMap, error) {
	schema.RLock()
	defer schema.RUnlock()
	b.alone, b.ownSchema = false, false
	return b.kustomize(restrictions)
}

func (b *build) exclusive(restrictions types.LoadRestrictions) (resmap.ResMap, error) {
	schema.Lock()
	defer schema.Unlock()
	defer loadSchema()
	defer openapi.ResetOpenAPI()
	openapi.ResetOpenAPI()
	if b.request.Flux != nil {
		// kustomize-controller adds a schema to the built-in one; a fresh `kustomize build` replaces that.
		loadSchema()
	}
	b.alone = true
	return b.kustomize(restrictions)
}

func (b *build) kustomize(restrictions types.LoadRestrictions) (resmap.ResMap, error) {
	b.read, b.documents, b.chartFailure = nil, nil, nil
	options := krusty.MakeDefaultOptions()
	if b.request.Flux == nil {
		// This is what the `kustomize build` command sets where no flag is given; it sorts. kustomize-controller does not.
		options.Reorder = krusty.ReorderOptionUnspecified
	}
	options.LoadRestrictions = restrictions
	config, done := b.helmConfig()
	defer done()
	options.PluginConfig.HelmConfig = config
	return krusty.MakeKustomizer(options).Run(b.view.Kustomize(b.folder, b.onRead), b.folder)
}

// onRead sees every file that the build reads.
func (b *build) onRead(abs string, data []byte) ([]byte, error) {
	if !isKustomization(abs) {
		if b.tracking == byComment && b.resourceFile(abs) {
			return b.mark(abs, data), nil
		}
		return data, nil
	}
	if !b.alone && bytes.Contains(bytes.ToLower(data), []byte("openapi")) {
		b.ownSchema = true
		return nil, errOwnSchema
	}
	original := data
	data, err := b.withLocalRemotes(abs, data)
	if err != nil {
		return nil, err
	}
	loaded := loadedKustomization{abs, original, parseKustomization(data)}
	b.read = append(b.read, loaded)
	for _, message := range loaded.parsed.deprecated {
		b.warnings.Add(b.view.Rel(abs) + ": " + message)
	}
	if b.tracking == byAnnotation && filepath.Dir(abs) == b.folder {
		return b.withBuildMetadata(data), nil
	}
	return data, nil
}

// withBuildMetadata adds the annotations that we read to what the kustomization asks for. One that
// Kustomize would refuse is left alone, so that it is refused for its own reason.
func (b *build) withBuildMetadata(data []byte) []byte {
	var parsed types.Kustomization
	if parsed.Unmarshal(data) != nil || parsed.CheckEmpty() != nil {
		return data
	}
	metadata, added := parsed.BuildMetadata, []string{}
	for _, option := range []string{types.OriginAnnotations, types.TransformerAnnotations} {
		if !slices.Contains(metadata, option) {
			metadata, added = append(metadata, option), append(added, option)
		}
	}
	fields := map[string]any{}
	if yaml.Unmarshal(data, &fields) != nil {
		return data
	}
	for key := range fields {
		if strings.EqualFold(key, "buildMetadata") {
			delete(fields, key)
		}
	}
	fields["buildMetadata"] = metadata
	changed, err := json.Marshal(fields)
	if err != nil {
		return data
	}
	b.addedMetadata = added
	return changed
}

// explain finds the kind of a failed build: what the view refused, a remote, a missing file, or the library's own reason.
func (b *build) explain(err error) error {
	message := err.Error()
	if refusal := b.view.Refusal(); refusal != nil {
		found := *refusal
		found.Message = message + "\n" + refusal.Message
		return &found
	}
	if b.chartFailure != nil {
		return b.blameChart()
	}
	failed := fault.New(fault.Failed, "%s", message)
	if len(b.read) > 0 {
		failed.Path = b.view.Rel(b.read[len(b.read)-1].path)
	}
	switch {
	case strings.Contains(message, "no 'git' program on path"), strings.Contains(message, fault.OfflineMark):
		b.blameRemote(failed)
	case strings.Contains(message, "must specify --enable-helm"):
		b.blameHelm(failed)
	case strings.Contains(message, "cycle detected"):
		failed.Kind = fault.Cycle
	default:
		b.blameMissing(failed)
	}
	return failed
}
