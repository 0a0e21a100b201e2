package fetch

import (
	"cmp"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"helm.sh/helm/v4/pkg/cli"
	"helm.sh/helm/v4/pkg/repo/v1"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
)

// user is a login of one of the user's own files.
type user struct{ name, password string }

// users are the logins that the user's own standard files hold: nothing of a repository is one.
type users struct {
	repositories []*repo.Entry
	machines     map[string]user
	registries   credentials.Store
}

func readUsers() users {
	settings := cli.New()
	found := users{machines: readNetrc(netrcPath())}
	if file, err := repo.LoadFile(settings.RepositoryConfig); err == nil {
		found.repositories = file.Repositories
	}
	options := credentials.StoreOptions{DetectDefaultNativeStore: true}
	if store, err := credentials.NewStore(settings.RegistryConfig, options); err == nil {
		found.registries = store
	}
	if docker, err := credentials.NewStoreFromDocker(options); err == nil {
		if found.registries == nil {
			found.registries = docker
		} else {
			found.registries = credentials.NewStoreWithFallbacks(found.registries, docker)
		}
	}
	return found
}

// forRepository is the login of Helm's repositories.yaml for an address of a chart repository: on another host than the
// repository's only where the user said so there (`helm repo add --pass-credentials`).
func (u users) forRepository(repository, address string) *user {
	for _, entry := range u.repositories {
		same := strings.TrimRight(entry.URL, "/") == strings.TrimRight(repository, "/")
		if same && entry.Username != "" && (entry.PassCredentialsAll || origin(address) == origin(entry.URL)) {
			return &user{entry.Username, entry.Password}
		}
	}
	return u.forHost(address)
}

// forHost is the login of the netrc file for an address.
func (u users) forHost(address string) *user {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	if found, known := u.machines[strings.ToLower(parsed.Hostname())]; known {
		return &found
	}
	return nil
}

// forRegistry is the login of Helm's or Docker's configuration for a registry.
func (u users) forRegistry(ctx context.Context, registry string) (auth.Credential, error) {
	if u.registries == nil {
		return auth.EmptyCredential, nil
	}
	return credentials.Credential(u.registries)(ctx, registry)
}

func origin(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address
	}
	return parsed.Scheme + "://" + parsed.Host
}

func netrcPath() string {
	home, _ := os.UserHomeDir()
	name := ".netrc"
	if runtime.GOOS == "windows" {
		name = "_netrc"
	}
	return cmp.Or(os.Getenv("NETRC"), filepath.Join(home, name))
}

// readNetrc reads the machines of a netrc file; macros and the entry `default` are passed over.
func readNetrc(path string) map[string]user {
	found := map[string]user{}
	data, err := os.ReadFile(path)
	if err != nil {
		return found
	}
	machine := ""
	words := netrcWords(string(data))
	for at := 0; at+1 < len(words); at++ {
		value := words[at+1]
		current := found[machine]
		switch words[at] {
		case "machine":
			machine = strings.ToLower(value)
		case "default":
			machine = ""
			continue
		case "login":
			found[machine] = user{value, current.password}
		case "password":
			found[machine] = user{current.name, value}
		case "account":
		default:
			continue
		}
		at++
	}
	delete(found, "")
	return found
}

// netrcWords splits a netrc file, without its comments and the bodies of its macros, which end at an empty line.
func netrcWords(text string) []string {
	words, inMacro := []string{}, false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			inMacro = false
		case fields[0] == "macdef":
			inMacro = true
		case !inMacro && !strings.HasPrefix(fields[0], "#"):
			words = append(words, fields...)
		}
	}
	return words
}
