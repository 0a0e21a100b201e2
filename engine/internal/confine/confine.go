// Package confine takes from the engine's own process, for good, what it never needs: writing, other programs, the
// network, and files outside of the root. It stands behind the tree's own checks and the libraries' isolation, for the
// day on which one of these fails. Only Linux has the means; elsewhere, and on old kernels, the process goes on without.
package confine

// Confinement says what the kernel holds the process to.
type Confinement struct {
	// NoNewPrivileges: no program that it starts could gain any.
	NoNewPrivileges bool `json:"no_new_privileges"`
	// Landlock is the version of the kernel's Landlock that is active, 0 for none: files are read below the root only,
	// nothing is written and no program is started; from version 4 on there is no TCP either.
	Landlock int `json:"landlock"`
	// Seccomp: no socket is opened and no program is started.
	Seccomp bool `json:"seccomp"`
	// Lacking says why something of this is not active; "" where all is.
	Lacking string `json:"lacking,omitempty"`
}
