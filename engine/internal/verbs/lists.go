package verbs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubejson "k8s.io/apimachinery/pkg/util/json"
)

// expandList gives the items of a list, as Argo CD and Helm apply them, and any other object as it is.
// A list whose items are null is nothing.
func expandList(object *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if !object.IsList() {
		if items, found := object.Object["items"]; found && items == nil && strings.HasSuffix(object.GetKind(), "List") {
			return nil, nil
		}
		return []*unstructured.Unstructured{object}, nil
	}
	var items []*unstructured.Unstructured
	err := object.EachListItem(func(item runtime.Object) error {
		typed, ok := item.(*unstructured.Unstructured)
		if !ok {
			return errors.New("a list item is not an object")
		}
		items = append(items, typed)
		return nil
	})
	return items, err
}

// expandJSON is expandList for an object in JSON; one that is no list keeps its bytes.
func expandJSON(value json.RawMessage) ([]json.RawMessage, error) {
	if !bytes.Contains(value, []byte(`"items"`)) {
		return []json.RawMessage{value}, nil
	}
	var object unstructured.Unstructured
	if err := kubejson.Unmarshal(value, &object.Object); err != nil {
		return nil, err
	}
	items, err := expandList(&object)
	if err != nil {
		return nil, err
	}
	if len(items) == 1 && items[0] == &object {
		return []json.RawMessage{value}, nil
	}
	expanded := make([]json.RawMessage, 0, len(items))
	for _, item := range items {
		encoded, err := json.Marshal(item.Object)
		if err != nil {
			return nil, err
		}
		expanded = append(expanded, encoded)
	}
	return expanded, nil
}
