package cli_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The org is looked up before anybody is asked for a secret, and the question
// names it.
func TestAskAfterLook(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	for name, tt := range map[string]struct {
		conn  cli.Connection
		asked string
		kind  oktaint.Kind
	}{
		"token":        {cli.Connection{}, "API token for " + o.URL + " (it is not shown):  without echo\n", oktaint.KindAPIToken},
		"of whom":      {cli.Connection{Whose: "a Super Admin"}, "API token of a Super Admin for " + o.URL + " (it is not shown):  without echo\n", oktaint.KindAPIToken},
		"optional":     {cli.Connection{Need: cli.Optional}, "API token for " + o.URL + " (it is not shown; Enter alone goes on without):  without echo\n", oktaint.KindAPIToken},
		"secret":       {cli.Connection{ClientID: "0oa1", ClientScopes: "okta.users.read"}, "Client secret of 0oa1 for " + o.URL + " (it is not shown):  without echo\n", oktaint.KindClientSecret},
		"nobody asked": {cli.Connection{Need: cli.Unasked}, "", ""},
	} {
		tt.conn.OrgURL, tt.conn.CAFile = o.URL, o.CA
		var asked, before string
		answer := clitest.Answers(" 00secret\n", &asked)
		p := &cli.Program{Args: []string{"--flag"}, Stderr: new(strings.Builder), Ask: answer}
		if err := tt.conn.Find(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		before = asked
		client, err := tt.conn.Client(t.Context(), p)
		if err != nil || before != "" || asked != tt.asked || tt.conn.Credentials.Kind != tt.kind || (client == nil) != (tt.kind == "") {
			t.Errorf("%s: %v; asked %q before, %q then, want %q; kind %s", name, err, before, asked, tt.asked, tt.conn.Credentials.Kind)
		}
		if tt.conn.Info.ID != o.ID() {
			t.Errorf("%s: id %s", name, tt.conn.Info.ID)
		}
	}
	// No answer is none.
	var asked string
	optional := cli.Connection{OrgURL: o.URL, CAFile: o.CA, Need: cli.Optional}
	if c, err := optional.Connect(t.Context(), &cli.Program{Args: []string{"-"}, Stderr: new(strings.Builder), Ask: clitest.Answers("\n", &asked)}); c != nil || err != nil || asked == "" {
		t.Errorf("%v, %v, asked %q", c, err, asked)
	}
}

// An answer that cannot be a secret, and none, are faults of usage.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	for answer, want := range map[string]string{"": "there is no API token", "\n": "there is no API token", "a b\n": "copy it again", "\x16x\n": "copy it again"} {
		var asked string
		clitest.Setup{Ask: clitest.Answers(answer, &asked)}.Run(t, "whoami", run, o.Flags()...).Check(t, cli.ExitUsage, want)
	}
	clitest.Setup{}.Run(t, "whoami", run, append(o.Flags(), "--client-id", "0oa1")...).Check(t, cli.ExitUsage, "there is no client secret: set OKTA_CLIENT_CLIENTSECRET")
	if n := len(o.Writes()); n != 0 {
		t.Errorf("%d writes", n)
	}
}

// Each kind of credential does its work over the transport that the flags ask for.
func TestKinds(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{})
	key, err := oktaint.ParseKey([]byte(keyText(t)), "")
	if err != nil {
		t.Fatal(err)
	}
	creds := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: clitest.MustOrg(t, o.URL), Key: key, Scopes: scopes.New(scopes.UsersRead)}
	creds.ClientID = o.AddServiceApp(oktatest.ServiceApp{Key: key.Public(), Scopes: creds.Scopes, Roles: []string{"READ_ONLY_ADMIN"}})
	file := filepath.Join(o.Dir, "app.json")
	if err := creds.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	for name, conn := range map[string]cli.Connection{"app": {CredentialsFile: file}, "token": {OrgURL: o.URL}, "urgent": {OrgURL: o.URL, Urgent: true}} {
		conn.CAFile = o.CA
		c, err := conn.Connect(t.Context(), &cli.Program{Args: []string{"--flag"}, Stderr: new(strings.Builder), Getenv: func(name string) string { return env[name] }})
		if err != nil {
			t.Fatal(err)
		}
		var users []struct{ ID string }
		if err := c.Get(t.Context(), &users, nil, "api", "v1", "users"); err != nil || len(users) == 0 {
			t.Errorf("%s: %d users, %v", name, len(users), err)
		}
	}
}

// Certificates of a file do not stand in for those of Okta's domains, not even
// behind another name.
func TestCanonicalOrg(t *testing.T) {
	t.Parallel()
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	o := clitest.Serve(t, oktatest.Config{})
	conn := cli.Connection{OrgURL: o.URL, CAFile: o.CA}
	p := &cli.Program{Args: []string{"--flag"}, Stderr: new(strings.Builder)}
	if err := conn.Check(p); err != nil {
		t.Fatal(err)
	}
	conn.Base, conn.Org = sim.Transport(), clitest.MustOrg(t, sim.URL()) // acme.okta.com answers
	if err := conn.Find(t.Context(), p); err == nil || !strings.Contains(err.Error(), "--ca-file is refused for Okta's own domains") {
		t.Errorf("%v", err)
	}
}

// renamed answers for an org under another name.
type renamed struct {
	base  http.RoundTripper
	host  string // of the org
	hosts []string
}

func (r *renamed) RoundTrip(req *http.Request) (*http.Response, error) {
	r.hosts = append(r.hosts, req.URL.Host)
	out := req.Clone(req.Context())
	out.URL.Host, out.Host = r.host, r.host
	return r.base.RoundTrip(out)
}

// After Find the org is what the org calls itself, and the credential is sent
// nowhere else.
func TestOrgBecomesCanonical(t *testing.T) {
	t.Parallel()
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	canonical := clitest.MustOrg(t, sim.URL())
	var errs strings.Builder
	p := &cli.Program{Stderr: &errs}
	conn := cli.Connection{OrgURL: "https://login.example.com", APIToken: sim.APIToken()}
	if err := conn.Check(p); err != nil {
		t.Fatal(err)
	}
	base := &renamed{base: sim.Transport(), host: strings.TrimPrefix(sim.URL(), "https://")}
	conn.Base = base
	client, err := conn.Connect(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if conn.Org != canonical || client.Org != canonical || conn.Credentials.Org != canonical || conn.Info.Org != canonical {
		t.Errorf("org %s, client of %s, credentials of %s; want %s", conn.Org, client.Org, conn.Credentials.Org, canonical)
	}
	if want := "https://login.example.com is " + sim.URL() + ", which is used from here on\norg " + sim.URL() + " (" + sim.ID() + ")\n"; !strings.HasSuffix(errs.String(), want) {
		t.Errorf("%q, want %q", errs.String(), want)
	}
	if err := client.Get(t.Context(), nil, nil, "api", "v1", "users", "me"); err != nil {
		t.Error(err)
	}
	if err := conn.Find(t.Context(), p); err != nil { // it is found already
		t.Error(err)
	}
	if want := []string{"login.example.com", base.host}; !slices.Equal(base.hosts, want) {
		t.Errorf("requests to %q, want %q", base.hosts, want)
	}
}

// held keeps every request until it is opened.
type held struct {
	sent atomic.Int32
	open chan struct{}
}

func (h *held) RoundTrip(req *http.Request) (*http.Response, error) {
	h.sent.Add(1)
	<-h.open
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// Urgent requests do not queue behind others.
func TestUrgent(t *testing.T) {
	t.Parallel()
	const requests = 200
	for _, urgent := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			base := &held{open: make(chan struct{})}
			p := &cli.Program{Stderr: new(strings.Builder)}
			conn := cli.Connection{TenantID: "acme", APIToken: "00x", Urgent: urgent}
			if err := conn.Check(p); err != nil {
				t.Fatal(err)
			}
			conn.Base = base
			client, err := conn.Client(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range requests {
				wg.Go(func() {
					if err := client.Get(t.Context(), nil, nil, "api", "v1", "users", "me"); err != nil {
						t.Error(err)
					}
				})
			}
			synctest.Wait()
			if sent := base.sent.Load(); (sent == 32) != urgent { // as many as go out at once, and others 8
				t.Errorf("urgent %v: %d of %d requests are on their way", urgent, sent, requests)
			}
			close(base.open)
			wg.Wait()
		})
	}
}
