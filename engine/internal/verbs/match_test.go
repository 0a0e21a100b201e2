package verbs

import (
	"testing"
)

func TestMatch(t *testing.T) {
	paths := `["a/b/c.yaml", "a/x.yaml", "b/x.yaml", "c.yaml", "x.yaml"]`
	cases := map[string]struct{ syntax, pattern, want string }{
		"path star stays in a segment":      {"path", "a/*", `[[1]]`},
		"path has no double star":           {"path", "a/**", `[[1]]`},
		"path never matches a folder":       {"path", "a/", `[[]]`},
		"doublestar crosses":                {"doublestar", "a/**", `[[0, 1]]`},
		"doublestar braces":                 {"doublestar", "{a,b}/x.yaml", `[[1, 2]]`},
		"gobwas star crosses":               {"gobwas", "a*", `[[0, 1]]`},
		"gobwas needs the slash":            {"gobwas", "**/c.yaml", `[[0]]`},
		"gobwas negation":                   {"gobwas", "[!a]*", `[[2, 3, 4]]`},
		"gobwas that does not compile":      {"gobwas", "[a", `[[]]`},
		"pathspec star crosses":             {"pathspec", "a/*.yaml", `[[0, 1]]`},
		"pathspec folder":                   {"pathspec", "a/b", `[[0]]`},
		"pathspec folder with a slash":      {"pathspec", "a/", `[[0, 1]]`},
		"pathspec class":                    {"pathspec", "[!ab]*.yaml", `[[3, 4]]`},
		"pathspec named class":              {"pathspec", "[[:alpha:]].yaml", `[[3, 4]]`},
		"pathspec escape":                   {"pathspec", `\*.yaml`, `[[]]`},
		"pathspec open class":               {"pathspec", "[a", `[[]]`},
		"pathspec prefix of a name is none": {"pathspec", "x", `[[]]`},
		"regexp is not anchored":            {"regexp", `b/.*\.yaml$`, `[[0, 2]]`},
		"regexp flags":                      {"regexp", `^A/(?i)`, `[[]]`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := `{"syntax": "` + c.syntax + `", "patterns": [` + toText(t, c.pattern) + `], "paths": ` + paths + `}`
			wantJSON(t, mustAsk(t, repository(t, nil), Match, request)["matches"], c.want)
		})
	}
	for request, message := range map[string]string{
		`{"syntax": "path", "patterns": ["[a"]}`:       `pattern "[a": syntax error in pattern`,
		`{"syntax": "doublestar", "patterns": ["{a"]}`: `pattern "{a": syntax error in pattern`,
		`{"syntax": "regexp", "patterns": ["(a"]}`:     "pattern \"(a\": error parsing regexp: missing closing ): `(a`",
		`{"syntax": "regex", "patterns": ["a"]}`:       `syntax is "regex"; expected path, doublestar, gobwas, pathspec or regexp`,
	} {
		if _, _, err := ask(t, repository(t, nil), Match, request); err == nil || err.Error() != message {
			t.Errorf("%s: got %v, want %q", request, err, message)
		}
	}
}
