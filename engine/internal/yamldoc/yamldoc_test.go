package yamldoc

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func parseAll(text string, positions bool) (values []string, problems []Problem, last Parsed) {
	for _, document := range Split([]byte(text)) {
		parsed := Parse(document, positions)
		values = append(values, string(parsed.Value))
		problems = append(problems, parsed.Problems...)
		last = parsed
	}
	return values, problems, last
}

func TestSplit(t *testing.T) {
	cases := map[string]struct {
		text  string
		lines []int
	}{
		"plain":                   {"a: 1\n---\nb: 2\n", []int{1, 3}},
		"comment on a separator":  {"a: 1\n--- # second\nb: 2\n", []int{1, 3}},
		"blanks on a separator":   {"a: 1\n---  \t\nb: 2\n", []int{1, 3}},
		"content on a separator":  {"a: 1\n--- {b: 2}\n", []int{1, 2}},
		"comments are left out":   {"# only\n---\n\n---\na: 1\n", []int{5}},
		"comments before content": {"---\n# licence\n\na: 1\n", []int{4}},
		"carriage returns":        {"a: 1\r\n---\r\nb: 2\r\n", []int{1, 3}},
		"byte order mark":         {"\uFEFF---\na: 1\n", []int{2}},
		"indented is no end":      {"a: |\n  ---\n  b\n", []int{1}},
		"four dashes are no end":  {"----\n", []int{1}},
		"directive":               {"%YAML 1.2\n---\na: 1\n", []int{3}},
		"nothing":                 {"", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var lines []int
			for _, document := range Split([]byte(c.text)) {
				lines = append(lines, document.FirstLine())
			}
			if !reflect.DeepEqual(lines, c.lines) {
				t.Errorf("documents begin at %v, want %v", lines, c.lines)
			}
		})
	}
}

func TestValuesAreThoseOfKubernetes(t *testing.T) {
	values, problems, _ := parseAll("y: no\no: 0123\nd: 2020-01-01\nt: 12:30:45\nu: 1_000\nf: 1e3\n", false)
	want := `{"d":"2020-01-01","f":1000,"o":83,"t":"12:30:45","true":false,"u":1000}`
	if len(problems) != 0 || values[0] != want {
		t.Errorf("got %s %v, want %s", values[0], problems, want)
	}
}

func TestCauseOfInvalidYAML(t *testing.T) {
	cases := map[string]struct {
		text         string
		line, column int
		message      string
	}{
		"unclosed quote before others": {
			"a: 1\nb: \"open\nc: \"x\"\nd: 2\n", 2, 4, "the quote that opens here is not closed: did not find expected key"},
		"unclosed quote to the end": {
			"a: 1\nb: 'open\nc: d\n", 2, 4, "the quote that opens here is not closed: found unexpected end of stream"},
		"unclosed quote on line 1": {
			"b: \"open\n", 1, 4, "the quote that opens here is not closed: found unexpected end of stream"},
		"dedent to no level": {
			"x:\n    y: 1\n  z: 2\n", 3, 3, "did not find expected key"},
		"indent below a value": {
			"spec:\n  replicas: 2\n    template: x\n", 3, 5, "mapping values are not allowed in this context"},
		"tab": {
			"a:\n\tb: 1\n", 2, 2, "found character that cannot start any token"},
		"no colon": {
			"a: 1\nb\nc: 2\n", 2, 1, "could not find expected ':'"},
		"unclosed bracket": {
			"a:\n  b: [x, y\n  c: d\ne: f\n", 2, 6, "the bracket that opens here is not closed: did not find expected ',' or ']'"},
		"template": {
			"a: 1\nimage: {{ .Values.image }}\nb: 2\n", 2, 1, "invalid map key: map[interface {}]interface {}{\".Values.image\":interface {}(nil)}"},
		"unknown alias": {
			"a: 1\nb: *nowhere\n", 2, 1, "unknown anchor 'nowhere' referenced"},
		"list item in a map": {
			"a: 1\n- b\nc: 2\n", 2, 1, "did not find expected key"},
		"two values": {
			"a: b: c\n", 1, 1, "mapping values are not allowed in this context"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, problems, _ := parseAll(c.text, false)
			want := []Problem{{Kind: InvalidYAML, Line: c.line, Column: c.column, Message: c.message}}
			if !reflect.DeepEqual(problems, want) {
				t.Errorf("got %+v, want %+v", problems, want)
			}
		})
	}
}

func TestBrokenDocumentHidesNoOther(t *testing.T) {
	values, problems, _ := parseAll("a: 1\n---\nb: \"x\n---\nc: 3\n", false)
	if want := []string{`{"a":1}`, "", `{"c":3}`}; !reflect.DeepEqual(values, want) {
		t.Errorf("got %q, want %q", values, want)
	}
	if len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("got %+v, want one problem at line 3", problems)
	}
}

func TestDuplicateKeys(t *testing.T) {
	values, problems, _ := parseAll("# c\na:\n  b: 1\n  c: {x: 1, x: 2}\n  b: 3\n", false)
	if values[0] != `{"a":{"b":3,"c":{"x":2}}}` {
		t.Errorf("the last key does not win: %s", values[0])
	}
	want := []Problem{
		{DuplicateKey, 5, 3, `key "b" is already defined at line 3; the last one wins`, "b", 3},
		{DuplicateKey, 4, 13, `key "x" is already defined at line 4; the last one wins`, "x", 4},
	}
	if !reflect.DeepEqual(problems, want) {
		t.Errorf("got %+v, want %+v", problems, want)
	}
}

func TestRepeated(t *testing.T) {
	text := "a:\n  - {x: 1, x: {y: 1}}\nb: &b {c: 1}\nd: {<<: *b, c: 2, c: 3}\n"
	want := []FieldPath{{"a", 0, "x"}, {"d", "c"}}
	if found := Repeated([]byte(text)); !reflect.DeepEqual(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	if found := Repeated([]byte("a: [")); found != nil {
		t.Errorf("got %v for what does not parse", found)
	}
}

func TestPositions(t *testing.T) {
	text := strings.Join([]string{
		"# comment",
		"base: &base {k: 'it''s', l: [1, \"a\\\"b\" ] }",
		"m:",
		"  <<: *base",
		"  ref: *base",
		"  empty:",
		"  text: |",
		"    one",
		"",
		"    two",
		"  fold: plain words",
		"    go on  # comment",
		"  ünï: !!str 5",
		"list:",
		"- a: 1",
		"  b: 2",
		"- last",
	}, "\n")
	_, problems, parsed := parseAll(text, true)
	if len(problems) != 0 {
		t.Fatalf("problems: %+v", problems)
	}
	want := map[string]Position{
		"":          {2, 1, 2, 1, 17, 7},
		"/base":     {2, 1, 2, 7, 2, 43},
		"/base/k":   {2, 14, 2, 17, 2, 24},
		"/base/l":   {2, 26, 2, 29, 2, 41},
		"/base/l/0": {2, 30, 2, 30, 2, 31},
		"/base/l/1": {2, 33, 2, 33, 2, 39},
		"/m":        {3, 1, 4, 3, 13, 15},
		"/m/k":      {2, 14, 2, 17, 2, 24},
		"/m/l":      {2, 26, 2, 29, 2, 41},
		"/m/l/0":    {2, 30, 2, 30, 2, 31},
		"/m/l/1":    {2, 33, 2, 33, 2, 39},
		"/m/ref":    {5, 3, 5, 8, 5, 13},
		"/m/empty":  {6, 3, 6, 9, 6, 9},
		"/m/text":   {7, 3, 7, 9, 10, 8},
		"/m/fold":   {11, 3, 11, 9, 12, 10},
		"/m/ünï":    {13, 3, 13, 8, 13, 15},
		"/list":     {14, 1, 15, 1, 17, 7},
		"/list/0":   {15, 3, 15, 3, 16, 7},
		"/list/0/a": {15, 3, 15, 6, 15, 7},
		"/list/0/b": {16, 3, 16, 6, 16, 7},
		"/list/1":   {17, 3, 17, 3, 17, 7},
	}
	for pointer, position := range want {
		if got, found := parsed.Positions[pointer]; !found || got != position {
			t.Errorf("%q is at %v, want %v", pointer, got, position)
		}
	}
	if len(parsed.Positions) != len(want) {
		t.Errorf("got %d positions, want %d: %v", len(parsed.Positions), len(want), parsed.Positions)
	}
}

func TestKeysInPointersAreEscaped(t *testing.T) {
	_, _, parsed := parseAll("metadata:\n  app.io/na~me: x\n", true)
	if _, found := parsed.Positions["/metadata/app.io~1na~0me"]; !found {
		t.Errorf("no escaped pointer in %v", parsed.Positions)
	}
}

func TestLimits(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := range 9 {
		name, last := string(rune('b'+i)), string(rune('a'+i))
		bomb += name + ": &" + name + " [" + strings.Repeat("*"+last+",", 9) + "*" + last + "]\n"
	}
	cases := map[string]struct{ text, message string }{
		"depth":      {strings.Repeat("[", 220) + strings.Repeat("]", 220), "the document is nested deeper than 200 levels"},
		"brackets":   {strings.Repeat("[", 100_000), "exceeded max depth of 10000"},
		"alias bomb": {bomb, "document contains excessive aliasing"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			values, problems, _ := parseAll(c.text, true)
			if len(problems) != 1 || !strings.Contains(problems[0].Message, c.message) {
				t.Errorf("got %+v, want one problem with %q", problems, c.message)
			}
			if values[0] != "" {
				t.Error("the document has a value")
			}
		})
	}
}

func TestNothingPanics(t *testing.T) {
	for _, text := range []string{"\x00", "\xff\xfe", "a: \xff", "&", "*", "!", "? ", "- - -", "|", ">", "%", "@", "`", "a: !!binary x", "a: &x *x", "&a [*a]", "<<: 1", "<<: [1]"} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			if values, problems, _ := parseAll(text, true); len(values) == 0 && len(problems) > 0 {
				t.Errorf("problems without a document: %v", problems)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: [1, {b: \"c\"}]\n---\n- |\n  x\n")
	f.Fuzz(func(_ *testing.T, text string) { parseAll(text, true) })
}

func TestPositionsOfAMergeBombAreNotTaken(t *testing.T) {
	text := "a0: &a0 {x: 1}\n"
	for level := 1; level < 10; level++ {
		below := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", level-1), 9), ", ")
		text += fmt.Sprintf("a%d: &a%d {<<: [%s]}\n", level, level, below)
	}
	began := time.Now()
	parsed := Parse(Document{Line: 1, Text: []byte(text)}, true)
	if len(parsed.Problems) != 1 || parsed.Problems[0].Message != "document contains excessive aliasing" || parsed.Positions != nil {
		t.Errorf("got %+v", parsed.Problems)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}
