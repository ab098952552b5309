package cli

import (
	"crypto/x509"
	"errors"
	"net"
	"syscall"
)

// remedy says which flags help against an error of the network; what is wrong, the
// library says itself. It returns "" for other errors.
func remedy(err error) string {
	var authority x509.UnknownAuthorityError
	var op *net.OpError
	switch {
	case errors.As(err, &authority):
		return "--ca-file FILE trusts the certificates of a file in this run, for a simulated org or a domain of your own. For Okta's domains, add the proxy's certificate to those of this system."
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "The proxy is that of --proxy or HTTPS_PROXY."
	case isUnreachable(err):
		return "If this machine reaches the net by a proxy only, set HTTPS_PROXY or give --proxy."
	}
	return ""
}

// isUnreachable reports whether there was no way to the host.
func isUnreachable(err error) bool {
	var dns *net.DNSError
	var slow net.Error
	return errors.As(err, &dns) || errors.As(err, &slow) && slow.Timeout() ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH)
}
