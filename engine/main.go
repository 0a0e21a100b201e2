// Command gitlint-ops-engine reads and renders GitOps repositories with the controllers' own libraries.
// Its protocol is described in PROTOCOL.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
	// The zones of a machine differ, and a confined process cannot read them.
	_ "time/tzdata"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/confine"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/verbs"
)

const (
	protocolVersion = 1
	engineVersion   = "0.1.0"
	// gcPercent trades memory for time: rendering makes much garbage that dies at once.
	gcPercent   = 400
	memoryLimit = 1 << 30
	// memoryCeiling ends the process before the machine suffers; the client starts another one.
	memoryCeiling = 3 << 30
	// stackLimit ends an endless recursion (a template that renders itself) before it costs much time and memory.
	stackLimit  = 128 << 20
	exitUsage   = 2
	exitFailure = 1
)

type greeting struct {
	Protocol  int    `json:"protocol"`
	Engine    string `json:"engine"`
	Kustomize string `json:"kustomize"`
	Helm      string `json:"helm"`
	Go        string `json:"go"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gitlint-ops-engine:", err)
		os.Exit(exitFailure)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "versions":
		return json.NewEncoder(os.Stdout).Encode(versions())
	case len(args) == 1 && args[0] == "confinement":
		return json.NewEncoder(os.Stdout).Encode(confine.Enter("."))
	case len(args) > 0 && args[0] == "serve":
		return serve(args[1:])
	case len(args) > 0 && args[0] == "vendor":
		return vendor(args[1:])
	}
	fmt.Fprintln(os.Stderr, "usage: gitlint-ops-engine versions | confinement | serve --root DIR [--fetched DIR] [--workers N] [--memory-ceiling BYTES] | "+
		"vendor --root DIR [--network] [--hosts HOST,...]")
	os.Exit(exitUsage)
	return nil
}

func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	root := flags.String("root", ".", "the folder that requests are about")
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "how many requests are answered at once")
	fetched := flags.String("fetched", "", "a folder of what was fetched, shown at "+tree.MountPoint)
	ceiling := flags.Uint64("memory-ceiling", memoryCeiling, "the bytes of memory past which the process ends")
	if err := flags.Parse(args); err != nil {
		return err
	}
	opened, err := tree.Open(*root)
	if err != nil {
		return err
	}
	if *fetched != "" {
		if err := opened.Mount(*fetched); err != nil {
			return err
		}
	}
	tuneMemory()
	// The controllers' containers have no zone of their own.
	time.Local = time.UTC
	confine.Enter(folders(*root, *fetched)...)
	go server.GuardMemory(*ceiling)
	go verbs.WarmUp()
	served := server.Server{Tree: opened, Workers: max(1, *workers), Verbs: verbs.All()}
	return served.Serve(fromClient{}, os.Stdout, versions())
}

// fromClient is what the client writes. Where it ends, the client is gone, and nobody waits for what is still worked on.
type fromClient struct{}

func (fromClient) Read(buffer []byte) (int, error) {
	read, err := os.Stdin.Read(buffer)
	if err != nil {
		os.Exit(0)
	}
	return read, nil
}

// folders are those that a serving process may read.
func folders(root, fetched string) []string {
	if fetched == "" {
		return []string{root}
	}
	return []string{root, fetched}
}

// tuneMemory sets the collector, unless the environment does.
func tuneMemory() {
	debug.SetMaxStack(stackLimit)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

func versions() greeting {
	hello := greeting{Protocol: protocolVersion, Engine: engineVersion, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return hello
	}
	for _, module := range info.Deps {
		switch module.Path {
		case "sigs.k8s.io/kustomize/kustomize/v5":
			hello.Kustomize = module.Version
		case "helm.sh/helm/v4":
			hello.Helm = module.Version
		}
	}
	return hello
}
