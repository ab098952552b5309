package oktaint

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// explain gives the hint for an error of the API. It depends on the credential
// that was sent, since the same code has another remedy for each.
func (e *Error) explain() string {
	if d, ok := e.denial(); ok {
		return d.Remedy
	}
	switch {
	case e.OAuthError == errInvalidProof, e.OAuthError == errUseNonce:
		return explainCommon(e)
	case e.StatusCode == http.StatusUnauthorized:
		return explainRefused(e.kind)
	case e.Code == "E0000005":
		return explainSession(e.kind)
	case e.Code == "E0000008":
		return "the org does not have this path: is the path right, and does a proxy leave it as it is? Some paths exist in one of Okta's engines only"
	case 300 <= e.StatusCode && e.StatusCode < 400:
		return "redirects are not followed: " + nameCanonical
	case e.StatusCode == http.StatusNotFound && e.Code == "":
		return "this is not Okta's answer to an object that is missing: is this the org's URL, and is a proxy in between?"
	}
	return ""
}

// nameCanonical is the remedy for an org that answers under another name.
const nameCanonical = "name the org by its own URL, such as https://acme.okta.com"

// explainRefused is the hint for a 401: the org refuses the credential itself.
func explainRefused(kind Kind) string {
	switch kind {
	case KindAPIToken:
		return "the API token is wrong, was revoked, or expired after 30 days without use: an administrator makes a new one"
	case KindPrivateKeyJWT:
		return "the org refuses the access token of the service app, though its token endpoint gave it out: is the app still active, and is this the org that it belongs to?"
	case KindClientSecret:
		return "the org refuses the access token of the integration, though its token endpoint gave it out: is the integration still installed, and is this the org that it belongs to?"
	}
	return "the request carried no credential, and this needs one"
}

// explainSession is the hint for 403 E0000005, "Invalid session". Okta answers so if
// it no longer accepts the token, or if the endpoint accepts no token of this kind.
func explainSession(kind Kind) string {
	switch kind {
	case KindAPIToken:
		return "the org does not accept API tokens here, or no longer accepts this one: is its owner still active?"
	case KindPrivateKeyJWT, KindClientSecret:
		return "the org does not take the access token for this request: it was revoked, or the endpoint is open to other credentials only"
	}
	return "the request carried no credential, and this needs one"
}

// explainNetwork is the hint for a request without an answer.
func explainNetwork(err error) string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var proxy *proxyError
	var op *net.OpError
	switch {
	case errors.As(err, &proxy) && proxy.status == http.StatusProxyAuthRequired:
		return "the proxy wants a name and a password: put them into its URL, as in http://name:password@host:port"
	case errors.As(err, &proxy):
		return "the proxy does not let this machine reach the org: ask the people who run it, or name another one (HTTPS_PROXY)"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy cannot be reached: is its address right (HTTPS_PROXY), and is it running?"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host of this name: is the org's name spelt right, and does this machine's DNS work?"
	case errors.As(err, &dns):
		return "the host's name could not be looked up: is this machine's DNS working?"
	case errors.As(err, &unknown):
		return "the certificate is from an authority that this machine does not trust: if a proxy inspects the traffic, have this program trust its certificate"
	case errors.As(err, &host):
		return "the certificate is for another host: is the org's name right, and is a proxy in between?"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate is not valid now: is this machine's clock right?"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch): // net/http puts the second in the place of the first
		return "the host does not speak TLS on this port: is a proxy or another server in between?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at this address: is the org's name right, and is a proxy needed?"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "the network does not reach this address: is this machine online, and is a proxy needed?"
	case op != nil && op.Op == "dial" && op.Timeout():
		return "nothing answers at this address: is a firewall in between, and is a proxy needed?"
	}
	return ""
}

// networkReason names an error of the network in a few words, for progress.
func networkReason(err error) string {
	var dns *net.DNSError
	var foreign *foreignError
	var proxy *proxyError
	var op *net.OpError
	switch {
	case errors.As(err, &proxy):
		return proxy.Error()
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy cannot be reached"
	case errors.As(err, &dns):
		return "the name cannot be looked up"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset"
	case errors.As(err, &foreign):
		return foreign.what + " failed"
	case isTimeout(err):
		return "timeout"
	case err != nil && isBroken(err):
		return "connection closed"
	}
	return "no connection"
}

// skewNote tells by how much the clocks differ, if that is more than what whole
// seconds in Date and the way of the answer explain.
func (e *Error) skewNote() string {
	switch {
	case e.skew > 5*time.Second:
		return fmt.Sprintf(" (this machine is %v behind)", e.skew.Round(time.Second))
	case e.skew < -5*time.Second:
		return fmt.Sprintf(" (this machine is %v ahead)", -e.skew.Round(time.Second))
	}
	return ""
}
