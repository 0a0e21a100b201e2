package server

import (
	"bytes"
	"log"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
)

// Warnings gathers what libraries print for one request. Kustomize and Helm print to process-wide
// loggers; a print happens on the goroutine that works for the request, which is how it is told apart.
type Warnings struct {
	mu    sync.Mutex
	lines []string
}

const maxWarnings = 200

// Add takes one warning, unless it is there already.
func (w *Warnings) Add(line string) {
	if w == nil || line == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, known := range w.lines {
		if known == line {
			return
		}
	}
	if len(w.lines) < maxWarnings {
		w.lines = append(w.lines, line)
	}
}

// List gives all warnings so far.
func (w *Warnings) List() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.lines...)
}

var collectors sync.Map // goroutine number to *Warnings

func goroutine() string {
	var buf [64]byte
	text := buf[:runtime.Stack(buf[:], false)]
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return ""
	}
	return string(fields[1])
}

func collect(w *Warnings) (release func()) {
	id := goroutine()
	collectors.Store(id, w)
	return func() { collectors.Delete(id) }
}

type logWriter struct{}

// Write gives a log line to the request whose goroutine prints it. A log.Fatal of a library must not end
// the process: log writes before it exits, so a panic here turns it into the end of one request.
func (logWriter) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	if fatal() {
		panic(text)
	}
	if found, ok := collectors.Load(goroutine()); ok {
		found.(*Warnings).Add(text)
	}
	return len(line), nil
}

func fatal() bool {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "log.Fatal") || strings.HasPrefix(frame.Function, "log.(*Logger).Fatal") {
			return true
		}
		if !more {
			return false
		}
	}
}

// captureLogs takes over the process-wide loggers and hides stderr from libraries that print to it directly.
func captureLogs() error {
	// slog's default takes over the output of the log package: the order matters.
	slog.SetDefault(slog.New(slog.NewTextHandler(logWriter{}, &slog.HandlerOptions{
		Level:       slog.LevelWarn,
		ReplaceAttr: dropTime,
	})))
	log.SetFlags(0)
	log.SetOutput(logWriter{})
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	os.Stderr = null
	return nil
}

func dropTime(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attr
}
