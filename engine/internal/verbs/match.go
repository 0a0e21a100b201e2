package verbs

import (
	"path"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/gobwas/glob"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
)

type matchRequest struct {
	Syntax   string   `json:"syntax"`
	Patterns []string `json:"patterns"`
	Paths    []string `json:"paths"`
	// Separators are the characters that gobwas wildcards do not cross; Argo CD gives "/" for repository URLs.
	Separators string `json:"separators"`
}

type matchResult struct {
	Matches [][]int `json:"matches"`
}

// Match says which paths each pattern matches.
func Match(call *server.Call) (any, error) {
	var request matchRequest
	if err := call.Decode(&request); err != nil {
		return nil, err
	}
	result := matchResult{Matches: make([][]int, 0, len(request.Patterns))}
	for _, pattern := range request.Patterns {
		matches, err := matcher(request.Syntax, pattern, request.Separators)
		if err != nil {
			return nil, err
		}
		found := []int{}
		for number, candidate := range request.Paths {
			if matches(candidate) {
				found = append(found, number)
			}
		}
		result.Matches = append(result.Matches, found)
	}
	return result, nil
}

func matcher(syntax, pattern, separators string) (func(string) bool, error) {
	switch syntax {
	case "path":
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fault.New(fault.Failed, "pattern %q: %v", pattern, err)
		}
		return func(name string) bool { ok, _ := path.Match(pattern, name); return ok }, nil
	case "doublestar":
		if !doublestar.ValidatePattern(pattern) {
			return nil, fault.New(fault.Failed, "pattern %q: %v", pattern, doublestar.ErrBadPattern)
		}
		return func(name string) bool { return doublestar.MatchUnvalidated(pattern, name) }, nil
	case "gobwas":
		return gobwas(pattern, separators), nil
	case "pathspec":
		return pathspec(pattern), nil
	case "regexp":
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fault.New(fault.Failed, "pattern %q: %v", pattern, err)
		}
		return compiled.MatchString, nil
	}
	return nil, fault.New(fault.BadRequest, "syntax is %q; expected path, doublestar, gobwas, pathspec or regexp", syntax)
}

// gobwas matches as Argo CD's util/glob does: a pattern that does not compile matches nothing.
func gobwas(pattern, separators string) func(string) bool {
	compiled, err := glob.Compile(pattern, []rune(separators)...)
	if err != nil {
		return func(string) bool { return false }
	}
	return compiled.Match
}

// pathspec matches as `git ls-files -- PATTERN` does: a folder matches all below it, wildcards cross "/".
func pathspec(pattern string) func(string) bool {
	below := strings.TrimSuffix(pattern, "/") + "/"
	wild := wildmatch(pattern)
	return func(name string) bool {
		if pattern == "" || pattern == "." || name == pattern || strings.HasPrefix(name, below) {
			return true
		}
		return wild != nil && wild.MatchString(name)
	}
}

// wildmatch translates git's wildmatch(3) without WM_PATHNAME; nil where the pattern has no valid wildcard.
func wildmatch(pattern string) *regexp.Regexp {
	var out strings.Builder
	out.WriteString(`(?s)^`)
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			out.WriteString(`.*`)
		case '?':
			out.WriteString(`.`)
		case '[':
			class, length := bracket(pattern[i:])
			if length == 0 {
				return nil
			}
			out.WriteString(class)
			i += length - 1
		case '\\':
			if i++; i == len(pattern) {
				return nil
			}
			out.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			out.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	compiled, err := regexp.Compile(out.String() + `$`)
	if err != nil {
		return nil
	}
	return compiled
}

// bracket translates a character class; length 0 where it is not closed.
func bracket(pattern string) (class string, length int) {
	var out strings.Builder
	out.WriteByte('[')
	i := 1
	if i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^') {
		out.WriteByte('^')
		i++
	}
	for first := true; i < len(pattern); first = false {
		c := pattern[i]
		switch {
		case c == ']' && !first:
			return out.String() + "]", i + 1
		case c == '[' && strings.HasPrefix(pattern[i:], "[:"):
			end := strings.Index(pattern[i:], ":]")
			if end < 0 {
				return "", 0
			}
			out.WriteString(pattern[i : i+end+2])
			i += end + 2
			continue
		case c == '\\' && i+1 < len(pattern):
			i++
			out.WriteString(`\` + pattern[i:i+1])
		case c == '[' || c == ']' || c == '^' || c == '\\':
			out.WriteString(`\` + string(c))
		default:
			out.WriteByte(c)
		}
		i++
	}
	return "", 0
}
