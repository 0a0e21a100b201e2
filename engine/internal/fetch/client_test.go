package fetch

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

func TestWhichAddressesArePublic(t *testing.T) {
	for address, public := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"fe80::1": false, "fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "::ffff:127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if isPublic(netip.MustParseAddr(address)) != public {
			t.Errorf("%s: %t", address, !public)
		}
	}
}

func TestAPrivateAddressIsNotAsked(t *testing.T) {
	served := chartServer(t, "1.2.0")
	secure := strings.Replace(served.URL, "http:", "https:", 1)
	refusal(t, Policy{}, Source{Kind: "chart", URL: secure, Name: "web"}, Refused,
		"127.0.0.1 is in a private network (127.0.0.1): if that is meant, name it with --allow-host 127.0.0.1")
	named := strings.Replace(secure, "127.0.0.1", "localhost", 1)
	_, _, failed := fetching(t, Policy{}, Source{Kind: "chart", URL: named, Name: "web"})
	if failed == nil || failed.Kind != Refused || !strings.HasPrefix(failed.Message, "localhost is in a private network (") {
		t.Errorf("%v", failed)
	}
	refusal(t, Policy{}, Source{Kind: "oci", URL: "oci://" + portless(served.URL) + "/web"}, Refused,
		"127.0.0.1 is in a private network (127.0.0.1): if that is meant, name it with --allow-host 127.0.0.1")
	refusal(t, Policy{}, Source{Kind: "git", URL: secure + "/web"}, Refused,
		"127.0.0.1 is in a private network (127.0.0.1): if that is meant, name it with --allow-host 127.0.0.1")
	if len(served.asked) != 0 {
		t.Errorf("asked for %v", served.asked)
	}
}

func TestPlainHTTPIsForNamedHosts(t *testing.T) {
	refusal(t, Policy{}, Source{Kind: "file", URL: "http://example.com/crds.yaml"}, Refused,
		"example.com is asked over plain HTTP, which anybody on the way can change: use https, or name it with --allow-host example.com")
}

// redirecting answers each path with a redirect to the same path elsewhere.
func redirecting(t *testing.T, elsewhere string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestRedirects(t *testing.T) {
	served := serve(t, map[string][]byte{"/a/crds.yaml": []byte("kind: X\n")})
	elsewhere := strings.Replace(served.URL, "127.0.0.1", "localhost", 1)
	here := redirecting(t, served.URL)
	mustFetch(t, Source{Kind: "file", URL: here.URL + "/a/crds.yaml"})
	other := redirecting(t, elsewhere)
	source := Source{Kind: "file", URL: other.URL + "/a/crds.yaml"}
	refusal(t, open, source, Refused, "127.0.0.1 redirects to localhost: if that is meant, name it with --allow-host localhost")
	if _, _, failed := fetching(t, Policy{Hosts: []string{"127.0.0.1", "localhost"}}, source); failed != nil {
		t.Errorf("a named host: %v", failed)
	}
	source.Digest = "sha256:1"
	_, _, failed := fetching(t, open, source)
	if failed == nil || failed.Kind != Refused || !strings.HasPrefix(failed.Message, "localhost is asked over plain HTTP") {
		t.Errorf("what is judged by its digest may come from any public host, not from a private one: %v", failed)
	}
	round := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }))
	t.Cleanup(round.Close)
	refusal(t, open, Source{Kind: "file", URL: round.URL + "/x.yaml"}, Unreachable, "127.0.0.1 redirects more than 5 times")
}

func TestAHugeAnswerIsCutOff(t *testing.T) {
	served := serve(t, map[string][]byte{"/big.yaml": make([]byte, 2<<20)})
	refusal(t, open, Source{Kind: "file", URL: served.URL + "/big.yaml"}, fault.TooLarge, "127.0.0.1 gives more than 1 MiB, which is the limit")
}

func TestServersThatFail(t *testing.T) {
	denying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(denying.Close)
	refusal(t, open, Source{Kind: "file", URL: denying.URL + "/x.yaml?token=secret"}, Denied, "127.0.0.1 does not give /x.yaml without other credentials")
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	refusal(t, open, Source{Kind: "file", URL: gone.URL + "/x.yaml"}, Unreachable, "127.0.0.1 refuses the connection")
}
