package verbs

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit"
	"sigs.k8s.io/yaml"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// applyEdits runs `kustomize edit` commands on a copy of the folder's kustomization that lives in the view.
func applyEdits(view *tree.View, folder string, edits [][]string) error {
	for _, args := range edits {
		if len(args) == 0 {
			return fault.New(fault.BadRequest, "an edit has no arguments")
		}
		apply := kustomizeEdit
		if args[0] == "append" {
			apply = appendList
		}
		if err := apply(view, folder, args); err != nil {
			failed := fault.At(fault.Failed, view.Rel(folder), "kustomize edit %s: %v", strings.Join(args, " "), err)
			if kustomizationFile(view, folder) == "" {
				failed.Kind = fault.MissingFile
			}
			return failed
		}
	}
	return nil
}

func kustomizeEdit(view *tree.View, folder string, args []string) error {
	parts := provider.NewDefaultDepProvider()
	command := edit.NewCmdEdit(view.Kustomize(folder, nil), parts.GetFieldValidator(), parts.GetResourceFactory(), io.Discard)
	if chosen, _, err := command.Find(args); err != nil || !chosen.Runnable() {
		return fmt.Errorf("unknown command %q", args[0])
	}
	command.SetArgs(args)
	command.SetOut(io.Discard)
	command.SetErr(io.Discard)
	command.SilenceUsage, command.SilenceErrors = true, true
	return command.Execute()
}

// appendList adds items to a list of the kustomization: ["append", field, JSON list]. Argo CD does so for
// `patches`, which `kustomize edit add patch` cannot fully express (util/kustomize/kustomize.go).
func appendList(view *tree.View, folder string, args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("expected append FIELD JSON, got %d arguments", len(args))
	}
	var items []any
	if err := json.Unmarshal([]byte(args[2]), &items); err != nil {
		return fmt.Errorf("the items of %s are not a JSON list: %w", args[1], err)
	}
	file := kustomizationFile(view, folder)
	data, err := view.ReadFile(file)
	if err != nil {
		return err
	}
	fields := map[string]any{}
	if err := yaml.Unmarshal(data, &fields); err != nil {
		return err
	}
	present, isList := fields[args[1]].([]any)
	if fields[args[1]] != nil && !isList {
		return fmt.Errorf("%s is not a list", args[1])
	}
	fields[args[1]] = append(present, items...)
	if data, err = yaml.Marshal(fields); err != nil {
		return err
	}
	return view.Put(file, data)
}

// kustomizationFile is the folder's kustomization, or "".
func kustomizationFile(view *tree.View, folder string) string {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := filepath.Join(folder, name)
		if view.Exists(file) && !view.IsDir(file) {
			return file
		}
	}
	return ""
}
