package yamldoc

import "go.yaml.in/yaml/v3"

// FieldPath leads to a field: keys of mappings as text, places in sequences as numbers from 0.
type FieldPath []any

// Repeated gives the fields whose keys stand twice in one mapping of a document, in order; none where it does not parse.
func Repeated(text []byte) []FieldPath {
	root, err := decode(text)
	if err != nil || len(root.Content) == 0 {
		return nil
	}
	var found []FieldPath
	repeatedBelow(root.Content[0], nil, &found)
	return found
}

func repeatedBelow(node *yaml.Node, above FieldPath, found *[]FieldPath) {
	if len(above) > MaxDepth {
		return
	}
	switch node.Kind {
	case yaml.SequenceNode:
		for number, item := range node.Content {
			repeatedBelow(item, above.child(number), found)
		}
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			path := above.child(keyText(key))
			if seen[keyText(key)] && key.Tag != "!!merge" {
				*found = append(*found, path)
			}
			seen[keyText(key)] = true
			repeatedBelow(node.Content[i+1], path, found)
		}
	}
}

// child is the path of what lies below; it shares nothing with the paths of its siblings.
func (p FieldPath) child(part any) FieldPath {
	return append(p[:len(p):len(p)], part)
}
