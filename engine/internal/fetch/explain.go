package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

// explain turns an error of any library into one that says what the server did, in a word or two that a user knows.
func explain(err error, address string, limit time.Duration) error {
	var found *fault.Error
	if errors.As(err, &found) {
		return found
	}
	host := hostOf(withoutScheme(address))
	var failed *errcode.ErrorResponse
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Timeout, "%s is too slow: it was not done within %s", host, limit)
	case errors.As(err, &failed):
		return statusFault(&url.URL{Host: host, Path: failed.URL.Path}, failed.StatusCode)
	case errors.Is(err, errdef.ErrNotFound), errors.Is(err, transport.ErrRepositoryNotFound):
		return fault.New(NotFound, "%s has nothing at %s", host, shown(address))
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return statusFault(&url.URL{Host: host, Path: shown(address)}, http.StatusUnauthorized)
	}
	return fault.New(Unreachable, "%s %s", host, whatHappened(err))
}

func whatHappened(err error) string {
	var unknown *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var late net.Error
	var asking *url.Error
	if errors.As(err, &asking) {
		// Its text holds the whole address, whose query may hold a token.
		err = asking.Err
	}
	switch {
	case errors.As(err, &unknown):
		return "is not known: no such host"
	case errors.As(err, &certificate), errors.As(err, &authority):
		return "has a certificate that is not trusted here"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refuses the connection"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "broke off in the middle of its answer"
	case errors.As(err, &late) && late.Timeout():
		return "does not answer"
	}
	return "fails: " + fault.Clip(err.Error())
}

func statusFault(address *url.URL, status int) error {
	host, path := address.Hostname(), address.Path
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return fault.New(NotFound, "%s has nothing at %s", host, path)
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.New(Denied, "%s does not give %s without other credentials", host, path)
	}
	return fault.New(Unreachable, "%s answers with status %d (%s) for %s", host, status, http.StatusText(status), path)
}

// shown is an address as a message may have it: without user, password, query and fragment.
func shown(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "an address that is malformed"
	}
	parsed.User, parsed.RawQuery, parsed.Fragment = nil, "", ""
	return parsed.String()
}

func mismatch(what, has, wanted string) error {
	return fault.New(Mismatch, "%s", fmt.Sprintf("%s has the digest %s, and %s is wanted", what, has, wanted))
}
