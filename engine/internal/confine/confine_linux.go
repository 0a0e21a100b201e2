//go:build amd64 || arm64

package confine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	readFiles = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	// everyFileAccess are the accesses of Landlock's first version: all bits up to the last one.
	everyFileAccess = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	everyTCPAccess  = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	pathOnly        = unix.O_PATH | unix.O_CLOEXEC
	ruleBeneath     = unix.LANDLOCK_RULE_PATH_BENEATH
	restrictSelf    = unix.SYS_LANDLOCK_RESTRICT_SELF
)

// later are the accesses that later versions of Landlock added, by version.
var later = []struct {
	version int
	access  uint64
}{
	{2, unix.LANDLOCK_ACCESS_FS_REFER}, {3, unix.LANDLOCK_ACCESS_FS_TRUNCATE}, {5, unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
}

// versionTCP is the version of Landlock that added TCP.
const versionTCP = 4

// Enter confines the whole process to reading below folders. What the kernel does not have is left out, and told.
func Enter(folders ...string) Confinement {
	var made Confinement
	if _, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		made.Lacking = "no-new-privileges: " + errno.Error()
		return made
	}
	made.NoNewPrivileges = true
	version, fileErr := restrictFiles(folders)
	made.Landlock = version
	callErr := refuseCalls()
	made.Seccomp = callErr == nil
	if err := errors.Join(fileErr, callErr); err != nil {
		made.Lacking = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	return made
}

// restrictFiles enters a Landlock domain in which files below folders, and the empty device, are read, and nothing else.
func restrictFiles(folders []string) (version int, err error) {
	found, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	handled := ruleset(int(found))
	descriptor, _, errno := unix.Syscall(
		unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), unsafe.Sizeof(handled), 0)
	if errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	defer func() { _ = unix.Close(int(descriptor)) }()
	err = allow(descriptor, os.DevNull, unix.LANDLOCK_ACCESS_FS_READ_FILE|unix.LANDLOCK_ACCESS_FS_WRITE_FILE)
	for _, folder := range folders {
		err = errors.Join(err, allow(descriptor, folder, readFiles))
	}
	if err != nil {
		return 0, err
	}
	if _, _, errno := syscall.AllThreadsSyscall(restrictSelf, descriptor, 0, 0); errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	return int(found), nil
}

// ruleset names every access that a version of Landlock knows: what is named and not allowed is refused.
func ruleset(version int) unix.LandlockRulesetAttr {
	handled := unix.LandlockRulesetAttr{Handled_access_fs: everyFileAccess}
	for _, added := range later {
		if version >= added.version {
			handled.Handled_access_fs |= added.access
		}
	}
	if version >= versionTCP {
		handled.Handled_access_net = everyTCPAccess
	}
	return handled
}

func allow(ruleset uintptr, path string, access uint64) error {
	place, err := unix.Open(path, pathOnly, 0)
	if err != nil {
		return fmt.Errorf("landlock: %s: %w", path, err)
	}
	defer func() { _ = unix.Close(place) }()
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(place)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, ruleset, ruleBeneath, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock: %s: %w", path, errno)
	}
	return nil
}

// refused are the system calls that fail with EPERM from now on: sockets of all kinds (Landlock knows TCP only),
// other programs, and reaching into other processes.
var refused = []uint32{
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_SENDTO, unix.SYS_SENDMSG,
	unix.SYS_IO_URING_SETUP, unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV,
	unix.SYS_PROCESS_VM_WRITEV, unix.SYS_MOUNT, unix.SYS_BPF,
}

// Where the kernel shows a filter the call's number and its architecture (struct seccomp_data), and what marks the
// numbers of x86-64's second ABI, x32.
const (
	callNumber   = 0
	architecture = 4
	x32Mark      = 0x40000000
)

// refuseCalls installs a seccomp filter on all threads.
func refuseCalls() error {
	filter := callFilter()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return nil
}

// callFilter lets every call pass but the refused ones; of another architecture's numbers none passes.
func callFilter() []unix.SockFilter {
	const load, jumpEqual, jumpAtLeast, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K,
		unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	own := uint32(unix.AUDIT_ARCH_X86_64)
	if runtime.GOARCH == "arm64" {
		own = unix.AUDIT_ARCH_AARCH64
	}
	// The refusal is the last instruction: jumps are counted from the instruction after them.
	toRefusal := func(at int) uint8 { return uint8(len(refused) + 4 - at) }
	filter := []unix.SockFilter{
		{Code: load, K: architecture},
		{Code: jumpEqual, K: own, Jf: toRefusal(1)},
		{Code: load, K: callNumber},
		{Code: jumpAtLeast, K: x32Mark, Jt: toRefusal(3)},
	}
	for _, call := range refused {
		filter = append(filter, unix.SockFilter{Code: jumpEqual, K: call, Jt: toRefusal(len(filter))})
	}
	return append(filter,
		unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)})
}
