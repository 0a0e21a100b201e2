package server

import (
	"os"
	"runtime/metrics"
	"time"
)

// ExitMemory is the process's exit code when it ends itself for using too much memory.
const ExitMemory = 70

const guardInterval = 50 * time.Millisecond

// GuardMemory ends the process once it holds more than a number of bytes. A request that eats memory without
// end cannot be stopped alone; the client sends the others again to a new process.
func GuardMemory(ceiling uint64) {
	for range time.Tick(guardInterval) {
		if usedMemory() > ceiling {
			os.Exit(ExitMemory)
		}
	}
}

func usedMemory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
