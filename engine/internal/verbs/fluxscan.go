package verbs

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// hideIgnored makes the view show what source-controller puts into an artifact: no links, and nothing that
// .sourceignore files, the source's spec.ignore or the defaults exclude (pkg/artifact/storage SourceIgnoreFilter).
func (b *build) hideIgnored(ignore string) error {
	patterns, err := b.ignorePatterns()
	if err != nil {
		return err
	}
	if ignore != "" {
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(ignore), nil)...)
	}
	matcher := sourceignore.NewDefaultMatcher(nil, nil)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(nil), patterns...))
	}
	b.view.Hide(func(rel string, info fs.FileInfo) bool {
		if info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
		return !info.IsDir() && matcher.Match(strings.Split(rel, "/"), false)
	})
	return nil
}

// ignorePatterns reads all .sourceignore files of the repository, each in the scope of its folder.
func (b *build) ignorePatterns() ([]gitignore.Pattern, error) {
	files, err := b.view.FilesNamed(sourceignore.IgnoreFile)
	if err != nil {
		return nil, err
	}
	var patterns []gitignore.Pattern
	for _, file := range files {
		data, err := b.view.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var domain []string
		if folder := b.view.Rel(filepath.Dir(file)); folder != "." {
			domain = strings.Split(folder, "/")
		}
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(string(data)), domain)...)
	}
	return patterns, nil
}

// generate lists the manifests of a folder without a kustomization, as scanManifests of fluxcd/pkg/kustomize does.
func (b *build) generate(kustomization *types.Kustomization) error {
	scan := &fluxScan{build: b, factory: provider.NewDefaultDepProvider()}
	if err := b.view.Walk(b.folder, scan.visit); err != nil {
		return err
	}
	if len(scan.resources) == 0 {
		// Kustomize refuses an empty kustomization.
		kustomization.Namespace = "_placeholder"
	}
	kustomization.Resources = scan.resources
	return nil
}

type fluxScan struct {
	*build
	factory   *provider.DepProvider
	resources []string
}

func (s *fluxScan) visit(abs string, info fs.FileInfo, err error) error {
	if err != nil {
		return err
	}
	if abs == s.folder {
		return nil
	}
	if info.IsDir() {
		if kustomizationFile(s.view, abs) == "" {
			return nil
		}
		s.add(abs)
		return filepath.SkipDir
	}
	if extension := filepath.Ext(abs); extension != ".yaml" && extension != ".yml" {
		return nil
	}
	if err := s.parse(abs); err != nil {
		rel := s.view.Rel(abs)
		return fault.At(fault.Failed, rel, "failed to decode Kubernetes YAML from %s: %v", rel, err)
	}
	s.add(abs)
	return nil
}

func (s *fluxScan) add(abs string) {
	rel, err := filepath.Rel(s.folder, abs)
	if err != nil {
		rel = abs
	}
	s.resources = append(s.resources, "./"+filepath.ToSlash(rel))
}

// parse refuses what Kustomize cannot read as objects; its parser panics on some of it.
func (s *fluxScan) parse(abs string) (err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fmt.Errorf("recovered from panic while parsing YAML file %s: %v", filepath.Base(abs), crash)
		}
	}()
	data, err := s.view.ReadFile(abs)
	if err != nil {
		return err
	}
	_, err = s.factory.GetResourceFactory().SliceFromBytes(data)
	return err
}
