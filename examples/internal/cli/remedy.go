package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// remedy says what a person can do about an error of the network. It returns ""
// for other errors: those of the library say it themselves.
func remedy(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "The proxy does not answer: is its address right in --proxy, HTTPS_PROXY or HTTP_PROXY?"
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("There is no host %s: is the name of the org right? If it is, this machine may be offline, or reach the net by a proxy only: set HTTPS_PROXY or give --proxy.", dns.Name)
	case errors.As(err, &dns):
		return "The name of the org could not be looked up: is this machine online? If it reaches the net by a proxy only, set HTTPS_PROXY or give --proxy."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing answers there: are the host and the port right? If this machine reaches the net by a proxy only, set HTTPS_PROXY or give --proxy."
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "There is no way to that host: is this machine online? If it reaches the net by a proxy only, set HTTPS_PROXY or give --proxy."
	case errors.As(err, &op) && op.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "Nothing came in time: a firewall may be in between. If this machine reaches the net by a proxy only, set HTTPS_PROXY or give --proxy."
	}
	return certificateRemedy(err)
}

func certificateRemedy(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &authority):
		return "This machine does not trust who has signed the server's certificate. If a proxy of your own stands in between, have it leave Okta's domains alone, or add its certificate to this system's. For a simulated org, or a domain of your own, --ca-file FILE trusts the certificates of a file."
	case errors.As(err, &host):
		return "Another host answers under this name: is the name of the org right, and no proxy or sign-in page in between?"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The server's certificate is not valid today: is this machine's clock right?"
	case errors.As(err, &record):
		return "What answers there does not speak HTTPS: are the host and the port right?"
	}
	return ""
}

// hopeless reports whether err says that no org will answer by waiting.
func hopeless(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound || errors.Is(err, syscall.ECONNREFUSED) || certificateRemedy(err) != ""
}
