package oktaint

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// oktaDomains are the domains under which Okta itself hosts orgs. The first
// three are documented; the others are in the checks of Okta's own SDKs. Orgs
// elsewhere use a custom domain.
var oktaDomains = []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com", "trex-govcloud.com"}

// maxOrg is longer than any URL that names an org.
const maxOrg = 2048

// anyOrg is the advice where no better one is known.
const anyOrg = "give a tenant id such as acme, or a URL such as https://acme.okta.com"

// ParseOrg reads an org as people write it: a tenant id ("acme", which means
// https://acme.okta.com), a host ("acme.okta.com") or its URL
// ("https://login.example.com/"). White space, quotation marks and a byte order
// mark around it are dropped, and so are dots at the end of the host.
//
// It refuses names that would send credentials to another server, or fail later in
// a way that is hard to understand: http, user info, a path, a query, an Admin
// Console host (acme-admin.okta.com), an IP address or a port that is not
// loopback, spaces, names that are not ASCII, and placeholders such as
// {yourOktaDomain}. Each error says what to write instead, and ParseOrg accepts
// what it says.
func ParseOrg(s string) (Org, error) {
	if len(s) > maxOrg {
		return Org{}, fmt.Errorf("oktaint: the org has %d characters, more than a name has: %s", len(s), anyOrg)
	}
	s = unquoted(trimmed(s))
	o, err := parseOrg(s)
	if err != nil {
		return Org{}, fmt.Errorf("oktaint: the org %w: %s", err, advice(s))
	}
	return o, nil
}

// parseOrg is ParseOrg without the advice. Its errors say what the org is or has.
func parseOrg(s string) (Org, error) {
	host, err := orgHost(s)
	if err != nil {
		return Org{}, err
	}
	return checkHost(host)
}

// orgHost takes the host out of a tenant id, a host or a URL. Its errors repeat
// nothing of s, which may hold a password.
func orgHost(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	if !strings.Contains(s, "://") {
		if scheme.MatchString(s) {
			return "", errors.New("has a damaged https:// at its beginning")
		}
		if bare := strings.TrimRight(s, "."); !strings.ContainsAny(bare, `.:/\?#@[`) && !strings.EqualFold(bare, "localhost") {
			return strings.ToLower(bare) + ".okta.com", nil
		}
		s = "https://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("is not a URL")
	case u.User != nil:
		return "", errors.New("has a user name or a password in its URL")
	case u.Scheme != "https":
		return "", errors.New("has a URL that does not start with https://")
	case u.Path != "" && u.Path != "/":
		return "", errors.New("has a path in its URL")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return "", errors.New("has a query or a fragment in its URL")
	}
	return strings.ToLower(u.Host), nil
}

// checkText refuses characters that no URL has.
func checkText(s string) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case isPlaceholder(s):
		return errors.New("is a placeholder")
	case strings.ContainsFunc(s, unicode.IsSpace):
		return errors.New("has white space inside")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("has a control character inside")
	case strings.ContainsFunc(s, func(r rune) bool { return r > '~' }):
		return errors.New("has characters outside ASCII")
	}
	return nil
}

// checkHost checks a host, with or without a port, by the rules of ParseOrg.
func checkHost(host string) (Org, error) {
	name, port := splitPort(host)
	ip, err := netip.ParseAddr(name)
	isIP := err == nil
	if name == "localhost" || isIP && ip.IsLoopback() && ip.Zone() == "" {
		return loopback(name, port)
	}
	_, isAdmin := adminTwin(name)
	switch {
	case isIP:
		return Org{}, errors.New("is an IP address, and Okta's certificates are for names")
	case port != "" && port != "443":
		return Org{}, errors.New("has a port")
	case !isHostname(name):
		return Org{}, errors.New("is not a host name")
	case slices.Contains(oktaDomains, name):
		return Org{}, errors.New("is a domain of Okta's without a tenant")
	case isAdmin:
		return Org{}, errors.New("is the host of the Admin Console")
	case strings.HasSuffix(name, ".com.com"):
		return Org{}, errors.New("ends in .com.com")
	case hasDomainTwice(name):
		return Org{}, errors.New("has the domain of Okta's twice")
	}
	return Org{name}, nil
}

// splitPort takes a host apart. The name has no brackets and no dots at its end.
func splitPort(host string) (name, port string) {
	name = host
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
	}
	return strings.TrimRight(strings.Trim(name, "[]"), "."), port
}

// loopback returns the org of a server on this machine, such as a simulated one.
func loopback(name, port string) (Org, error) {
	if port != "" && port != "443" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Org{}, errors.New("has a port that does not exist")
		}
		return Org{net.JoinHostPort(name, strconv.FormatUint(n, 10))}, nil
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return Org{name}, nil
}

// scheme matches the beginning of a URL, also with typing errors: http://, https:/,
// https//, htps:\\. It does not match a host with a port, or a tenant whose name
// begins with http.
var scheme = regexp.MustCompile(`^(?i:h?t{1,3}ps{0,2}(:[/\\]*|[/\\]+)|[a-z][a-z0-9+.-]*://)`)

// advice says what to write instead of s, which was refused. A name in it has been
// accepted by parseOrg.
func advice(s string) string {
	if isPlaceholder(s) {
		return "put your own tenant id there, such as acme for https://acme.okta.com"
	}
	visible := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if o, ok := mended(visible); ok {
		return "write " + o.String()
	}
	if checkText(visible) == nil || !strings.Contains(visible, ".") || strings.ContainsFunc(visible, func(r rune) bool { return r <= ' ' }) {
		return anyOrg
	}
	return "write an international domain in its xn-- form, as a browser's address bar copies it"
}

// mended returns the org that s names, if what is wrong with s leaves no doubt
// about which one it is.
func mended(s string) (Org, bool) {
	for scheme.MatchString(s) {
		s = scheme.ReplaceAllString(s, "")
	}
	host := s
	if end := strings.IndexAny(s, `/\?#`); end >= 0 {
		host = s[:end]
	}
	if strings.Contains(s[len(host):], "@") {
		return Org{}, false // host may be a part of a password
	}
	host = strings.ToLower(host[strings.LastIndex(host, "@")+1:])
	if o, err := parseOrg("https://" + host); err == nil {
		return o, true
	}
	name, _ := splitPort(host)
	if !strings.Contains(name, ".") {
		name += ".okta.com"
	}
	for range strings.Count(name, ".") + strings.Count(name, "-admin") {
		if twin, ok := adminTwin(name); ok {
			name = twin
		} else if strings.HasSuffix(name, ".com.com") {
			name = strings.TrimSuffix(name, ".com")
		} else if hasDomainTwice(name) {
			name, _, _ = subdomain(name)
		}
	}
	o, err := parseOrg("https://" + name)
	return o, err == nil
}

// isPlaceholder reports whether s was copied from documentation unchanged.
func isPlaceholder(s string) bool {
	if strings.ContainsAny(s, "{}<>$") || strings.Contains(strings.ToLower(s), "%7b") {
		return true
	}
	first, _, _ := strings.Cut(scheme.ReplaceAllString(strings.ToLower(s), ""), "/")
	first, _, _ = strings.Cut(first, ".")
	first = strings.TrimSuffix(first, "-admin")
	return slices.Contains(placeholders, joiners.Replace(first))
}

var joiners = strings.NewReplacer("_", "", "-", "", "[", "", "]", "")

// placeholders are the names that documentation uses for an org of the reader's,
// without joiners.
var placeholders = []string{
	"tenant", "tenantid", "tenantname", "yourtenant", "yourtenantid", "yourtenantname", "oktadomain", "youroktadomain", "yourdomain", "yoursubdomain",
	"youroktasubdomain", "yourcustomdomain", "yourorg", "yourorgid", "yourorgname", "yourorgurl", "youroktaorg", "youroktaorgurl", "oktaorgurl", "oktaorg",
	"yourcompany", "yourcompanyname",
}

// isHostname checks for two or more labels of letters, digits and hyphens.
func isHostname(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return false
	}
	// Some resolvers read a name whose last label is a number as an IPv4 address.
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

// hasDomainTwice reports whether a domain of Okta's was put behind a host that has
// one: acme.okta.com.okta.com.
func hasDomainTwice(host string) bool {
	sub, _, ok := subdomain(host)
	_, _, again := subdomain("." + sub)
	return ok && again
}
