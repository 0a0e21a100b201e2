package verbs

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	k8s "sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

// Kustomize's own origin annotations more than double the time of a build, as it keeps the list of transformers
// in YAML on each object. So each document of a resource file gets a comment that names it, which Kustomize keeps
// on the object's node and never prints. Where that is lost (a JSON patch rebuilds the node) and no single document
// or generator can be meant, the build is done once more with the annotations.

const marking = "# gitlint-ops-origin:"

// sourceDocument is one document of a resource file.
type sourceDocument struct {
	path string
	line int
	text []byte
	used bool
	// lines are the template lines of the fields of an inflated chart's document.
	lines fieldLines
}

// mark puts the comment before each document's first line and remembers what it names.
func (b *build) mark(abs string, data []byte) []byte {
	return b.markEach(data, func(document yamldoc.Document) *sourceDocument {
		return &sourceDocument{path: b.copied(b.view.Rel(abs)), line: document.FirstLine(), text: document.Text}
	})
}

// markEach marks the documents for which describe gives what they are.
func (b *build) markEach(data []byte, describe func(yamldoc.Document) *sourceDocument) []byte {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) || bytes.HasPrefix(data, []byte("%")) {
		return data
	}
	var marked bytes.Buffer
	written := 0
	for _, document := range yamldoc.Split(data) {
		offset := lineOffset(data, document.FirstLine())
		described := describe(document)
		if described == nil || bytes.HasPrefix(data[offset:], []byte("---")) {
			continue
		}
		marked.Write(data[written:offset])
		fmt.Fprintf(&marked, "%s%d\n", marking, len(b.documents))
		written = offset
		b.documents = append(b.documents, described)
	}
	marked.Write(data[written:])
	return marked.Bytes()
}

// lineOffset is the offset of a 1-based line.
func lineOffset(data []byte, line int) int {
	offset := 0
	if bytes.HasPrefix(data, utf8BOM) {
		offset = len(utf8BOM)
	}
	for ; line > 1; line-- {
		next := bytes.IndexByte(data[offset:], '\n')
		if next < 0 {
			return len(data)
		}
		offset += next + 1
	}
	return offset
}

// marked finds the document whose comment an object's node carries.
func (b *build) marked(one *resource.Resource) *sourceDocument {
	node := one.YNode()
	if node == nil {
		return nil
	}
	comments := node.HeadComment
	if len(node.Content) > 0 {
		comments += "\n" + node.Content[0].HeadComment
	}
	_, after, found := strings.Cut(comments, marking)
	if !found {
		return nil
	}
	number, _, _ := strings.Cut(after, "\n")
	index, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || index < 0 || index >= len(b.documents) {
		return nil
	}
	return b.documents[index]
}

// origins gives each object's origin; ok is false where one cannot be told without the annotations.
func (b *build) origins(resources []*resource.Resource) (origins []kustomizeOrigin, ok bool) {
	origins = make([]kustomizeOrigin, len(resources))
	var open []int
	for number, one := range resources {
		document := b.marked(one)
		if document == nil {
			open = append(open, number)
			continue
		}
		document.used = true
		origins[number] = kustomizeOrigin{Path: document.path, Line: document.line}
	}
	if len(open) == 0 {
		return origins, true
	}
	makers, ok := b.makers()
	if !ok {
		return nil, false
	}
	for _, number := range open {
		if origins[number], ok = onlyMaker(makers, resources[number]); !ok {
			return nil, false
		}
	}
	return origins, true
}

// maker is what may have made an object that carries no comment.
type maker struct {
	apiVersion, kind, name string
	origin                 kustomizeOrigin
}

// makers are the documents whose comment is on no object, and the generators; not so where a plugin may generate.
func (b *build) makers() (makers []maker, ok bool) {
	for _, document := range b.documents {
		if document.used {
			continue
		}
		var head struct {
			objectHead
			Items []any `json:"items"`
		}
		if k8s.Unmarshal(document.text, &head) != nil || head.Items != nil {
			return nil, false
		}
		name, _ := head.Metadata.Name.(string)
		makers = append(makers, maker{
			head.APIVersion, head.Kind, name, kustomizeOrigin{Path: document.path, Line: document.line},
		})
	}
	for _, loaded := range b.read {
		if len(loaded.parsed.Generators) > 0 {
			return nil, false
		}
		makers = append(makers, b.generated(loaded, "ConfigMap", loaded.parsed.ConfigMaps)...)
		makers = append(makers, b.generated(loaded, "Secret", loaded.parsed.Secrets)...)
	}
	return makers, true
}

func (b *build) generated(loaded loadedKustomization, kind string, generators []generator) []maker {
	var makers []maker
	for _, one := range generators {
		makers = append(makers, maker{"v1", kind, one.Name, kustomizeOrigin{configured: configured{
			In: b.view.Rel(loaded.path),
			By: &objectIdentity{APIVersion: "builtin", Kind: kind + "Generator"},
		}}})
	}
	return makers
}

// onlyMaker finds the one maker of an object: same kind, and its name is part of the object's (prefixes, suffixes, hashes).
func onlyMaker(makers []maker, one *resource.Resource) (kustomizeOrigin, bool) {
	var found []kustomizeOrigin
	for _, candidate := range makers {
		if candidate.apiVersion != one.GetApiVersion() || candidate.kind != one.GetKind() || candidate.name == "" {
			continue
		}
		if strings.Contains(one.GetName(), candidate.name) && (len(found) == 0 || found[0] != candidate.origin) {
			found = append(found, candidate.origin)
		}
	}
	if len(found) != 1 {
		return kustomizeOrigin{}, false
	}
	return found[0], true
}

// resourceFile says whether the build reads a file as a resource, and as nothing whose bytes matter.
func (b *build) resourceFile(abs string) bool {
	listed := false
	for _, loaded := range b.read {
		if len(loaded.parsed.Generators) > 0 {
			return false
		}
		folder := filepath.Dir(loaded.path)
		for _, entry := range loaded.parsed.Resources {
			listed = listed || b.same(folder, entry, abs)
		}
		for _, list := range [][]generator{loaded.parsed.ConfigMaps, loaded.parsed.Secrets} {
			for _, one := range list {
				if one.reads(path.Base(filepath.ToSlash(abs))) {
					return false
				}
			}
		}
	}
	return listed
}

func (b *build) same(folder, entry, abs string) bool {
	joined := filepath.Join(folder, entry)
	if joined == abs {
		return true
	}
	if filepath.Base(joined) != filepath.Base(abs) {
		return false
	}
	resolved, err := b.view.Resolve(joined)
	return err == nil && resolved == abs
}
