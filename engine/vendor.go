package main

import (
	"flag"
	"os"
	"strings"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fetch"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/server"
	"github.com/gitlint-ops/gitlint-ops/engine/internal/tree"
)

// fetchWorkers is how many sources are asked at once: they wait for servers, not for a core.
const fetchWorkers = 6

// vendor serves the process that fetches archives and unpacks them. It renders nothing, and asks the network only
// where it is started with --network.
func vendor(args []string) error {
	flags := flag.NewFlagSet("vendor", flag.ExitOnError)
	root := flags.String("root", ".", "the folder that holds what is unpacked")
	network := flags.Bool("network", false, "whether servers may be asked")
	hosts := flags.String("hosts", "", "hosts, separated by commas, that may be private and be redirected to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	opened, err := tree.Open(*root)
	if err != nil {
		return err
	}
	go server.GuardMemory(memoryCeiling)
	verbs := map[string]server.Verb{"unpack": (&fetch.Unpacker{}).Verb}
	if *network {
		allowed := strings.FieldsFunc(strings.ToLower(*hosts), func(r rune) bool { return r == ',' })
		verbs["fetch"] = fetch.New(fetch.Policy{Hosts: allowed, MaxBytes: fetch.DefaultMaxBytes}).Verb
	}
	served := server.Server{Tree: opened, Workers: fetchWorkers, Online: *network, Verbs: verbs}
	return served.Serve(fromClient{}, os.Stdout, versions())
}
