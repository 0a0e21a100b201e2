package yamldoc

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"
)

const maxBackSteps = 400

// What a text is as far as it goes.
const (
	whole = iota
	incomplete
	broken
)

// cause finds the line that makes a document invalid. A parser names the line where it gives up, or the
// start of the block around it. The line at fault is the first one without which the text above parses;
// if the text above it is itself unfinished (an open quote, an open bracket), it is where that began.
func cause(document Document, err error) Problem {
	prefixes := linePrefixes(document.Text)
	count := len(prefixes)
	first := sort.Search(count, func(i int) bool { return state(prefixes[i]) == broken })
	if first < count {
		if _, found := decode(prefixes[first]); found != nil {
			err = found
		}
	}
	at := first
	for steps := 0; at > 0 && steps < maxBackSteps && state(prefixes[at-1]) == incomplete; steps++ {
		at--
	}
	at = min(at, count-1)
	line := lineAt(prefixes, at)
	problem := Problem{Kind: InvalidYAML, Line: document.Line + at, Column: indentColumn(line), Message: reason(err)}
	if at < first {
		problem.Column, problem.Message = opening(line, problem)
	}
	return problem
}

// linePrefixes gives the text up to the end of each line.
func linePrefixes(text []byte) [][]byte {
	var prefixes [][]byte
	for offset := 0; offset < len(text); {
		offset = lineEnd(text, offset)
		prefixes = append(prefixes, text[:offset])
	}
	return prefixes
}

func lineAt(prefixes [][]byte, i int) []byte {
	start := 0
	if i > 0 {
		start = len(prefixes[i-1])
	}
	return bytes.TrimRight(prefixes[i][start:], "\r\n")
}

// state tells a text that could still go on (incomplete) from one that no further line can mend (broken).
func state(text []byte) int {
	_, err := decode(text)
	if err == nil {
		return whole
	}
	message := err.Error()
	if strings.Contains(message, "unexpected end of stream") {
		return incomplete
	}
	if strings.Contains(message, "did not find expected ',' or") || strings.Contains(message, "did not find expected node content") ||
		strings.Contains(message, "while parsing a flow") {
		if closable(text) {
			return incomplete
		}
	}
	return broken
}

// closable says whether a text parses once its open brackets are closed.
func closable(text []byte) bool {
	var closers []byte
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			if i == 0 || bytes.IndexByte([]byte(" \t\n[{,:"), text[i-1]) >= 0 {
				quote = c
			}
		case c == '[':
			closers = append(closers, ']')
		case c == '{':
			closers = append(closers, '}')
		case (c == ']' || c == '}') && len(closers) > 0:
			closers = closers[:len(closers)-1]
		}
	}
	if len(closers) == 0 || len(closers) > MaxDepth {
		return false
	}
	closed := append([]byte{}, bytes.TrimRight(text, " \t\r\n")...)
	for i := len(closers) - 1; i >= 0; i-- {
		closed = append(closed, closers[i])
	}
	_, err := decode(closed)
	return err == nil
}

func indentColumn(line []byte) int {
	return len(line) - len(bytes.TrimLeft(line, " \t")) + 1
}

// opening finds the quote or bracket of a line that stays open, and says so.
func opening(line []byte, problem Problem) (int, string) {
	for i := len(line) - 1; i >= 0; i-- {
		c := line[i]
		starts := i == 0 || bytes.IndexByte([]byte(" \t[{,:-"), line[i-1]) >= 0
		if !starts || bytes.IndexByte([]byte(`"'[{`), c) < 0 {
			continue
		}
		what := "bracket"
		if c == '"' || c == '\'' {
			what = "quote"
		}
		return utf8.RuneCount(line[:i]) + 1, "the " + what + " that opens here is not closed: " + problem.Message
	}
	return problem.Column, problem.Message
}
