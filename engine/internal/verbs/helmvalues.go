package verbs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	chartutil "helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	v2util "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/strvals"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// helmLayer is one layer of values; exactly one field is set.
type helmLayer struct {
	File       string          `json:"file,omitempty"`
	Inline     json.RawMessage `json:"inline,omitempty"`
	Set        []string        `json:"set,omitempty"`
	SetString  []string        `json:"set_string,omitempty"`
	SetFile    []string        `json:"set_file,omitempty"`
	SetLiteral []string        `json:"set_literal,omitempty"`
	SetJSON    []string        `json:"set_json,omitempty"`
}

// mergeLayers merges the layers in order, each as Helm's flag of that name does.
func (i *inflation) mergeLayers() (map[string]any, error) {
	merged := map[string]any{}
	for number, layer := range i.request.Layers {
		var err error
		if merged, err = i.mergeLayer(merged, layer); err != nil {
			wrong := *fault.From(err)
			wrong.Message = fmt.Sprintf("values layer %d: %s", number+1, wrong.Message)
			return nil, &wrong
		}
	}
	return merged, nil
}

func (i *inflation) mergeLayer(base map[string]any, layer helmLayer) (map[string]any, error) {
	if layer.File != "" {
		values, err := i.valuesFile(layer.File)
		if err != nil {
			return nil, err
		}
		return loader.MergeMaps(base, values), nil
	}
	if len(layer.Inline) > 0 {
		values, err := loader.LoadValues(bytes.NewReader(layer.Inline))
		if err != nil {
			return nil, err
		}
		return loader.MergeMaps(base, values), nil
	}
	return base, i.setLayer(base, layer)
}

func (i *inflation) setLayer(base map[string]any, layer helmLayer) error {
	forms := []struct {
		flag  string
		items []string
		parse func(item string, into map[string]any) error
	}{
		{"--set-json", layer.SetJSON, strvals.ParseJSON},
		{"--set", layer.Set, strvals.ParseInto},
		{"--set-string", layer.SetString, strvals.ParseIntoString},
		{"--set-file", layer.SetFile, i.parseSetFile},
		{"--set-literal", layer.SetLiteral, strvals.ParseLiteralInto},
	}
	for _, form := range forms {
		for _, item := range form.items {
			if err := form.parse(item, base); err != nil {
				return fmt.Errorf("failed parsing %s data: %w", form.flag, err)
			}
		}
	}
	return nil
}

func (i *inflation) parseSetFile(item string, into map[string]any) error {
	return strvals.ParseIntoFile(item, into, func(name []rune) (any, error) {
		data, err := i.readValues(string(name))
		return string(data), err
	})
}

func (i *inflation) readValues(name string) ([]byte, error) {
	abs, err := i.view.Abs(name)
	if err != nil {
		return nil, err
	}
	data, err := i.view.ReadFile(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.At(fault.MissingFile, name, "there is no file %s", name)
	}
	return data, err
}

func (i *inflation) valuesFile(name string) (map[string]any, error) {
	data, err := i.readValues(name)
	if err != nil {
		return nil, err
	}
	values, err := loader.LoadValues(bytes.NewReader(data))
	if err != nil {
		return nil, fault.At(fault.Failed, name, "failed to parse %s: %v", name, err)
	}
	return values, nil
}

// replaceValues sets other files in place of the chart's values.yaml, as Flux's valuesFiles does.
func (i *inflation) replaceValues(loaded *chart.Chart) error {
	if len(i.request.ChartValuesFiles) == 0 {
		return nil
	}
	merged := map[string]any{}
	for _, name := range i.request.ChartValuesFiles {
		values, err := i.valuesFile(name)
		if err != nil {
			return err
		}
		merged = loader.MergeMaps(merged, values)
	}
	loaded.Values = merged
	return nil
}

// copyValues gives values that rendering may change.
func (i *inflation) copyValues() map[string]any {
	copied, _ := deepCopy(i.values).(map[string]any)
	return copied
}

func deepCopy(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(typed))
		for key, item := range typed {
			copied[key] = deepCopy(item)
		}
		return copied
	case []any:
		copied := make([]any, len(typed))
		for i, item := range typed {
			copied[i] = deepCopy(item)
		}
		return copied
	}
	return value
}

// effectiveValues are the values that the templates of the chart itself see.
func (i *inflation) effectiveValues() (map[string]any, error) {
	if !i.request.ShowValues {
		return nil, nil
	}
	loaded, err := i.chart()
	if err != nil {
		return nil, err
	}
	if i.request.Helm == helm3 {
		return i.effectiveValues3(loaded)
	}
	values := i.copyValues()
	if err := v2util.ProcessDependencies(loaded, values); err != nil {
		return nil, err
	}
	return chartutil.CoalesceValues(loaded, values)
}
