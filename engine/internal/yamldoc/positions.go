package yamldoc

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Position is where a node stands in its file: key line and column, then the value's line, column, end line
// and end column. All are 1-based, columns count code points, the end is exclusive.
type Position [6]int

const (
	keyLine = iota
	keyColumn
	valueLine
	valueColumn
	endLine
	endColumn
)

// walker goes over a document's nodes: first for limits and duplicate keys, then for positions.
type walker struct {
	first     int
	source    *source
	positions map[string]Position
	problems  []Problem
	nodes     int
}

func (w *walker) document(root *yaml.Node) *Problem {
	if root.Kind != yaml.DocumentNode || len(root.Content) == 0 {
		return nil
	}
	return w.check(root.Content[0], 1)
}

// placeAll notes the place of every node of a document.
func (w *walker) placeAll(root *yaml.Node, text *source) {
	if root.Kind != yaml.DocumentNode || len(root.Content) == 0 {
		return
	}
	w.source, w.positions = text, map[string]Position{}
	w.place(root.Content[0], "", nil, nil)
}

// check holds the limits and notes duplicate keys.
func (w *walker) check(node *yaml.Node, depth int) *Problem {
	if depth > MaxDepth {
		return w.limit(node, fmt.Sprintf("the document is nested deeper than %d levels", MaxDepth))
	}
	if w.nodes++; w.nodes > maxNodes {
		return w.limit(node, fmt.Sprintf("the document has more than %d nodes", maxNodes))
	}
	if node.Kind == yaml.MappingNode {
		w.duplicates(node)
	}
	for _, child := range node.Content {
		if problem := w.check(child, depth+1); problem != nil {
			return problem
		}
	}
	return nil
}

func (w *walker) limit(node *yaml.Node, message string) *Problem {
	return &Problem{Kind: InvalidYAML, Line: w.line(node.Line), Column: node.Column, Message: message}
}

func (w *walker) line(line int) int { return w.first + line - 1 }

func (w *walker) duplicates(mapping *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			continue
		}
		first, twice := seen[key.Value]
		if !twice {
			seen[key.Value] = key
			continue
		}
		w.problems = append(w.problems, Problem{
			Kind: DuplicateKey, Line: w.line(key.Line), Column: key.Column, Key: key.Value, FirstLine: w.line(first.Line),
			Message: fmt.Sprintf("key %q is already defined at line %d; the last one wins", key.Value, w.line(first.Line)),
		})
	}
}

// place notes a node and those below it, and gives the end of the node.
func (w *walker) place(node *yaml.Node, pointer string, key *yaml.Node, seen []*yaml.Node) mark {
	start := w.source.start(node, key)
	end := w.source.end(node, start)
	switch node.Kind {
	case yaml.MappingNode:
		end = w.placeMapping(node, pointer, start, seen)
	case yaml.SequenceNode:
		end = w.placeSequence(node, pointer, start, seen)
	}
	position := Position{
		valueLine: w.line(start.line), valueColumn: start.column, endLine: w.line(end.line), endColumn: end.column,
	}
	position[keyLine], position[keyColumn] = position[valueLine], position[valueColumn]
	if key != nil {
		position[keyLine], position[keyColumn] = w.line(key.Line), key.Column
	}
	w.positions[pointer] = position
	return end
}

func (w *walker) placeMapping(node *yaml.Node, pointer string, start mark, seen []*yaml.Node) mark {
	end := start
	seen = append(seen, node)
	var merges []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			end = w.source.end(value, w.source.start(value, key))
			continue
		}
		end = w.place(value, pointer+"/"+escape(keyText(key)), key, seen)
	}
	for _, merged := range merges {
		w.placeMerged(merged, pointer, seen)
	}
	if node.Style&yaml.FlowStyle != 0 {
		return w.source.closing(start, end, '}')
	}
	return end
}

// placeMerged gives the keys that `<<` brings the place of their source; a key of the mapping itself, or of
// an earlier source, stays.
func (w *walker) placeMerged(node *yaml.Node, pointer string, seen []*yaml.Node) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	for _, above := range seen {
		if above == node {
			return
		}
	}
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			w.placeMerged(item, pointer, seen)
		}
		return
	}
	if node.Kind != yaml.MappingNode || len(w.positions) > maxNodes {
		return
	}
	seen = append(seen, node)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Tag == "!!merge" {
			w.placeMerged(value, pointer, seen)
			continue
		}
		child := pointer + "/" + escape(keyText(key))
		if _, own := w.positions[child]; !own {
			w.place(value, child, key, seen)
		}
	}
}

func (w *walker) placeSequence(node *yaml.Node, pointer string, start mark, seen []*yaml.Node) mark {
	end := start
	for i, item := range node.Content {
		end = w.place(item, pointer+"/"+strconv.Itoa(i), nil, seen)
	}
	if node.Style&yaml.FlowStyle != 0 {
		return w.source.closing(start, end, ']')
	}
	return end
}

func keyText(key *yaml.Node) string {
	if key.Kind == yaml.AliasNode {
		return key.Alias.Value
	}
	return key.Value
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escape(key string) string { return pointerEscapes.Replace(key) }
