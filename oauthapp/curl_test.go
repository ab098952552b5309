//go:build unix

package oauthapp_test

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A loopback is an org that is served over TLS.
type loopback struct {
	*oktatest.Org
	url   string
	ca    string // file
	admin *oktaint.Client
}

func serve(t *testing.T) *loopback {
	t.Helper()
	s, err := oktatest.Serve("127.0.0.1:0", oktatest.Config{RateLimits: map[string]int{
		"apps": 0, "app": 0, "clients": 0, "iam": 0, "users": 0, "user": 0, "default": 0,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o := &loopback{Org: s.Org, url: s.URL, ca: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(o.ca, s.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CA)
	base := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(base.CloseIdleConnections)
	org, err := oktaint.ParseOrg(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.admin = oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(o.APIToken())}, base)
	return o
}

// run runs a script as its first lines tell, with nothing else around it.
func (o *loopback) run(t *testing.T, script, header string) (stdout, stderr string, err error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "okta-headers"), []byte(header+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "script.sh"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "script.sh")
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CURL_CA_BUNDLE=" + o.ca}
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// The scripts make what Apply makes, whatever the label holds: a new app, and
// each change of it.
func TestCurlMakesTheSameApp(t *testing.T) {
	t.Parallel()
	byHand, byApply := serve(t), serve(t)
	for i, d := range stages() {
		p := byHand.plan(t, d, i)
		script := raw(t, p).Curl()
		if len(byHand.APIToken()) < 20 || strings.Contains(script, byHand.APIToken()) || strings.Contains(script, "PRIVATE KEY") {
			t.Errorf("the script holds a secret:\n%s", script)
		}
		out, errs, err := byHand.run(t, script, "Authorization: SSWS "+byHand.APIToken())
		if err != nil {
			t.Fatalf("stage %d: %v\n%s\n%s", i, err, out, errs)
		}
		if _, err := byApply.plan(t, d, i).Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := byHand.sameness(t), byApply.sameness(t); got != want {
			t.Errorf("stage %d: the script made\n%s\nApply made\n%s", i, got, want)
		}
		if !strings.Contains(errs, "To verify that the app works") && i == 0 {
			t.Errorf("the script does not say how to verify:\n%s", errs)
		}
		again := byHand.plan(t, d, i)
		if len(again.Steps()) != 0 {
			t.Errorf("stage %d: still to do after the script: %v", i, again.Steps())
		}
		if want := "application_id: " + again.App.ID + "\nclient_id: " + again.App.ClientID + "\n"; i == 0 && out != want {
			t.Errorf("the script printed %q, want %q", out, want)
		}
	}
}

// A script that is run once more writes nothing, however the label is escaped.
func TestCurlLooksFirst(t *testing.T) {
	t.Parallel()
	for _, label := range []string{hostile, "R&D <acme>", "acme"} {
		o := serve(t)
		d := desired()
		d.Label, d.Scopes = label, scopes.New(scopes.UsersRead)
		script, header := raw(t, o.plan(t, d, 0)).Curl(), "Authorization: SSWS "+o.APIToken()
		if _, errs, err := o.run(t, script, header); err != nil {
			t.Fatalf("%q: %v\n%s", label, err, errs)
		}
		before := o.State()
		o.ResetRequests()
		if _, errs, err := o.run(t, script, header); err == nil || !strings.Contains(errs, "the org has an app of this label already, so nothing was written") || len(o.Requests()) != 1 {
			t.Errorf("%q, once more: %v, %d requests\n%s", label, err, len(o.Requests()), errs)
		}
		if !bytes.Equal(stampPattern.ReplaceAll(before, nil), stampPattern.ReplaceAll(o.State(), nil)) {
			t.Errorf("%q: the org has changed", label)
		}
		d.Label = label + " 2" // begins like the other, which is no reason to stop
		if _, errs, err := o.run(t, raw(t, o.plan(t, d, 0)).Curl(), header); err != nil {
			t.Errorf("%q: %v\n%s", d.Label, err, errs)
		}
	}
}

// Okta's 429 is waited out.
func TestCurlRateLimit(t *testing.T) {
	t.Parallel()
	o := serve(t)
	script := raw(t, o.plan(t, desired(), 0)).Curl()
	if err := o.AddFault("POST /api/v1/apps/{id}/grants #2 429"); err != nil {
		t.Fatal(err)
	}
	if out, errs, err := o.run(t, script, "Authorization: SSWS "+o.APIToken()); err != nil || !strings.Contains(errs, "too many requests: waiting") {
		t.Errorf("%v\n%s\n%s", err, out, errs)
	}
	if again := o.plan(t, desired(), 0); len(again.Steps()) != 0 {
		t.Errorf("still to do: %v", again.Steps())
	}
}

// plan makes a plan for one of the stages, all but the first of which are about
// an app that is there.
func (o *loopback) plan(t *testing.T, d oauthapp.Desired, stage int) *oauthapp.Plan {
	t.Helper()
	if stage > 0 {
		d.ApplicationID = o.app(t)
	}
	p, err := oauthapp.BuildPlan(t.Context(), o.admin, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// app returns the id of the one app.
func (o *loopback) app(t *testing.T) string {
	t.Helper()
	var apps []struct{ ID, Label string }
	query := url.Values{"filter": {`name eq "oidc_client"`}} // not Okta's own apps
	if err := o.admin.Get(t.Context(), &apps, query, "api", "v1", "apps"); err != nil || len(apps) != 1 {
		t.Fatalf("apps %+v, %v", apps, err)
	}
	return apps[0].ID
}

var (
	idPattern    = regexp.MustCompile(`\b(0oa|00o|00u|00g|00T|oag|pks|KEY|ocs|cr0|iam|irb|ire|ra1|JB)[0-9A-Za-z]{15,18}\b`)
	stampPattern = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
)

// sameness is the org's state but for what differs between any two orgs: its
// origin, ids, times, and so the order of lists.
func (o *loopback) sameness(t *testing.T) string {
	t.Helper()
	text := strings.ReplaceAll(string(o.State()), o.url, "https://org")
	text = idPattern.ReplaceAllString(text, "$1")
	text = stampPattern.ReplaceAllString(text, "then")
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	order(v)
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// order sorts the lists in v by what they hold.
func order(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			order(x)
		}
	case []any:
		for _, x := range v {
			order(x)
		}
		text := func(x any) string { b, _ := json.Marshal(x); return string(b) }
		slices.SortFunc(v, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
	}
}

// What goes wrong stops the script, and is said.
func TestCurlStops(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault, header string
		want          string
		requests      int
	}{
		"wrong token":        {header: "Authorization: SSWS 00wrong", want: "E0000011", requests: 1},
		"no create":          {fault: "POST /api/v1/apps 500", want: "500", requests: 2},
		"a page":             {fault: "POST /api/v1/apps html", want: "the answer holds no APP_ID", requests: 2},
		"a page, no list":    {fault: "GET /api/v1/apps html", want: "the answer is not a list of apps", requests: 1},
		"a grant is refused": {fault: "POST /api/v1/apps/{id}/grants #3 500", want: "grant the scope", requests: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := serve(t)
			script := raw(t, o.plan(t, desired(), 0)).Curl()
			if tt.fault != "" {
				if err := o.AddFault(tt.fault); err != nil {
					t.Fatal(err)
				}
			}
			if tt.header == "" {
				tt.header = "Authorization: SSWS " + o.APIToken()
			}
			o.ResetRequests()
			out, errs, err := o.run(t, script, tt.header)
			if err == nil || out != "" || !strings.Contains(errs, tt.want) {
				t.Errorf("error %v, want %q:\n%s\n%s", err, tt.want, out, errs)
			}
			if n := len(o.Requests()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
		})
	}
	o := serve(t)
	script := strings.ReplaceAll(raw(t, o.plan(t, desired(), 0)).Curl(), "okta-headers}", "none}")
	o.ResetRequests()
	if _, errs, err := o.run(t, script, ""); err == nil || !strings.Contains(errs, "there is no file none") || len(o.Requests()) != 0 {
		t.Errorf("without the file: %v, %d requests\n%s", err, len(o.Requests()), errs)
	}
}
