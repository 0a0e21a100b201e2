// Package server speaks the engine's protocol: JSON lines in, JSON lines out.
package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/yamldoc"
)

const (
	maxLine = 64 << 20
	// maxWaiting is how many requests are read before a worker is free, so that the input's end is seen at once.
	maxWaiting     = 64
	bufferBytes    = 1 << 20
	defaultTimeout = 60 * time.Second
	maxStackBytes  = 2000
	// maxNesting bounds an answer: what a template or a patch makes may be deeper than any file that is read.
	maxNesting = yamldoc.MaxDepth + 50
	// maxAnswerBytes bounds a result: a few lines of templates write more than a client can hold, or reads in time.
	maxAnswerBytes = 64 << 20
)

// Call is one request as a verb sees it.
type Call struct {
	View     *tree.View
	Warnings *Warnings
	Line     []byte
	// unchecked gives, by path, why a file that checks something was left out.
	unchecked map[string]string
}

// Miss notes that a file which checks something was left out, and why.
func (c *Call) Miss(path, reason string) {
	if c.unchecked == nil {
		c.unchecked = map[string]string{}
	}
	c.unchecked[path] = reason
}

// Missed gives what was noted so, by path.
func (c *Call) Missed() map[string]string { return c.unchecked }

// Decode reads the verb's own fields.
func (c *Call) Decode(into any) error {
	if err := json.Unmarshal(c.Line, into); err != nil {
		return fault.New(fault.BadRequest, "the request does not have the verb's form: %v", err)
	}
	return nil
}

// Verb answers one kind of request; its result is a struct whose fields join the answer.
type Verb func(call *Call) (any, error)

// Server answers requests about one tree.
type Server struct {
	Tree    *tree.Tree
	Verbs   map[string]Verb
	Workers int
	// Online leaves the libraries their way to the network: only the process that fetches has it.
	Online  bool
	tainted atomic.Bool
}

type envelope struct {
	ID           json.RawMessage `json:"id"`
	Verb         string          `json:"verb"`
	TimeoutMS    int64           `json:"timeout_ms"`
	Reads        bool            `json:"reads"`
	Timing       bool            `json:"timing"`
	MaxFileBytes int64           `json:"max_file_bytes"`
}

type outcome struct {
	result any
	err    error
}

// Serve answers until the input ends.
func (s *Server) Serve(in io.Reader, out io.Writer, greeting any) error {
	if err := captureLogs(); err != nil {
		return err
	}
	if !s.Online {
		if err := Isolate(); err != nil {
			return err
		}
	}
	answers := make(chan []byte, s.Workers)
	written := make(chan error, 1)
	go func() { written <- writeAll(out, answers) }()
	hello, err := encode(greeting)
	if err != nil {
		return err
	}
	answers <- hello
	err = s.dispatch(in, answers)
	close(answers)
	return errors.Join(err, <-written)
}

func (s *Server) dispatch(in io.Reader, answers chan<- []byte) error {
	requests := make(chan []byte, maxWaiting)
	var workers sync.WaitGroup
	for worker := range s.Workers {
		workers.Go(func() {
			for line := range requests {
				answers <- s.answer(line, worker)
			}
		})
	}
	err := readLines(in, func(line []byte, tooLong bool) {
		if tooLong {
			answers <- s.failure(nil, nil, nil, fault.New(fault.TooLarge, "a request line is longer than %d bytes", maxLine))
			return
		}
		requests <- line
	})
	close(requests)
	workers.Wait()
	return err
}

func (s *Server) answer(line []byte, worker int) []byte {
	var request envelope
	if err := json.Unmarshal(line, &request); err != nil {
		return s.failure(nil, nil, nil, fault.New(fault.BadRequest, "the request is not a JSON object: %v", err))
	}
	if !request.Timing {
		return s.worked(request, line)
	}
	started := time.Now()
	return timed(s.worked(request, line), worker, started)
}

// timed adds to an answer who worked on it, from when on (since the Unix epoch) and how long.
func timed(answer []byte, worker int, started time.Time) []byte {
	took := time.Since(started).Microseconds()
	return fmt.Appendf(bytes.TrimSuffix(answer, []byte("}\n")),
		`,"timing":{"worker":%d,"start_us":%d,"took_us":%d}}%s`, worker, started.UnixMicro(), took, "\n")
}

func (s *Server) worked(request envelope, line []byte) []byte {
	verb, known := s.Verbs[request.Verb]
	if !known {
		return s.failure(request.ID, nil, nil, fault.New(fault.BadRequest, "no verb %q", request.Verb))
	}
	call := &Call{View: s.Tree.View(request.MaxFileBytes, request.Reads), Warnings: &Warnings{}, Line: line}
	done := make(chan outcome, 1)
	go func() { done <- run(verb, call) }()
	limit := defaultTimeout
	if request.TimeoutMS > 0 {
		limit = time.Duration(request.TimeoutMS) * time.Millisecond
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case ended := <-done:
		return s.ended(request, call, ended)
	case <-timer.C:
		s.tainted.Store(true)
		late := fault.New(fault.Timeout, "no answer within %s", limit)
		return s.failure(request.ID, nil, nil, late)
	}
}

func run(verb Verb, call *Call) (ended outcome) {
	defer collect(call.Warnings)()
	defer func() {
		if crash := recover(); crash != nil {
			ended = outcome{err: fault.New(fault.Panic, "%v\n%s", crash, where(debug.Stack()))}
		}
	}()
	result, err := verb(call)
	return outcome{result: result, err: err}
}

// where keeps the frames of a stack below the panic itself.
func where(stack []byte) string {
	text := string(stack)
	if _, after, found := strings.Cut(text, "panic("); found {
		text = after
	}
	if len(text) > maxStackBytes {
		text = text[:maxStackBytes]
	}
	return text
}

func (s *Server) ended(request envelope, call *Call, ended outcome) []byte {
	reads := call.View.Recorder().Reads()
	warnings := call.Warnings.List()
	for i, warning := range warnings {
		warnings[i] = call.View.Clean(warning)
	}
	if ended.err != nil {
		wrong := *call.View.BlamePointer(fault.From(ended.err))
		wrong.Message = call.View.Clean(wrong.Message)
		return s.failure(request.ID, reads, warnings, &wrong)
	}
	first := head{ID: request.ID, OK: true, Reads: reads, Warnings: warnings, Unchecked: call.Missed(), Restart: s.tainted.Load()}
	answer, err := success(first, ended.result)
	if err != nil {
		wrong := *fault.From(err)
		wrong.Message = "the result cannot be given: " + wrong.Message
		return s.failure(request.ID, reads, warnings, &wrong)
	}
	return answer
}

type head struct {
	ID       json.RawMessage `json:"id"`
	OK       bool            `json:"ok"`
	Reads    []tree.Read     `json:"reads,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	// Unchecked gives the reason for each path.
	Unchecked map[string]string `json:"unchecked,omitempty"`
	Restart   bool              `json:"restart,omitempty"`
	Error     *fault.Error      `json:"error,omitempty"`
}

func success(about head, result any) ([]byte, error) {
	first, err := encode(about)
	if err != nil {
		return nil, err
	}
	second, err := encode(result)
	if err != nil {
		return nil, err
	}
	if len(second) > maxAnswerBytes {
		return nil, fault.New(fault.TooLarge, "the result has %d bytes, and %d is the limit", len(second), maxAnswerBytes)
	}
	if depth := nesting(second); depth > maxNesting {
		return nil, fmt.Errorf("it is nested %d levels deep, and %d is the limit", depth, maxNesting)
	}
	first, second = bytes.TrimSuffix(first, []byte("}\n")), bytes.TrimPrefix(second, []byte("{"))
	if len(second) > len("}\n") {
		first = append(first, ',')
	}
	return append(first, second...), nil
}

func (s *Server) failure(id json.RawMessage, reads []tree.Read, warnings []string, wrong *fault.Error) []byte {
	answer, err := encode(head{
		ID: id, Reads: reads, Warnings: warnings, Restart: s.tainted.Load(), Error: wrong,
	})
	if err != nil {
		return fmt.Appendf(nil, `{"id":null,"ok":false,"error":{"kind":"bad-request","message":"the id is not JSON"}}%s`, "\n")
	}
	return answer
}

func encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

func writeAll(out io.Writer, answers <-chan []byte) error {
	buffered := bufio.NewWriterSize(out, bufferBytes)
	var failed error
	for answer := range answers {
		if failed != nil {
			continue
		}
		if _, failed = buffered.Write(answer); failed == nil && len(answers) == 0 {
			failed = buffered.Flush()
		}
	}
	return errors.Join(failed, buffered.Flush())
}

// readLines gives each line to a function; of a line past the limit only the fact.
func readLines(in io.Reader, each func(line []byte, tooLong bool)) error {
	reader := bufio.NewReaderSize(in, bufferBytes)
	for {
		line, tooLong, err := readLine(reader)
		if tooLong {
			each(nil, true)
		} else if line = bytes.TrimSpace(line); len(line) > 0 {
			each(line, false)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readLine(reader *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := reader.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			line, tooLong = nil, true
		}
		if !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}
