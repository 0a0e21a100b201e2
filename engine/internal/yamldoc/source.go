package yamldoc

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// mark is a place in a document: 1-based line and column, in code points.
type mark struct{ line, column int }

// source is a document's text by lines and code points: the parser tells where nodes begin, not where they end.
type source struct {
	lines [][]rune
}

func newSource(text []byte) *source {
	parts := strings.Split(string(text), "\n")
	lines := make([][]rune, len(parts))
	for i, part := range parts {
		lines[i] = []rune(strings.TrimSuffix(part, "\r"))
	}
	return &source{lines}
}

func (s *source) line(number int) []rune {
	if number < 1 || number > len(s.lines) {
		return nil
	}
	return s.lines[number-1]
}

// at gives the character at a mark; a line's end is '\n', the text's end 0.
func (s *source) at(m mark) rune {
	if m.line > len(s.lines) {
		return 0
	}
	line := s.line(m.line)
	if m.column > len(line) {
		return '\n'
	}
	return line[m.column-1]
}

func (s *source) next(m mark) mark {
	if m.column > len(s.line(m.line)) {
		return mark{m.line + 1, 1}
	}
	return mark{m.line, m.column + 1}
}

// start is where a value begins. The parser places an empty value at the next token: it belongs after its key.
func (s *source) start(node, key *yaml.Node) mark {
	if key != nil && emptyScalar(node) {
		after := s.end(key, mark{key.Line, key.Column})
		for s.at(after) == ' ' || s.at(after) == '\t' {
			after = s.next(after)
		}
		if s.at(after) == ':' {
			after = s.next(after)
		}
		return after
	}
	return mark{node.Line, node.Column}
}

func emptyScalar(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Value == "" && node.Style == 0 && node.Anchor == ""
}

// end is where a scalar or alias ends; of a collection its start, as its items tell.
func (s *source) end(node *yaml.Node, start mark) mark {
	switch {
	case node.Kind == yaml.AliasNode:
		return mark{start.line, start.column + 1 + len([]rune(node.Value))}
	case node.Kind != yaml.ScalarNode || emptyScalar(node):
		return start
	}
	start = s.skipProperties(node, start)
	switch {
	case node.Style&yaml.DoubleQuotedStyle != 0:
		return s.endDouble(start)
	case node.Style&yaml.SingleQuotedStyle != 0:
		return s.endSingle(start)
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.endBlock(start)
	}
	return s.endPlain(node.Value, start)
}

// skipProperties passes a node's anchor and tag.
func (s *source) skipProperties(node *yaml.Node, m mark) mark {
	for s.at(m) == '&' || (s.at(m) == '!' && node.Tag != "") {
		for c := s.at(m); c != 0 && c != ' ' && c != '\t' && c != '\n'; c = s.at(m) {
			m = s.next(m)
		}
		m = s.skipBlank(m)
	}
	return m
}

// skipBlank passes blanks, line ends and comments.
func (s *source) skipBlank(m mark) mark {
	for {
		switch s.at(m) {
		case ' ', '\t', '\n', '\r':
			m = s.next(m)
		case '#':
			m = mark{m.line + 1, 1}
		default:
			return m
		}
	}
}

func (s *source) endDouble(m mark) mark {
	for m = s.next(m); s.at(m) != 0; m = s.next(m) {
		switch s.at(m) {
		case '\\':
			m = s.next(m)
		case '"':
			return s.next(m)
		}
	}
	return m
}

func (s *source) endSingle(m mark) mark {
	for m = s.next(m); s.at(m) != 0; m = s.next(m) {
		if s.at(m) != '\'' {
			continue
		}
		if m = s.next(m); s.at(m) != '\'' {
			return m
		}
	}
	return m
}

// endPlain follows a plain scalar's characters; line folds in between are blanks in the value.
func (s *source) endPlain(value string, m mark) mark {
	end := m
	for _, c := range value {
		if c == ' ' || c == '\n' || c == '\t' {
			continue
		}
		for blankRune(s.at(m)) {
			m = s.next(m)
		}
		if s.at(m) != c {
			return end
		}
		m = s.next(m)
		end = m
	}
	return end
}

func blankRune(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// endBlock is the end of the last line of a block scalar that is not blank.
func (s *source) endBlock(header mark) mark {
	end := mark{header.line, len(s.line(header.line)) + 1}
	least := -1
	for number := header.line + 1; number <= len(s.lines); number++ {
		line := s.line(number)
		indent := 0
		for indent < len(line) && line[indent] == ' ' {
			indent++
		}
		if indent == len(line) {
			continue
		}
		if least < 0 {
			least = s.blockIndent(header, indent)
		}
		if indent < least {
			break
		}
		end = mark{number, len(line) + 1}
	}
	return end
}

// blockIndent is the least indentation of a block scalar's lines: that of its first, unless the header has an indicator.
func (s *source) blockIndent(header mark, first int) int {
	line := s.line(header.line)
	for _, c := range line[min(header.column, len(line)):] {
		if c >= '1' && c <= '9' {
			own := 0
			for own < len(line) && (line[own] == ' ' || line[own] == '-') {
				own++
			}
			return min(first, own+1)
		}
		if c == '#' || c == ' ' {
			break
		}
	}
	return max(first, 1)
}

// closing finds the bracket that ends a flow collection, from the end of its last item.
func (s *source) closing(start, lastEnd mark, bracket rune) mark {
	m := lastEnd
	if m == start {
		m = s.next(start)
	}
	for {
		m = s.skipBlank(m)
		switch s.at(m) {
		case bracket:
			return s.next(m)
		case 0:
			return lastEnd
		}
		m = s.next(m)
	}
}
