package verbs

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// Templates are marked so that the rendered text tells which template line wrote it. A mark looks like a YAML
// comment, " #gl<file>:<line>:lg", and stands before each line end that the template engine keeps, so that it
// survives nindent, include and fromYaml. It is put in as an action, which whitespace trimming does not touch.
const markFormat = `{{" #gl%d:%d:lg"}}`

var (
	markPattern = regexp.MustCompile(` #gl(\d+):(\d+):lg`)
	keyLine     = regexp.MustCompile(`^\s*(?:- +\S|(?:[\w./"'-]|\{\{[^{}]*\}\})+:(?:\s|$))`)
	// plainLine may begin a plain scalar that goes on below, continuation is a line that may be part of one.
	plainLine    = regexp.MustCompile(`^\s*(?:- +)?(?:[\w./"'-]+: +)?[^\s"'|>\[{&*!#%@].*[^\s:|>+-]\s*$`)
	continuation = regexp.MustCompile(`^\s*(?:-[^\s-]|[^\s#{\-"'])`)
	aloneLine    = regexp.MustCompile(`^\s*\{\{.*\}\}\s*$`)
)

// isTemplate says whether a chart's file is a template whose output is an object or part of one.
func isTemplate(name string) bool {
	if path.Base(name) == "NOTES.txt" {
		return false
	}
	return strings.HasPrefix(name, "templates/") || strings.Contains(name, "/templates/")
}

// marker collects where a template's text takes marks.
type marker struct {
	text string
	// kept are the offsets of line ends that stay in the output.
	kept map[int]bool
	// ends are the offsets after text or an action; the flag says that a named template holds it.
	ends map[int]bool
}

// markTemplate gives a template with marks for the file of a number; ok is false where it does not parse.
func markTemplate(text string, number int) (marked string, ok bool) {
	trees := map[string]*parse.Tree{}
	tree := parse.New("main")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return text, false
	}
	m := &marker{text: text, kept: map[int]bool{}, ends: map[int]bool{}}
	for name, found := range trees {
		m.visit(found.Root, name != "main")
	}
	if _, seen := trees["main"]; !seen {
		m.visit(tree.Root, false)
	}
	return m.insert(number), true
}

func (m *marker) visit(node parse.Node, named bool) {
	switch typed := node.(type) {
	case *parse.ListNode:
		if typed == nil {
			return
		}
		for _, child := range typed.Nodes {
			m.visit(child, named)
		}
	case *parse.TextNode:
		m.textNode(int(typed.Pos), typed.Text, named)
	case *parse.ActionNode:
		if len(typed.Pipe.Decl) == 0 {
			m.ends[m.actionEnd(int(typed.Pos))] = named
		}
	case *parse.TemplateNode:
		m.ends[m.actionEnd(int(typed.Pos))] = named
	case *parse.IfNode:
		m.branch(&typed.BranchNode, named)
	case *parse.RangeNode:
		m.branch(&typed.BranchNode, named)
	case *parse.WithNode:
		m.branch(&typed.BranchNode, named)
	}
}

func (m *marker) branch(node *parse.BranchNode, named bool) {
	m.visit(node.List, named)
	if node.ElseList != nil {
		m.visit(node.ElseList, named)
	}
}

func (m *marker) textNode(start int, text []byte, named bool) {
	for i, c := range text {
		if c == '\n' {
			m.kept[start+i] = true
		}
	}
	m.ends[start+len(text)] = named
}

// actionEnd finds the offset after an action's closing braces; strings in the action may hold braces.
func (m *marker) actionEnd(offset int) int {
	for i := offset; i < len(m.text); i++ {
		switch c := m.text[i]; c {
		case '"', '\'', '`':
			i = stringEnd(m.text, i)
		case '}':
			if strings.HasPrefix(m.text[i:], "}}") {
				return i + 2
			}
		}
	}
	return len(m.text)
}

func stringEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[start] != '`':
			i++
		case text[i] == text[start]:
			return i
		}
	}
	return len(text)
}

// insert puts the marks in: before kept line ends, and where a line's end is trimmed away.
func (m *marker) insert(number int) string {
	var offsets []int
	within := m.withinScalars()
	for offset := range m.kept {
		if within[offset] {
			continue
		}
		if offset > 0 && m.text[offset-1] == '\r' {
			offset--
		}
		offsets = append(offsets, offset)
	}
	for offset, named := range m.ends {
		if m.trimmedLineEnd(offset) && m.takesMark(offset, named) {
			offsets = append(offsets, offset)
		}
	}
	slices.Sort(offsets)
	offsets = slices.Compact(offsets)
	var out strings.Builder
	last, line := 0, 1
	for _, offset := range offsets {
		line += strings.Count(m.text[last:offset], "\n")
		out.WriteString(m.text[last:offset])
		fmt.Fprintf(&out, markFormat, number, line)
		last = offset
	}
	out.WriteString(m.text[last:])
	return out.String()
}

// withinScalars gives the offsets of the line ends within plain scalars of several lines, which a comment would end.
func (m *marker) withinScalars() map[int]bool {
	found := map[int]bool{}
	owner, offset := -1, 0
	lines := strings.Split(m.text, "\n")
	for n, line := range lines[:len(lines)-1] {
		offset += len(line)
		if owner < 0 && plainLine.MatchString(line) {
			owner = indentation(line)
		}
		if next := lines[n+1]; owner >= 0 && indentation(next) > owner && continues(next) {
			found[offset] = true
		} else {
			owner = -1
		}
		offset++
	}
	return found
}

func continues(line string) bool {
	return continuation.MatchString(line) && !keyLine.MatchString(line)
}

func indentation(line string) int {
	return len(line) - len(strings.TrimLeft(line, " "))
}

// trimmedLineEnd says whether the line ends at an offset and that end is not in the output.
func (m *marker) trimmedLineEnd(offset int) bool {
	rest := m.text[offset:]
	blank := len(rest) - len(strings.TrimLeft(rest, " \t\r"))
	if blank == len(rest) {
		return true
	}
	return rest[blank] == '\n' && !m.kept[offset+blank]
}

// takesMark refuses lines whose output may go into the middle of a value, as that of a named template that gives a name.
func (m *marker) takesMark(offset int, named bool) bool {
	start := strings.LastIndexByte(m.text[:offset], '\n') + 1
	line := m.text[start:offset]
	return keyLine.MatchString(line) || (!named && aloneLine.MatchString(line))
}
