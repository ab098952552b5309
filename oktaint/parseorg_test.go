package oktaint_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func TestParseOrg(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"rezonate":                        "https://rezonate.okta.com",
		" Rezonate ":                      "https://rezonate.okta.com",
		"integrator-123":                  "https://integrator-123.okta.com",
		"rezonate.okta.com":               "https://rezonate.okta.com",
		"https://rezonate.okta.com":       "https://rezonate.okta.com",
		"https://login.example.com/":      "https://login.example.com",
		"HTTPS://Login.Example.COM:443/":  "https://login.example.com",
		"acme.oktapreview.com":            "https://acme.oktapreview.com",
		"acme.okta-gov.com.":              "https://acme.okta-gov.com",
		"https://ACME.OKTA.COM./":         "https://acme.okta.com",
		"acme.okta.com..":                 "https://acme.okta.com",
		"Acme.":                           "https://acme.okta.com",
		"https://acme.okta.com:443/":      "https://acme.okta.com",
		"https://acme.okta.com:":          "https://acme.okta.com",
		"\"https://acme.okta.com\"":       "https://acme.okta.com",
		"'acme'":                          "https://acme.okta.com",
		"\ufeffhttps://acme.okta.com\r\n": "https://acme.okta.com",
		"\u200bacme.okta.com\u00a0":       "https://acme.okta.com",
		"acme.okta-miltest.com":           "https://acme.okta-miltest.com",
		"acme.trex-govcloud.com":          "https://acme.trex-govcloud.com",
		"http.okta.com":                   "https://http.okta.com",
		"https-team":                      "https://https-team.okta.com",
		"xn--bro-hoa.example.com":         "https://xn--bro-hoa.example.com",
		"localhost:08443":                 "https://localhost:8443",
		"login-admin.example.com":         "https://login-admin.example.com",
		"https://127.0.0.1:8443":          "https://127.0.0.1:8443",
		"https://127.0.0.1:443":           "https://127.0.0.1",
		"localhost:8443":                  "https://localhost:8443",
		"localhost":                       "https://localhost",
		"https://[::1]:8443":              "https://[::1]:8443",
	} {
		org, err := oktaint.ParseOrg(in)
		if err != nil || org.String() != want {
			t.Errorf("ParseOrg(%q) = %v, %v; want %s", in, org, err, want)
		}
		if again, err := oktaint.ParseOrg(org.String()); err != nil || again != org {
			t.Errorf("ParseOrg(%q) = %v, %v; want itself", org, again, err)
		}
	}
}

// Each refusal says what to write instead.
func TestParseOrgRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                            "give a tenant id",
		"http://acme.okta.com":                        "write https://acme.okta.com",
		"ftp://acme.okta.com":                         "write https://acme.okta.com",
		"https://user:pw@acme.okta.com":               "write https://acme.okta.com",
		"https://acme.okta.com/app":                   "write https://acme.okta.com",
		"https://acme.okta.com/?a=b":                  "write https://acme.okta.com",
		"https://acme.okta.com/#a":                    "write https://acme.okta.com",
		"https://acme.okta.com?":                      "write https://acme.okta.com",
		"acme-admin.okta.com":                         "write https://acme.okta.com",
		"acme-admin.okta-emea.com":                    "write https://acme.okta-emea.com",
		"https://acme.okta.com:8443":                  "write https://acme.okta.com",
		"https://10.0.0.1":                            "IP address",
		"https://[2001:db8::1]":                       "IP address",
		"10.1":                                        "host name",
		"169.254.43518":                               "host name",
		"0x7f.1":                                      "host name",
		"acme.okta.com.com":                           "write https://acme.okta.com",
		"{yourOktaDomain}":                            "placeholder",
		"https://{yourOktaDomain}":                    "placeholder",
		"https://yourOktaDomain.okta.com":             "placeholder",
		"TENANT_ID":                                   "placeholder",
		"tenant-id.okta.com":                          "placeholder",
		"[tenant]":                                    "placeholder",
		"https//yourOktaDomain.okta.com":              "placeholder",
		"https://yourOktaDomain-admin.okta.com/app":   "placeholder",
		"https://%7ByourOktaDomain%7D":                "placeholder",
		"$OKTA_ORG":                                   "placeholder",
		"https//acme.okta.com":                        "write https://acme.okta.com",
		"https:/acme.okta.com":                        "write https://acme.okta.com",
		"https:acme.okta.com":                         "write https://acme.okta.com",
		"https:\\\\acme.okta.com":                     "write https://acme.okta.com",
		"ttps://acme.okta.com":                        "write https://acme.okta.com",
		"https://https://acme.okta.com":               "write https://acme.okta.com",
		"https://http//acme-admin.okta.com/":          "write https://acme.okta.com",
		"http://acme":                                 "write https://acme.okta.com",
		"https://acme":                                "write https://acme.okta.com",
		"http://localhost:8080":                       "write https://localhost:8080",
		"localhost:0":                                 "write https://localhost",
		"localhost:99999":                             "write https://localhost",
		"[::1%25lo]:80":                               "IP address",
		"acme-admin-admin.okta.com":                   "write https://acme.okta.com",
		"acme-admin":                                  "write https://acme.okta.com",
		"https://ACME-Admin.OKTA.com/admin/dashboard": "write https://acme.okta.com",
		"acme-admin.okta.com.com":                     "write https://acme.okta.com",
		"acme.okta.com.com.com":                       "write https://acme.okta.com",
		"acme.okta.com.okta.com":                      "write https://acme.okta.com",
		"acme-admin.okta.com.okta.com":                "write https://acme.okta.com",
		"okta.com":                                    "without a tenant",
		"https://okta-gov.com/":                       "without a tenant",
		"-admin.okta.com":                             "host name",
		"acme corp":                                   "white space inside: give a tenant id",
		"acme .okta.com":                              "white space inside: give a tenant id",
		"acme\nokta":                                  "white space inside: give a tenant id",
		"acme\u200b.okta.com":                         "write https://acme.okta.com",
		"büro":                                        "ASCII: give a tenant id",
		"acme\\okta":                                  "write https://acme.okta.com",
		"https://acme.okta.com\\app":                  "write https://acme.okta.com",
		"https://acme.okta.com/users/a@b.com":         "a path in its URL: give a tenant id",
		"https://user:pw/@acme.okta.com":              "give a tenant id",
		"<tenant>":                                    "placeholder",
		"${OKTA_ORG}":                                 "placeholder",
		"https://büro.example.com":                    "xn--",
		strings.Repeat("http:", 1000):                 "5000 characters, more than a name has: give a tenant id",
		"acme okta":                                   "white space",
		"https://acme..com":                           "host name",
		"-acme":                                       "host name",
		"acme_1":                                      "host name",
		"https://acme.okta.com\x00":                   "control character",
		"https://" + strings.Repeat("a", 64):          "host name",
	} {
		_, err := oktaint.ParseOrg(in)
		if err == nil || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseOrg(%q) = %v; want an error with %q", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("ParseOrg(%q): the error repeats the password: %v", in, err)
		}
		checkAdvice(t, in, err)
	}
}

// advised finds the tenant ids and URLs that an error of ParseOrg says to write.
var advised = regexp.MustCompile(`(?:such as|write|or|for) ([a-z0-9]\S*okta\S*|https?:\S+|acme\b)|(https?:?/\S*)`)

// checkAdvice parses everything that a refusal says to write.
func checkAdvice(t testing.TB, in string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	found := advised.FindAllStringSubmatch(text[strings.LastIndex(text, ": ")+2:], -1)
	if len(found) == 0 && !strings.Contains(text, "xn--") {
		t.Errorf("ParseOrg(%q): no advice in %v", in, err)
	}
	for _, m := range found {
		advice := strings.TrimRight(m[1]+m[2], ",;")
		if _, err := oktaint.ParseOrg(advice); err != nil {
			t.Errorf("ParseOrg(%q) says to write %q, which is refused: %v", in, advice, err)
		}
	}
}

// The advice is right, whatever is wrong with a name and whatever form it has.
func TestParseOrgAdvice(t *testing.T) {
	t.Parallel()
	cells := 0
	for _, scheme := range []string{"", "https://", "http://", "https//", "https:/", "https:", "HTTPS:\\\\", "ftp://", "https://https://", "://"} {
		for _, user := range []string{"", "admin:secret@"} {
			for _, name := range []string{"acme", "acme corp", "acme-admin", "acme_1", "büro", "-", "tenant", "yourOktaDomain", "10.0.0.1", "[::2]", "localhost", "127.0.0.1", "a.b", strings.Repeat("a", 64), "ac\x01me", ""} {
				for _, domain := range []string{"", ".okta.com", ".okta.com.com", ".okta.com.okta.com", "-admin.okta-gov.com", "-admin-admin.trex-govcloud.com.", ".example.com", ".com.com", "..", ".okta.mil:8443", ":0"} {
					for _, rest := range []string{"", "/app/x", "?a=b", "\\", "/a@b"} {
						in := scheme + user + name + domain + rest
						org, err := oktaint.ParseOrg(in)
						checkAdvice(t, in, err)
						if err != nil && strings.Contains(err.Error(), "secret") {
							t.Errorf("ParseOrg(%q): the error repeats the password: %v", in, err)
						}
						if again, err2 := oktaint.ParseOrg(org.String()); err == nil && (err2 != nil || again != org) {
							t.Errorf("ParseOrg(%q) = %v, whose own form gives %v, %v", in, org, again, err2)
						}
						cells++
					}
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

// The Admin Console is refused under every domain of Okta's.
func TestParseOrgDomains(t *testing.T) {
	t.Parallel()
	for _, d := range []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com", "trex-govcloud.com"} {
		for _, form := range []string{"acme-admin.%", "https://acme-admin.%", "https://ACME-ADMIN.%:443/admin", "http://acme-admin.%.", "acme-admin.%/app?x#y"} {
			in := strings.ReplaceAll(form, "%", d)
			if _, err := oktaint.ParseOrg(in); err == nil || !strings.HasSuffix(err.Error(), "write https://acme."+d) {
				t.Errorf("ParseOrg(%q) = %v", in, err)
			}
		}
		org, err := oktaint.ParseOrg("acme." + d)
		if err != nil || !org.HostedByOkta() || org.TenantID() != "acme" {
			t.Errorf("acme.%s: %v, hosted by Okta: %v, %v", d, org, org.HostedByOkta(), err)
		}
		if org, err := oktaint.ParseOrg("acme." + d + ".example.com"); err != nil || org.HostedByOkta() {
			t.Errorf("a name that only begins like %s: %v, %v", d, org, err)
		}
		if org, err := oktaint.ParseOrg("acme.not" + d); err != nil || org.HostedByOkta() {
			t.Errorf("a name that only ends like %s: %v, %v", d, org, err)
		}
	}
}

// The URL of an org is written with and without its scheme, a slash, a port, in any
// case, and with what copying leaves around it: it is one org.
func TestParseOrgForms(t *testing.T) {
	t.Parallel()
	want, cells := mustOrg(t, "acme"), 0
	for _, before := range []string{"", " ", "\t", "\n", "\r\n", "\ufeff", "\"", "'"} {
		for _, name := range []string{
			"acme", "ACME", "acme.okta.com", "ACME.okta.com", "Acme.Okta.COM.", "https://acme.okta.com", "HTTPS://acme.okta.com", "https://acme.okta.com:443", "acme.okta.com:443", "https://acme.okta.com.:443",
		} {
			for _, slash := range []string{"", "/"} {
				for _, after := range []string{"", " ", "\n", "\r\n", " \t\n", "\"", "'"} {
					quoted := strings.ContainsAny(before, "\"'")
					if (strings.ContainsAny(after, "\"'") || quoted) && before != after || slash != "" && !strings.Contains(name, "okta") {
						continue
					}
					cells++
					if org, err := oktaint.ParseOrg(before + name + slash + after); err != nil || org != want || org.String() != "https://acme.okta.com" {
						t.Errorf("ParseOrg(%q) = %v, %v", before+name+slash+after, org, err)
					}
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}
