package oauthapp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// hostile is a label that a shell, a JSON parser and sed would each trip over.
const hostile = "it's $HOME `id` $(id) \"\\\" ${APP_ID} %s \n# ,{\"id\":\"0oaEvil\"}"

func raw(t *testing.T, p *oauthapp.Plan) oauthapp.RawRequests {
	t.Helper()
	rs, err := p.RawRequests()
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// The text of a plan, written by hand in testdata.
func TestRawText(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	d := desired()
	d.Label, d.Scopes = "it's ${APP_ID}", scopes.New(scopes.UsersRead, scopes.LogsRead)
	rs := raw(t, s.plan(d, nil))
	_, script, _ := strings.Cut(rs.Curl(), "\n}\n\nlook ")
	for file, got := range map[string]string{"testdata/raw.http": rs.HTTP(), "testdata/raw.sh": "look " + script} {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("got\n%s\n%s has\n%s", got, file, want)
		}
	}
}

// Of an app that is there the requests name the ids; when nothing is to do the
// token request is all.
func TestRawOfKnownApp(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	d := desired()
	res := s.onboard(d, nil)
	if rs := raw(t, s.plan(d, nil)); len(rs) != 1 || rs[0].NotByHand == "" {
		t.Errorf("%d requests", len(rs))
	}
	s.sim.ResetRequests()
	d.Scopes, d.Permissions = d.Scopes.Union(scopes.Remediation), []string{}
	rs := raw(t, s.plan(d, nil))
	if len(rs) != 3 || rs[0].URL != s.org.String()+"/api/v1/apps/"+res.ApplicationID+"/grants" ||
		rs[1].Body != `{"scopeId":"okta.users.manage","issuer":"https://acme.okta.com"}` {
		t.Errorf("requests %+v", rs)
	}
	if strings.Contains(rs.HTTP(), "${APP_ID}") || strings.Contains(rs.Curl(), "${APP_ID}") || len(s.written()) != 0 {
		t.Error("an id that is known is a placeholder")
	}
}

// For an org that has nothing of the app, the requests can be shown without asking
// it.
func TestRawOfFirstPlan(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	for _, extra := range []scopes.Set{{}, scopes.Remediation} {
		d := desired()
		d.Scopes = d.Scopes.Union(extra)
		want := raw(t, s.plan(d, nil)).HTTP()
		s.sim.ResetRequests()
		first, err := oauthapp.FirstPlan(s.org, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := raw(t, first).HTTP(); got != want || len(s.sim.Requests()) != 0 {
			t.Errorf("%d requests were sent; shown:\n%s\nwant\n%s", len(s.sim.Requests()), got, want)
		}
	}
}

// idOrName matches the ids that a plan may not know, and their placeholders.
var idOrName = regexp.MustCompile(`\$\{((IAM_)?(APP|CLIENT|ROLE|RESOURCE_SET)_ID|IAM_ORN)\}|\born:okta:iam:00o[0-9A-Za-z]{17}:contained_resources|\b(0oa|cr0|iam)[0-9A-Za-z]{17}\b`)

// What is shown is what Apply and Verify send, but for the order of the grants:
// for a new app, and for each change of it.
func TestRawIsWhatIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testRawIsWhatIsSent) // it waits for rate limits
}

func testRawIsWhatIsSent(t *testing.T) {
	s := newSetup(t, oktatest.Config{})
	var mu sync.Mutex
	var sent []string
	base := s.base
	s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodGet {
			text := r.Method + " " + r.URL.String() + " " + r.Header.Get("Content-Type") + " " + bodyOf(t, r)
			mu.Lock()
			sent = append(sent, idOrName.ReplaceAllString(text, "ID"))
			mu.Unlock()
		}
		return base.RoundTrip(r)
	})
	s.admin = s.client(s.sim.APIToken())
	for i, d := range stages() {
		if i > 0 {
			d.ApplicationID = s.plan(stages()[i-1], nil).App.ID
		}
		plan := s.plan(d, nil)
		var shown []string
		for _, r := range raw(t, plan) {
			shown = append(shown, idOrName.ReplaceAllString(r.Method+" "+r.URL+" "+r.ContentType+" "+r.Body, "ID"))
		}
		sent = nil
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		creds := s.credentials(res, d.Scopes)
		creds.DPoP = d.DPoP
		if _, err := oauthapp.Verify(t.Context(), creds, oauthapp.VerifyOptions{Base: s.base}); err != nil {
			t.Fatal(err)
		}
		sent = slices.CompactFunc(sent, func(a, b string) bool { return a == b && strings.Contains(a, "/v1/token ") }) // DPoP repeats it with a nonce
		slices.Sort(shown)
		slices.Sort(sent)
		if !slices.Equal(shown, sent) {
			t.Errorf("stage %d: shown\n%s\nsent\n%s", i, strings.Join(shown, "\n"), strings.Join(sent, "\n"))
		}
	}
}

// stages are a new app and then changes of it that use every kind of step.
func stages() []oauthapp.Desired {
	first := desired()
	first.Label, first.Exact = hostile, true
	response := first
	response.Scopes = first.Scopes.Union(scopes.Remediation)
	fewer := response
	fewer.Permissions = []string{"okta.users.read", "okta.apps.read"}
	changed := first
	changed.Label, changed.Role, changed.DPoP = "'changed'", "REPORT_ADMIN", true
	changed.Scopes = scopes.New(scopes.UsersRead)
	return []oauthapp.Desired{response, fewer, changed}
}

// bodyOf reads a request's body and puts it back. An assertion becomes its
// placeholder.
func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	if r.Body == nil {
		return ""
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	return regexp.MustCompile("client_assertion=[^&]*").ReplaceAllString(string(b), "client_assertion=$${CLIENT_ASSERTION}")
}

func ExamplePlan_RawRequests() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	admin := oktaint.NewClient(token, sim.Transport())
	plan, err := oauthapp.BuildPlan(context.Background(), admin, oauthapp.Desired{
		Label: "acme-visibility", Key: testKey().Public(), Scopes: scopes.New(scopes.UsersRead),
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	requests, err := plan.RawRequests()
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range requests {
		fmt.Println(r.Purpose)
		fmt.Println("  ", r.Method, r.URL)
	}
	// requests.HTTP() is all of it as text, requests.Curl() a shell script.

	// Output:
	// create the app "acme-visibility" with its key
	//    POST https://acme.okta.com/api/v1/apps?activate=true
	// assign the role READ_ONLY_ADMIN
	//    POST https://acme.okta.com/oauth2/v1/clients/${CLIENT_ID}/roles
	// create the custom role IAM reader with the permission okta.iam.read
	//    POST https://acme.okta.com/api/v1/iam/roles
	// create a resource set of the org's roles, resource sets and admin assignments
	//    POST https://acme.okta.com/api/v1/iam/resource-sets
	// give the app the custom role IAM reader over the resource set
	//    POST https://acme.okta.com/api/v1/iam/resource-sets/${IAM_RESOURCE_SET_ID}/bindings
	// grant the scope okta.users.read
	//    POST https://acme.okta.com/api/v1/apps/${APP_ID}/grants
	// get an access token
	//    POST https://acme.okta.com/oauth2/v1/token
}
