package tree

import (
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// Clean replaces absolute paths in a library's message by repository-relative ones.
func (v *View) Clean(message string) string {
	separator := string(filepath.Separator)
	if v.tree.mount != nil {
		message = strings.ReplaceAll(message, v.tree.mount.folder, MountPoint)
	}
	for _, root := range []string{v.tree.root, v.tree.given} {
		message = replacePath(message, root, ".")
	}
	if temp := strings.TrimRight(os.TempDir(), separator); temp != "" {
		message = replacePath(message, temp, temp)
	}
	return fault.Clip(message)
}

// replacePath takes a folder off the paths in a message; where it stands alone it becomes another text. A short folder
// ("/repo") is also part of URLs and of other names, which stay as they are.
func replacePath(message, folder, alone string) string {
	folder = strings.TrimRight(folder, string(filepath.Separator))
	if folder == "" {
		return message
	}
	var out []byte
	for {
		before, after, found := strings.Cut(message, folder)
		out, message = append(out, before...), after
		if !found {
			return string(out)
		}
		switch rest, below := strings.CutPrefix(after, string(filepath.Separator)); {
		case endsInName(out):
			out = append(out, folder...)
		case below:
			message = rest
		case beginsWithName(after):
			out = append(out, folder...)
		default:
			out = append(out, alone...)
		}
	}
}

func endsInName(text []byte) bool {
	last, _ := utf8.DecodeLastRune(text)
	return isNameRune(last) || last == '/' || last == '\\'
}

func beginsWithName(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return isNameRune(first)
}

// isNameRune says whether a character goes on with a name; a full stop or a colon may end a sentence after it.
func isNameRune(c rune) bool {
	return c == '-' || c == '_' || (c != utf8.RuneError && (unicode.IsLetter(c) || unicode.IsDigit(c)))
}
