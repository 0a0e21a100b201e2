package verbs

import "testing"

func TestMappedRemotesAreLocal(t *testing.T) {
	const base, file = "https://github.com/o/r//web?ref=v1", "https://raw.example.com/o/r/v1/map.yaml"
	opened := repository(t, map[string]string{
		"app/kustomization.yaml":        "# from afar\nresources:\n- " + base + "\n- " + file + "\n",
		"vendor/web/kustomization.yaml": "resources: [web.yaml]\n",
		"vendor/web/web.yaml":           deployment,
		"vendor/map.yaml":               "\n" + configMap,
	})
	result := mustAsk(t, opened, Kustomize, `{"path": "app", "remotes": {"`+base+`": "vendor/web", "`+file+`": "vendor/map.yaml"}}`)
	wantJSON(t, result["origins"], `[{"path": "vendor/map.yaml", "line": 2, "configured_in": "", "configured_by": null},
		{"path": "vendor/web/web.yaml", "line": 1, "configured_in": "", "configured_by": null}]`)
}
