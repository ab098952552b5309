package oktaint_test

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func TestParseOrg(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"rezonate":                       "https://rezonate.okta.com",
		" Rezonate ":                     "https://rezonate.okta.com",
		"integrator-123":                 "https://integrator-123.okta.com",
		"rezonate.okta.com":              "https://rezonate.okta.com",
		"https://rezonate.okta.com":      "https://rezonate.okta.com",
		"https://login.example.com/":     "https://login.example.com",
		"HTTPS://Login.Example.COM:443/": "https://login.example.com",
		"acme.oktapreview.com":           "https://acme.oktapreview.com",
		"acme.okta-gov.com.":             "https://acme.okta-gov.com",
		"login-admin.example.com":        "https://login-admin.example.com",
		"https://127.0.0.1:8443":         "https://127.0.0.1:8443",
		"https://127.0.0.1:443":          "https://127.0.0.1",
		"localhost:8443":                 "https://localhost:8443",
		"localhost":                      "https://localhost",
		"https://[::1]:8443":             "https://[::1]:8443",
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
		"":                                   "give a tenant id",
		"http://acme.okta.com":               "write https://acme.okta.com",
		"ftp://acme.okta.com":                "write https://acme.okta.com",
		"https://user:pw@acme.okta.com":      "write only https:// and the host",
		"https://acme.okta.com/app":          "write https://acme.okta.com",
		"https://acme.okta.com/?a=b":         "write https://acme.okta.com",
		"https://acme.okta.com/#a":           "write https://acme.okta.com",
		"https://acme.okta.com?":             "write https://acme.okta.com",
		"acme-admin.okta.com":                "write https://acme.okta.com",
		"acme-admin.okta-emea.com":           "write https://acme.okta-emea.com",
		"https://acme.okta.com:8443":         "write https://acme.okta.com",
		"https://10.0.0.1":                   "IP address",
		"https://[2001:db8::1]":              "IP address",
		"10.1":                               "host name",
		"169.254.43518":                      "host name",
		"0x7f.1":                             "host name",
		"acme.okta.com.com":                  "write https://acme.okta.com",
		"{yourOktaDomain}":                   "placeholder",
		"https://{yourOktaDomain}":           "placeholder",
		"https://yourOktaDomain.okta.com":    "placeholder",
		"TENANT_ID":                          "placeholder",
		"<tenant>":                           "placeholder",
		"${OKTA_ORG}":                        "placeholder",
		"https://büro.example.com":           "xn--",
		"acme okta":                          "ASCII",
		"https://acme..com":                  "host name",
		"-acme":                              "host name",
		"acme_1":                             "host name",
		"https://acme.okta.com\x00":          "ASCII",
		"https://" + strings.Repeat("a", 64): "host name",
	} {
		_, err := oktaint.ParseOrg(in)
		if err == nil || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseOrg(%q) = %v; want an error with %q", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("ParseOrg(%q): the error repeats the password: %v", in, err)
		}
	}
}

func TestOrg(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"acme": "acme", "a.b.okta.com": "a.b", "login.example.com": "login.example.com", "127.0.0.1:84": "127.0.0.1:84"} {
		if got := mustOrg(t, in).TenantID(); got != want {
			t.Errorf("TenantID of %s = %s, want %s", in, got, want)
		}
	}
	if mustOrg(t, "acme") != mustOrg(t, "https://ACME.okta.com/") {
		t.Error("the same org does not compare equal")
	}
	type config struct{ Org oktaint.Org }
	var c config
	if err := json.Unmarshal([]byte(`{"Org":"acme"}`), &c); err != nil || c.Org != mustOrg(t, "acme") {
		t.Errorf("Unmarshal = %v, %v", c, err)
	}
	if b, err := json.Marshal(c); err != nil || string(b) != `{"Org":"https://acme.okta.com"}` {
		t.Errorf("Marshal = %s, %v", b, err)
	}
	if b, err := json.Marshal(config{}); err != nil || string(b) != `{"Org":""}` {
		t.Errorf("Marshal of a zero Org = %s, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"Org":""}`), &c); err != nil || !c.Org.IsZero() {
		t.Errorf("Unmarshal of the empty text = %v, %v", c, err)
	}
}

func TestNewRequest(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	req, err := org.NewRequest(t.Context(), "POST", url.Values{"q": {"a&b"}}, map[string]string{"label": "R&D"}, "api", "v1", "users", "o'neil+x@example.com%2f?#")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := req.URL.String(), "https://acme.okta.com/api/v1/users/o%27neil+x@example.com%252f%3F%23?q=a%26b"; got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
	body, _ := io.ReadAll(req.Body)
	if string(body) != `{"label":"R&D"}` || req.ContentLength != int64(len(body)) || req.GetBody == nil {
		t.Errorf("body %s, length %d", body, req.ContentLength)
	}
	for name, want := range map[string]string{"Accept": "application/json", "Content-Type": "application/json"} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(req.Header.Get("User-Agent"), "okta-integration-go/") {
		t.Errorf("User-Agent %q", req.Header.Get("User-Agent"))
	}
	form, _ := org.NewRequest(t.Context(), "POST", nil, url.Values{"a": {"b c"}}, "x")
	if body, _ := io.ReadAll(form.Body); string(body) != "a=b+c" || form.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("form %s, %v", body, form.Header)
	}
	empty, _ := org.NewRequest(t.Context(), "POST", nil, nil, "x")
	if empty.Body != nil || empty.ContentLength != 0 || empty.Header.Get("Content-Type") != "" {
		t.Errorf("a POST without a body: %v, %d", empty.Body, empty.ContentLength)
	}
}

// No id leads to another endpoint.
func TestNewRequestRefuses(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	for _, id := range []string{"", ".", "..", "a/b", "/", "../../x"} {
		if req, err := org.NewRequest(t.Context(), "POST", nil, nil, "api", "v1", "users", id, "lifecycle", "suspend"); err == nil {
			t.Errorf("NewRequest with %q made %s", id, req.URL)
		}
	}
	if _, err := org.NewRequest(t.Context(), "POST", nil, func() {}, "x"); err == nil {
		t.Error("NewRequest marshalled a func")
	}
	if _, err := (oktaint.Org{}).NewRequest(t.Context(), "GET", nil, nil, "x"); err == nil {
		t.Error("NewRequest on a zero Org")
	}
}

func FuzzParseOrg(f *testing.F) {
	for _, s := range []string{"acme", "https://acme.okta.com/", "127.0.0.1:1", "[::1]:1", "a@b", "https://a.b:443", "localhost:0", "x-admin.okta.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		org, err := oktaint.ParseOrg(s)
		if err != nil {
			return
		}
		again, err := oktaint.ParseOrg(org.String())
		if err != nil || again != org {
			t.Fatalf("ParseOrg(%q) = %v, whose own form gives %v, %v", s, org, again, err)
		}
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "a")
		if err != nil || req.URL.Scheme != "https" || req.URL.Host != org.Host() || req.URL.User != nil {
			t.Fatalf("ParseOrg(%q): request to %v, %v", s, req.URL, err)
		}
	})
}

func FuzzNewRequest(f *testing.F) {
	f.Add("00u1")
	f.Add("a%2fb")
	f.Add("o'neil@example.com")
	f.Add("..;")
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id string) {
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "api", "v1", "users", id, "roles")
		if err != nil {
			return
		}
		u, err := url.Parse(req.URL.String())
		if err != nil {
			t.Fatal(err)
		}
		elem := strings.Split(u.EscapedPath(), "/")
		if len(elem) != 6 || u.Host != "acme.okta.com" {
			t.Fatalf("id %q makes %s", id, u)
		}
		if got, err := url.PathUnescape(elem[4]); err != nil || got != id {
			t.Fatalf("id %q arrives as %q, %v", id, got, err)
		}
	})
}
