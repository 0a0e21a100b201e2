// Package fault holds the errors that an answer carries to the client.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of errors that the protocol knows.
const (
	NeedsNetwork = "needs-network"
	OutsideRoot  = "outside-root"
	MissingFile  = "missing-file"
	TooLarge     = "too-large"
	Cycle        = "cycle"
	Timeout      = "timeout"
	BadRequest   = "bad-request"
	Failed       = "failed"
	Panic        = "panic"
	ValuesSchema = "values-schema"
	LFSPointer   = "lfs-pointer"
)

const (
	maxMessage   = 4000
	messageElbow = 60
)

// Error is one failure as the client sees it.
type Error struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Error gives the message alone: the kind is for programs.
func (e *Error) Error() string { return e.Message }

// New makes an error of a kind.
func New(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// At makes an error of a kind that concerns one path, relative to the root.
func At(kind, path, format string, args ...any) *Error {
	e := New(kind, format, args...)
	e.Path = path
	return e
}

// From finds the Error in a chain of errors; any other error is a library's refusal.
func From(err error) *Error {
	var found *Error
	if errors.As(err, &found) {
		return found
	}
	return New(Failed, "%s", err.Error())
}

// Clip bounds a message, keeping its end: libraries put the cause last.
func Clip(message string) string {
	runes := []rune(message)
	if len(runes) <= maxMessage {
		return message
	}
	tail := maxMessage*3/4 - messageElbow
	head := maxMessage - tail - messageElbow
	cut := fmt.Sprintf(" … (%d characters left out) … ", len(runes)-head-tail)
	return strings.ToValidUTF8(string(runes[:head])+cut+string(runes[len(runes)-tail:]), "")
}

// OfflineMark begins the message of a refused HTTP request: libraries keep only the text of an error.
const OfflineMark = "the run is offline; not fetched: "
