package oktaint_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
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

// Ids, logins and filters hold any signs: a server reads from the request what was
// meant, and no sign leads to another endpoint.
func TestNewRequestSigns(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	var texts []string
	for r := rune(' '); r < 0x7f; r++ {
		sign := string(r)
		texts = append(texts, "dana"+sign+"x@example.com", sign+"dana@example.com", "dana@example.com"+sign, sign+sign)
	}
	texts = append(texts, "test###x@example.com", "%41@example.com", "a%2Fb", "a%252Fb", "jörg@example.com", "日本@example.com", "a&limit=1", `profile.login eq "dana+okta124@example.com"`,
		`profile.login eq "q\"x@example.com" or id pr`, "a;b=c", "+", "%", "%zz", "a\u00a0b", "a+b c", "a=b&c=d#e?f")
	for _, text := range texts {
		req, err := org.NewRequest(t.Context(), "GET", url.Values{"filter": {text}, "limit": {"10"}}, nil, "api", "v1", "users")
		if err != nil {
			t.Fatal(err)
		}
		if got := arrived(t, req).URL.Query(); len(got) != 2 || got.Get("filter") != text || got.Get("limit") != "10" {
			t.Errorf("the filter %q arrives as %q", text, got)
		}
		req, err = org.NewRequest(t.Context(), "GET", nil, nil, "api", "v1", "users", text, "groups")
		if strings.Contains(text, "/") || strings.Trim(text, ".") == "" && len(text) < 3 {
			if err == nil {
				t.Errorf("%q is taken into a path: %s", text, req.URL)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := arrived(t, req).URL
		if want := "/api/v1/users/" + text + "/groups"; got.Path != want || got.RawQuery != "" || strings.Count(got.EscapedPath(), "/") != 5 {
			t.Errorf("%q arrives as %s, want the path %s", text, got, want)
		}
	}
}

// arrived is a request as a server reads it.
func arrived(t *testing.T, req *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatalf("%s cannot be read: %v", req.URL, err)
	}
	return got
}

// A filter finds whom it names, and nobody else, in an org that reads it.
func TestFiltersArrive(t *testing.T) {
	t.Parallel()
	sim := oktatest.New(t, oktatest.Config{Users: 30})
	c := oktaint.NewClient(oktaint.APIToken{Org: mustOrg(t, sim.URL()), Token: oktaint.NewSecret(sim.APIToken())}, sim.Transport())
	for _, login := range []string{
		"dana+okta124@example.com", "a&limit=1@example.com", `q"x@example.com`, `a\b@example.com`, "o'neil@example.com", "50%@example.com", "%2B@example.com", "a;b@example.com",
		"a#b@example.com", "#b@example.com", "a?b@example.com", "a=b@example.com", "(a)or(b)@example.com", "jörg@example.com", "日本@example.com", "a++b@example.com", "+@example.com",
	} {
		id := sim.AddUser(oktatest.User{Login: login})
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(login) + `"`
		for _, param := range []string{"filter", "search"} {
			got, err := collect[item](t, c, url.Values{param: {"profile.login eq " + quoted}, "limit": {"10"}}, "api", "v1", "users")
			if err != nil || len(got) != 1 || got[0].ID != id {
				t.Errorf("%s for %s: %v, %v", param, login, got, err)
			}
		}
	}
}
