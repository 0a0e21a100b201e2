package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

func BenchmarkKustomize(b *testing.B) {
	opened, err := tree.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for name, how := range map[string]tracking{"untracked": untracked, "by comment": byComment, "by annotation": byAnnotation} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				view := opened.View(0, false)
				files := map[string]string{
					"base/kustomization.yaml": "resources: [deployment.yaml, map.yaml]\n", "base/deployment.yaml": deployment, "base/map.yaml": configMap,
					"prod/kustomization.yaml": "namespace: prod\nresources: [../base]\nimages: [{name: nginx, newTag: \"2\"}]\nreplicas: [{name: web, count: 3}]\n",
				}
				if err := putFiles(view, files); err != nil {
					b.Fatal(err)
				}
				request := &kustomizeRequest{Path: "prod"}
				folder, err := view.Abs("prod")
				if err != nil {
					b.Fatal(err)
				}
				job := newBuild(&server.Call{View: view, Warnings: &server.Warnings{}}, folder, request)
				if _, err := job.run(how); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
