//go:build !linux || !(amd64 || arm64)

package confine

import "runtime"

// Enter confines nothing: this system has neither Landlock nor seccomp.
func Enter(...string) Confinement {
	return Confinement{Lacking: "Landlock and seccomp are used on Linux (amd64, arm64), not on " + runtime.GOOS + "/" + runtime.GOARCH}
}
