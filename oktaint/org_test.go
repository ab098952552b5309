package oktaint_test

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

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

// An id never leads to another endpoint.
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
