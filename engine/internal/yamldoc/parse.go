package yamldoc

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	k8s "sigs.k8s.io/yaml"
)

// Limits on what is read; a document past them is invalid. The depth is far past what any CRD needs, and one that
// clients can walk with recursion.
const (
	MaxDepth = 200
	maxNodes = 2_000_000
)

// The kinds of problems.
const (
	InvalidYAML  = "invalid-yaml"
	DuplicateKey = "duplicate-key"
)

// Problem is something wrong in a file, at a 1-based line and column of it.
type Problem struct {
	Kind      string `json:"kind"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	Message   string `json:"message"`
	Key       string `json:"key,omitempty"`
	FirstLine int    `json:"first_line,omitempty"`
}

// Parsed is what one document says.
type Parsed struct {
	// Value is the document as sigs.k8s.io/yaml reads it, as JSON; nil where it does not parse.
	Value     json.RawMessage
	Positions map[string]Position
	Problems  []Problem
}

var errorLine = regexp.MustCompile(`^(?:error converting YAML to JSON: )?(?:yaml: )?(?:line (\d+): )?`)

// Parse reads one document; positions are costly and only given when asked for.
func Parse(document Document, positions bool) Parsed {
	root, err := decode(document.Text)
	if err != nil {
		return Parsed{Problems: []Problem{cause(document, err)}}
	}
	walker := &walker{first: document.Line}
	if problem := walker.document(root); problem != nil {
		return Parsed{Problems: []Problem{*problem}}
	}
	value, err := k8s.YAMLToJSON(document.Text)
	if err != nil {
		return Parsed{Problems: append(walker.problems, valueProblem(document, err))}
	}
	if positions {
		// Not before the parser bounded what aliases and merge keys stand for: it would take minutes.
		walker.placeAll(root, newSource(document.Text))
	}
	return Parsed{Value: value, Positions: walker.positions, Problems: walker.problems}
}

// decode gives the document's node; a parser that panics on hostile text counts as a refusal.
func decode(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if crash := recover(); crash != nil {
			err = fmt.Errorf("yaml: %v", crash)
		}
	}()
	root = &yaml.Node{}
	err = yaml.Unmarshal(text, root)
	return root, err
}

// valueProblem is the refusal of a document that is YAML, but that Kubernetes does not read. Where the parser names
// no line, it is the first one with which the text is refused for the same reason.
func valueProblem(document Document, err error) Problem {
	match := errorLine.FindStringSubmatch(err.Error())
	number, convErr := strconv.Atoi(match[1])
	if convErr != nil {
		prefixes := linePrefixes(document.Text)
		number = 1 + sort.Search(len(prefixes)-1, func(i int) bool {
			_, found := k8s.YAMLToJSON(prefixes[i])
			return found != nil && reason(found) == reason(err)
		})
	}
	return Problem{Kind: InvalidYAML, Line: document.Line + number - 1, Column: 1, Message: reason(err)}
}

// reason is a parser's message without the position, which is often not that of the cause.
func reason(err error) string {
	text := err.Error()
	text = strings.TrimPrefix(text, errorLine.FindString(text))
	return strings.ReplaceAll(text, "\n", " ")
}
