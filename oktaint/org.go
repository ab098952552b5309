package oktaint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// An Org is the https origin of one Okta org. Orgs are made by [ParseOrg], so
// that an Org in hand is a valid one, and compare with ==. The zero Org is
// invalid: every use of it is an error.
type Org struct {
	host string // lower case, with a port only on loopback
}

// String returns the origin without a trailing slash, such as
// https://acme.okta.com. It is the issuer of the org authorization server.
// The zero Org is the empty string.
func (o Org) String() string {
	if o.IsZero() {
		return ""
	}
	return "https://" + o.host
}

// Host returns the host, with its port on loopback.
func (o Org) Host() string { return o.host }

// IsZero reports whether o is the zero Org.
func (o Org) IsZero() bool { return o.host == "" }

// TenantID returns the subdomain of an org under Okta's own domains, such as
// acme for https://acme.okta.com, and the host of any other.
func (o Org) TenantID() string {
	if sub, _, ok := subdomain(o.host); ok {
		return sub
	}
	return o.host
}

// HostedByOkta reports whether the org is under one of Okta's own domains,
// rather than a custom domain or loopback.
func (o Org) HostedByOkta() bool {
	_, _, ok := subdomain(o.host)
	return ok
}

// MarshalText implements [encoding.TextMarshaler] with the form of String.
func (o Org) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] by [ParseOrg]. Empty text
// gives the zero Org.
func (o *Org) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*o = Org{}
		return nil
	}
	parsed, err := ParseOrg(string(text))
	if err == nil {
		*o = parsed
	}
	return err
}

// owns reports whether u lies on the org's origin.
func (o Org) owns(u *url.URL) bool {
	return !o.IsZero() && u.Scheme == "https" && u.User == nil && strings.EqualFold(strings.TrimSuffix(u.Host, ":443"), o.host)
}

// ownsLink is owns for next links. Only their path and query are used, so it allows
// more: Okta's IAM lists link to the org's Admin Console host (recorded), and an org
// that was asked by its custom domain may name its canonical host.
func (o Org) ownsLink(u *url.URL) bool {
	if o.owns(u) {
		return true
	}
	if o.IsZero() || u.Scheme != "https" || u.User != nil {
		return false
	}
	host := strings.ToLower(u.Host)
	if twin, ok := adminTwin(host); ok && twin == o.host {
		return true
	}
	_, _, okta := subdomain(host)
	return okta && !o.HostedByOkta() && !o.isLoopback()
}

// isLoopback reports whether the org is a server on this machine.
func (o Org) isLoopback() bool {
	name, _ := splitPort(o.host)
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && ip.IsLoopback()
}

// NewRequest makes a request to the org. It is the only place where a path is
// built: elem are its elements, each escaped, so that
//
//	org.NewRequest(ctx, "GET", nil, nil, "api", "v1", "users", login)
//
// stays below /api/v1/users/ whatever login holds. Elements that are empty, "."
// or "..", or contain a slash, are errors, since they would name another
// endpoint.
//
// The body is nil, form values ([url.Values]), or anything that encoding/json
// marshals; [encoding/json.RawMessage] is sent as it is. A POST or PUT without
// a body sends Content-Length: 0, without which Okta answers 411.
func (o Org) NewRequest(ctx context.Context, method string, q url.Values, body any, elem ...string) (*http.Request, error) {
	u, err := o.url(elem)
	if err != nil {
		return nil, err
	}
	u.RawQuery = q.Encode()
	r, contentType, err := encodeBody(body)
	if err != nil {
		return nil, fmt.Errorf("oktaint: %s %s: encode the body: %w", method, u.Path, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), r)
	if err != nil {
		return nil, fmt.Errorf("oktaint: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent())
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

func (o Org) url(elem []string) (*url.URL, error) {
	if o.IsZero() {
		return nil, errors.New("oktaint: the Org is zero: make it with ParseOrg")
	}
	escaped := make([]string, len(elem))
	for i, e := range elem {
		if e == "" || e == "." || e == ".." || strings.Contains(e, "/") {
			return nil, fmt.Errorf("oktaint: %.40q cannot be element %d of a path: an id is missing or malformed", e, i+1)
		}
		escaped[i] = url.PathEscape(e)
	}
	return &url.URL{
		Scheme:  "https",
		Host:    o.host,
		Path:    "/" + strings.Join(elem, "/"),
		RawPath: "/" + strings.Join(escaped, "/"),
	}, nil
}

// encodeBody returns readers of types for which net/http sets GetBody, so that
// a request can be sent again.
func encodeBody(body any) (r io.Reader, contentType string, err error) {
	switch b := body.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return strings.NewReader(b.Encode()), "application/x-www-form-urlencoded", nil
	case json.RawMessage:
		return bytes.NewReader(b), "application/json", nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // the body is not HTML, and people read it
	if err := enc.Encode(body); err != nil {
		return nil, "", err
	}
	return bytes.NewReader(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), "application/json", nil
}
