package verbs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// remoteFields are the lists of a kustomization whose entries Kustomize may fetch.
var remoteFields = []string{"resources", "bases", "components", "generators", "transformers", "validators", "crds"}

// withLocalRemotes puts local paths in place of the URLs that the request maps.
func (b *build) withLocalRemotes(abs string, data []byte) ([]byte, error) {
	if !b.namesMapped(data) {
		return data, nil
	}
	fields := map[string]any{}
	if yaml.Unmarshal(data, &fields) != nil {
		// Kustomize refuses it for its own reason.
		return data, nil
	}
	for _, field := range remoteFields {
		entries, _ := fields[field].([]any)
		for number, entry := range entries {
			written, _ := entry.(string)
			local, known := b.request.Remotes[written]
			if !known {
				continue
			}
			path, err := b.localPath(filepath.Dir(abs), local)
			if err != nil {
				return nil, err
			}
			entries[number] = path
		}
	}
	return json.Marshal(fields)
}

func (b *build) namesMapped(data []byte) bool {
	if len(b.request.Remotes) == 0 {
		return false
	}
	for _, entry := range parseKustomization(data).remotes() {
		if _, known := b.request.Remotes[entry]; known {
			return true
		}
	}
	return false
}

// localPath gives what a kustomization writes for a folder or file of the tree. A file gets a copy beside the
// kustomization: a remote file may be loaded from anywhere, a local one only from below.
func (b *build) localPath(folder, local string) (string, error) {
	target, err := b.view.Abs(local)
	if err != nil {
		return "", err
	}
	if b.view.IsDir(target) {
		return filepath.Rel(folder, target)
	}
	data, err := b.view.ReadFile(target)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf(".remote-%s-%s", strings.ReplaceAll(filepath.ToSlash(local), "/", "-"), filepath.Base(target))
	copied := filepath.Join(folder, name)
	if b.copies == nil {
		b.copies = map[string]string{}
	}
	b.copies[b.view.Rel(copied)] = b.view.Rel(target)
	return name, b.view.Put(copied, data)
}

// copied gives the path of the file behind a path, which is the same but for copies.
func (b *build) copied(rel string) string {
	return cmp.Or(b.copies[rel], rel)
}
