package verbs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"text/template"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/valyala/fasttemplate"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

type templateRequest struct {
	Engine  string         `json:"engine"`
	Options []string       `json:"options"`
	Strict  bool           `json:"strict"`
	Items   []templateItem `json:"items"`
}

type templateItem struct {
	Value  json.RawMessage `json:"value"`
	Params map[string]any  `json:"params"`
}

type templateResult struct {
	Items []templateAnswer `json:"items"`
}

type templateAnswer struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

// renderer renders one string.
type renderer func(text string) (string, error)

// Template renders every string and map key of values.
func Template(call *server.Call) (any, error) {
	var request templateRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	result := templateResult{Items: make([]templateAnswer, 0, len(request.Items))}
	for _, item := range request.Items {
		render, err := request.renderer(item.Params)
		if err != nil {
			return nil, err
		}
		answer := templateAnswer{}
		if answer.Value, err = renderJSON(item.Value, render); err != nil {
			answer = templateAnswer{Error: call.View.Clean(err.Error())}
		}
		result.Items = append(result.Items, answer)
	}
	return result, nil
}

func (r *templateRequest) renderer(params map[string]any) (renderer, error) {
	switch r.Engine {
	case "gotemplate":
		return func(text string) (string, error) { return goTemplate(text, params, r.Options) }, nil
	case "fasttemplate":
		return func(text string) (string, error) { return fastTemplate(text, params) }, nil
	case "envsubst":
		return func(text string) (string, error) { return substitute(text, texts(params), r.Strict) }, nil
	case "osexpand":
		vars := texts(params)
		return func(text string) (string, error) { return osExpand(text, vars), nil }, nil
	}
	return nil, fault.New(fault.BadRequest, "engine is %q; expected gotemplate, fasttemplate, envsubst or osexpand", r.Engine)
}

// osExpand replaces variables as Argo CD's Env.Envsubst does: an unknown one is empty, "$$" is "$".
func osExpand(text string, vars map[string]string) string {
	return os.Expand(text, func(name string) string {
		if name == "$" {
			return "$"
		}
		return vars[name]
	})
}

func texts(params map[string]any) map[string]string {
	vars := make(map[string]string, len(params))
	for name, value := range params {
		if text, ok := value.(string); ok {
			vars[name] = text
			continue
		}
		vars[name] = fmt.Sprint(value)
	}
	return vars
}

func renderJSON(value json.RawMessage, render renderer) (rendered json.RawMessage, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fmt.Errorf("%v", crash)
		}
	}()
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil, err
	}
	if decoded, err = renderValue(decoded, render); err != nil {
		return nil, err
	}
	return json.Marshal(decoded)
}

func renderValue(value any, render renderer) (any, error) {
	switch typed := value.(type) {
	case string:
		return render(typed)
	case []any:
		for i, item := range typed {
			rendered, err := renderValue(item, render)
			if err != nil {
				return nil, err
			}
			typed[i] = rendered
		}
		return typed, nil
	case map[string]any:
		return renderMap(typed, render)
	}
	return value, nil
}

func renderMap(fields map[string]any, render renderer) (any, error) {
	rendered := make(map[string]any, len(fields))
	for _, key := range sortedNames(fields) {
		name, err := render(key)
		if err != nil {
			return nil, err
		}
		if rendered[name], err = renderValue(fields[key], render); err != nil {
			return nil, err
		}
	}
	return rendered, nil
}

// goTemplate renders as Argo CD's applicationset/utils Render.Replace does with goTemplate: true.
func goTemplate(text string, params map[string]any, options []string) (string, error) {
	parsed, err := template.New("").Funcs(argoFunctions).Parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %s: %w", text, err)
	}
	for _, option := range options {
		parsed = parsed.Option(option)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, params); err != nil {
		return "", fmt.Errorf("failed to execute go template %s: %w", text, err)
	}
	return out.String(), nil
}

var isTemplated = regexp.MustCompile(`.*{{.*}}.*`)

// fastTemplate renders as Argo CD's Render.Replace does without goTemplate.
func fastTemplate(text string, params map[string]any) (string, error) {
	if !isTemplated.MatchString(text) {
		return text, nil
	}
	parsed, err := fasttemplate.NewTemplate(text, "{{", "}}")
	if err != nil {
		return "", fmt.Errorf("invalid template: %w", err)
	}
	return parsed.ExecuteFuncString(func(out io.Writer, tag string) (int, error) {
		name := strings.TrimSpace(tag)
		value, ok := params[name].(string)
		if name == "" || !ok {
			return fmt.Fprintf(out, "{{%s}}", tag)
		}
		return io.WriteString(out, value)
	}), nil
}

// substitute replaces variables as Flux's postBuild does; strict refuses an undefined one without a default.
func substitute(text string, vars map[string]string, strict bool) (string, error) {
	return envsubst.Eval(text, func(name string) (string, bool) {
		value, defined := vars[name]
		return value, defined || !strict
	})
}
