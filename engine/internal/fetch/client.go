package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const (
	connectTimeout = 10 * time.Second
	headerTimeout  = 30 * time.Second
	maxRedirects   = 5
	maxRetries     = 3
	firstWait      = 250 * time.Millisecond
	longestWait    = 3 * time.Second
	// DefaultMaxBytes bounds each answer of a server.
	DefaultMaxBytes = 128 << 20
)

// Policy is what a run may ask.
type Policy struct {
	// Hosts are those that the user names: they may be in a private network, speak plain HTTP, and be redirected to.
	Hosts []string
	// MaxBytes bounds each answer of a server.
	MaxBytes int64
}

func (p Policy) allows(host string) bool { return slices.Contains(p.Hosts, strings.ToLower(host)) }

// stores are the hosts that serve the files of another one.
var stores = map[string][]string{"github.com": {
	"objects.githubusercontent.com", "release-assets.githubusercontent.com", "raw.githubusercontent.com", "codeload.github.com",
}}

// nowhere are the networks that are not public, beside those that Go knows by a method.
var nowhere = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

func isPublic(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsGlobalUnicast() && !address.IsPrivate() &&
		!slices.ContainsFunc(nowhere, func(network netip.Prefix) bool { return network.Contains(address) })
}

// known marks a request whose answer is judged by a digest, or is the registry's own word: then it does not matter which
// public host gives it.
type known struct{}

// newClient makes the one client of a run: every connection, redirect and answer goes by the policy.
func newClient(policy Policy) *http.Client {
	proxy := httpproxy.FromEnvironment()
	choose := proxy.ProxyFunc()
	dial := &dialer{policy: policy, proxies: []string{hostOf(proxy.HTTPProxy), hostOf(proxy.HTTPSProxy)}}
	transport := &http.Transport{
		Proxy:                 func(request *http.Request) (*url.URL, error) { return choose(request.URL) },
		DialContext:           dial.dial,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: headerTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       headerTimeout,
	}
	again := &retry.GenericPolicy{
		Retryable: mayPass, Backoff: retry.ExponentialBackoff(firstWait, 2, 0.1), MaxWait: longestWait, MaxRetry: maxRetries,
	}
	guarded := &guard{policy: policy, next: transport}
	return &http.Client{
		Transport:     &retry.Transport{Base: guarded, Policy: func() retry.Policy { return again }},
		CheckRedirect: policy.checkRedirect,
	}
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		parsed, err = url.Parse("http://" + address)
	}
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}

// mayPass says whether a failure may be gone at the next try.
func mayPass(response *http.Response, err error) (bool, error) {
	if err != nil {
		var refusal *fault.Error
		var unknown *net.DNSError
		given := errors.As(err, &refusal) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
		return !given && (!errors.As(err, &unknown) || !unknown.IsNotFound) && !errors.Is(err, syscall.ECONNREFUSED), nil
	}
	status := response.StatusCode
	return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout ||
		(status >= http.StatusInternalServerError && status != http.StatusNotImplemented), nil
}

// dialer judges the address that is really reached: a name may lead elsewhere each time it is asked for.
type dialer struct {
	policy  Policy
	proxies []string
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	direct := &net.Dialer{Timeout: connectTimeout}
	if !d.policy.allows(host) && !slices.Contains(d.proxies, host) {
		direct.ControlContext = func(_ context.Context, _, reached string, _ syscall.RawConn) error {
			return checkAddress(host, reached)
		}
	}
	return direct.DialContext(ctx, network, address)
}

func checkAddress(host, reached string) error {
	found, err := netip.ParseAddrPort(reached)
	if err != nil {
		return err
	}
	if !isPublic(found.Addr()) {
		return refused("%s is in a private network (%s): if that is meant, name it with --allow-host %s",
			host, found.Addr(), host)
	}
	return nil
}

func refused(format string, args ...any) error { return fault.New(Refused, format, args...) }

// guard judges each request before it is sent, and bounds each answer.
type guard struct {
	policy Policy
	next   http.RoundTripper
}

// RoundTrip sends a request that the policy allows.
func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	host := request.URL.Hostname()
	if !g.policy.allows(host) {
		if request.URL.Scheme != "https" {
			return nil, refused("%s is asked over plain HTTP, which anybody on the way can change: use https, or name it with "+
				"--allow-host %s", host, host)
		}
		// Behind a proxy nothing else sees where a request goes.
		if address, err := netip.ParseAddr(host); err == nil && !isPublic(address) {
			return nil, checkAddress(host, netip.AddrPortFrom(address, 0).String())
		}
	}
	response, err := g.next.RoundTrip(request)
	if err == nil {
		response.Body = &bounded{ReadCloser: response.Body, left: g.policy.MaxBytes, host: host, limit: g.policy.MaxBytes}
	}
	return response, err
}

// bounded fails once an answer is longer than the limit.
type bounded struct {
	io.ReadCloser
	left, limit int64
	host        string
}

// Read reads within the limit.
func (b *bounded) Read(into []byte) (int, error) {
	count, err := b.ReadCloser.Read(into)
	if b.left -= int64(count); b.left < 0 {
		return 0, tooLarge(b.host, b.limit)
	}
	return count, err
}

func tooLarge(host string, limit int64) error {
	return fault.New(fault.TooLarge, "%s gives more than %d MiB, which is the limit", host, limit>>20)
}

// checkRedirect follows a redirect on the same host, to hosts that the user names, to the stores of a host, and to
// any public host for what is judged by its digest; credentials stay behind.
func (p Policy) checkRedirect(next *http.Request, via []*http.Request) error {
	first, host := via[0], next.URL.Hostname()
	from := first.URL.Hostname()
	if len(via) > maxRedirects {
		return fault.New(Unreachable, "%s redirects more than %d times", from, maxRedirects)
	}
	if host == from {
		return nil
	}
	next.Header.Del("Authorization")
	if p.allows(host) || slices.Contains(stores[from], host) || next.Context().Value(known{}) != nil {
		return nil
	}
	return refused("%s redirects to %s: if that is meant, name it with --allow-host %s", from, host, host)
}

// get reads a whole answer; one that breaks off is asked for again.
func (f *Fetcher) get(ctx context.Context, address string, login *user) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		data, err := f.getOnce(ctx, address, login)
		if !errors.Is(err, io.ErrUnexpectedEOF) || attempt >= maxRetries {
			return data, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(firstWait << attempt):
		}
	}
}

func (f *Fetcher) getOnce(ctx context.Context, address string, login *user) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if request.URL.User != nil {
		// Credentials in an address are the repository's, not the user's.
		request.URL.User = nil
	}
	if login != nil {
		request.SetBasicAuth(login.name, login.password)
	}
	response, err := f.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, statusFault(request.URL, response.StatusCode)
	}
	return io.ReadAll(response.Body)
}
