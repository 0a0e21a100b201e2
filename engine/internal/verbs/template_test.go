package verbs

import (
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestTemplate(t *testing.T) {
	cases := map[string]struct{ head, value, params, want string }{
		"every string and key": {`"engine": "gotemplate"`, `{"{{.a}}-k": ["{{.b.c}}", 1, true, null, 12345678901234567]}`, `{"a": "x", "b": {"c": "y"}}`,
			`{"value": {"x-k": ["y", 1, true, null, 12345678901234567]}}`},
		"numbers are floats":      {`"engine": "gotemplate"`, `"{{.n}}"`, `{"n": 1234567}`, `{"value": "1.234567e+06"}`},
		"missing key":             {`"engine": "gotemplate"`, `"{{.x.y}}"`, `{}`, `{"value": "<no value>"}`},
		"missing key is an error": {`"engine": "gotemplate", "options": ["missingkey=error"]`, `"{{.x}}"`, `{}`, `{"error": "failed to execute go template {{.x}}: template: :1:2: executing \"\" at <.x>: map has no entry for key \"x\""}`},
		"unknown option":          {`"engine": "gotemplate", "options": ["bold"]`, `"{{.x}}"`, `{}`, `{"error": "unrecognized option: bold"}`},
		"no environment":          {`"engine": "gotemplate"`, `"{{env \"HOME\"}}"`, `{}`, `{"error": "failed to parse template {{env \"HOME\"}}: template: :1: function \"env\" not defined"}`},
		"Argo CD's functions": {`"engine": "gotemplate"`, `"{{normalize .a}} {{slugify 8 true .a}} {{toYaml .m}} {{(fromYaml \"k: v\").k}} {{index (fromYamlArray \"[1]\") 0}}"`,
			`{"a": "Feature/My_Branch", "m": {"x": [1]}}`, `{"value": "feature-my-branch feature x:\n- 1 v 1"}`},
		"fasttemplate":             {`"engine": "fasttemplate"`, `"{{ a }} {{b}} {{unknown}} {{.a}} {{ open"`, `{"a": "x", "b": "y"}`, `{"error": "invalid template: Cannot find end tag=\"}}\" in the template=\"{{ a }} {{b}} {{unknown}} {{.a}} {{ open\" starting from \" open\""}`},
		"fasttemplate leaves tags": {`"engine": "fasttemplate"`, `"{{ a }} {{b}} {{ unknown }} {{.a}}"`, `{"a": "x", "b": 2}`, `{"value": "x {{b}} {{ unknown }} {{.a}}"}`},
		"envsubst":                 {`"engine": "envsubst", "strict": true`, `"${a} ${b:=d} $${c} $e ${a/x/z}"`, `{"a": "x"}`, `{"value": "x d ${c} $e z"}`},
		"envsubst strict":          {`"engine": "envsubst", "strict": true`, `"${a}"`, `{}`, `{"error": "variable not set (strict mode): \"a\""}`},
		"envsubst lenient":         {`"engine": "envsubst"`, `"[${a}]"`, `{}`, `{"value": "[]"}`},
		"osexpand":                 {`"engine": "osexpand"`, `"$A ${B} ${C:-d} $(D) $$"`, `{"A": "x", "B": "y"}`, `{"value": "x y  $(D) $"}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := `{` + c.head + `, "items": [{"value": ` + c.value + `, "params": ` + c.params + `}]}`
			result := mustAsk(t, repository(t, nil), Template, request)
			wantJSON(t, result["items"].([]any)[0], c.want)
		})
	}
	_, _, err := ask(t, repository(t, nil), Template, `{"engine": "jinja", "items": [{"value": 1}]}`)
	wantFault(t, err, fault.BadRequest, "", 0, `engine is "jinja"; expected gotemplate, fasttemplate, envsubst or osexpand`)
}
