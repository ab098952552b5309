package oktaint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// oktaDomains are the domains under which Okta itself hosts orgs. The first
// five are documented; orgs elsewhere use a custom domain.
var oktaDomains = []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"}

// An Org is the https origin of one Okta org. Orgs are made by [ParseOrg], so
// that an Org in hand is a valid one, and compare with ==. The zero Org is
// invalid: every use of it is an error.
type Org struct {
	host string // lower case, with a port only on loopback
}

// ParseOrg reads an org from what people have at hand: a tenant id ("acme",
// which means https://acme.okta.com), a host ("acme.okta.com") or its URL
// ("https://login.example.com/").
//
// It refuses what would send credentials astray or fail later in a way that is
// hard to understand: http, user info, a path, a query, an Admin Console host
// (acme-admin.okta.com), an IP address or a port that is not loopback, names
// that are not ASCII, and placeholders such as {yourOktaDomain}. Each error
// says what to write instead.
func ParseOrg(s string) (Org, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Org{}, errors.New("oktaint: the org is empty: give a tenant id such as acme, or a URL such as https://acme.okta.com")
	case isPlaceholder(s):
		return Org{}, fmt.Errorf("oktaint: org %.60q is a placeholder: put your own tenant id there, such as acme for https://acme.okta.com", s)
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Org{}, fmt.Errorf("oktaint: org %.60q has characters outside ASCII: write an international domain in its xn-- form", s)
	}
	host, err := orgHost(s)
	if err != nil {
		return Org{}, err
	}
	return checkHost(host)
}

// orgHost takes the host out of a tenant id, a host or a URL.
func orgHost(s string) (string, error) {
	if !strings.Contains(s, "://") {
		if !strings.ContainsAny(s, ".:/?#@[") && !strings.EqualFold(s, "localhost") {
			return strings.ToLower(s) + ".okta.com", nil
		}
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		// The error of url.Parse repeats its input, which may hold a password.
		return "", errors.New("oktaint: the org is not a URL: write it like https://acme.okta.com")
	}
	switch {
	case u.User != nil:
		return "", errors.New("oktaint: the org's URL has user info: write only https:// and the host")
	case u.Scheme != "https":
		return "", fmt.Errorf("oktaint: the org's URL starts with %.20q: write https://%s", u.Scheme, u.Host)
	case u.Path != "" && u.Path != "/":
		return "", fmt.Errorf("oktaint: the org's URL has the path %.60q: write https://%s", u.Path, u.Host)
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return "", fmt.Errorf("oktaint: the org's URL has a query or a fragment: write https://%s", u.Host)
	}
	return strings.ToLower(u.Host), nil
}

// checkHost holds a host, with or without a port, against the rules of ParseOrg.
func checkHost(host string) (Org, error) {
	name, port := host, ""
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
	}
	name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
	if port == "443" {
		port = ""
	}
	if isLoopback(name) {
		if port != "" {
			return Org{net.JoinHostPort(name, port)}, nil
		}
		if strings.Contains(name, ":") {
			name = "[" + name + "]"
		}
		return Org{name}, nil
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return Org{}, fmt.Errorf("oktaint: org %.60q is an IP address: write the org's name, such as https://acme.okta.com", host)
	}
	if port != "" {
		return Org{}, fmt.Errorf("oktaint: org %.60q has a port: write https://%s", host, name)
	}
	if !isHostname(name) {
		return Org{}, fmt.Errorf("oktaint: org %.60q is not a host name: give a tenant id such as acme, or a URL such as https://acme.okta.com", host)
	}
	if twin, ok := adminTwin(name); ok {
		return Org{}, fmt.Errorf("oktaint: %s is the Admin Console: write https://%s", name, twin)
	}
	if strings.HasSuffix(name, ".com.com") {
		return Org{}, fmt.Errorf("oktaint: org %.60q ends in .com.com: write https://%s", host, strings.TrimSuffix(name, ".com"))
	}
	return Org{name}, nil
}

// isPlaceholder reports whether s was copied from documentation unchanged.
func isPlaceholder(s string) bool {
	if strings.ContainsAny(s, "{}<>$") {
		return true
	}
	s = strings.TrimPrefix(strings.ToLower(s), "https://")
	first, _, _ := strings.Cut(strings.TrimSuffix(s, "/"), ".")
	switch strings.NewReplacer("_", "", "-", "").Replace(first) {
	case "tenantid", "tenant", "yourtenant", "yourtenantid", "youroktadomain", "yourdomain", "yourorg", "youroktaorg":
		return true
	}
	return false
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

// isHostname checks for two or more labels of letters, digits and hyphens.
func isHostname(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return false
	}
	// A last label of digits, or in hexadecimal, makes an IPv4 address of old.
	if last := labels[len(labels)-1]; last != "" && last[0] <= '9' {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-') {
				return false
			}
		}
	}
	return true
}

// subdomain splits a host under one of Okta's own domains.
func subdomain(host string) (sub, domain string, ok bool) {
	for _, d := range oktaDomains {
		if sub, ok := strings.CutSuffix(host, "."+d); ok {
			return sub, d, true
		}
	}
	return "", "", false
}

// adminTwin returns the org's host for the host of its Admin Console.
func adminTwin(host string) (string, bool) {
	sub, domain, ok := subdomain(host)
	if !ok {
		return "", false
	}
	sub, ok = strings.CutSuffix(sub, "-admin")
	return sub + "." + domain, ok
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

// name is the host without its port.
func (o Org) name() string {
	if name, _, err := net.SplitHostPort(o.host); err == nil {
		return name
	}
	return strings.Trim(o.host, "[]")
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

// ownsLink is owns for next links, of which only the path and the query are used:
// Okta's IAM lists link to the org's Admin Console host (recorded), and an org may
// call itself by its canonical host where it was asked by its custom domain.
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
	return okta && !o.HostedByOkta() && !isLoopback(o.name())
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
	enc.SetEscapeHTML(false) // the body is no HTML, and people read it
	if err := enc.Encode(body); err != nil {
		return nil, "", err
	}
	return bytes.NewReader(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), "application/json", nil
}
