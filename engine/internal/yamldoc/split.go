// Package yamldoc reads YAML files document by document: values as Kubernetes reads them, the place of
// every node, and the line that causes a parse error.
package yamldoc

import (
	"bytes"
)

// Document is one document of a file, as text.
type Document struct {
	// Line is the 1-based line of the file on which Text begins.
	Line int
	Text []byte
}

var bom = []byte("\uFEFF")

// Split cuts a file at its separator lines, as Kubernetes does, without parsing it, so that a broken
// document hides no other. Documents of comments and blank lines only are left out.
func Split(data []byte) []Document {
	data = bytes.TrimPrefix(data, bom)
	var documents []Document
	start, startLine, line := 0, 1, 1
	add := func(end int) {
		if text := data[start:end]; !blank(text) {
			documents = append(documents, Document{startLine, text})
		}
	}
	for offset := 0; offset < len(data); {
		next := lineEnd(data, offset)
		if content, separator := separator(data[offset:next]); separator {
			add(offset)
			start, startLine = next, line+1
			if content {
				start, startLine = offset, line
			}
		}
		offset = next
		line++
	}
	add(len(data))
	return documents
}

func lineEnd(data []byte, offset int) int {
	if i := bytes.IndexByte(data[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(data)
}

// separator says whether a line begins a document, and whether content follows on the same line.
func separator(line []byte) (content, found bool) {
	rest, found := bytes.CutPrefix(line, []byte("---"))
	if !found || (len(rest) > 0 && !bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[0]))) {
		return false, false
	}
	rest = bytes.TrimSpace(rest)
	return len(rest) > 0 && rest[0] != '#', true
}

// blank says whether a text holds comments, directives and blank lines only.
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0, trimmed[0] == '#', line[0] == '%':
		case bytes.Equal(trimmed, []byte("...")):
		default:
			return false
		}
	}
	return true
}

// Lines is the number of lines up to the last that is not blank.
func (d Document) Lines() int {
	return bytes.Count(bytes.TrimRight(d.Text, " \t\r\n"), []byte("\n")) + 1
}

// FirstLine is the 1-based line of the file that holds the document's first content: comments before it are skipped.
func (d Document) FirstLine() int {
	line := d.Line
	for text := range bytes.Lines(d.Text) {
		trimmed := bytes.TrimSpace(text)
		if len(trimmed) > 0 && trimmed[0] != '#' {
			return line
		}
		line++
	}
	return d.Line
}
