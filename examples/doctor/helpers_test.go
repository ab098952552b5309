package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A patient is an app in a simulated org, and the file of its credentials.
type patient struct {
	*clitest.Org
	t     *testing.T
	app   string
	creds oktaint.Credentials
	file  string
	admin *oktaint.Client
}

// setUp makes an app with the scopes of Visibility and a role.
func setUp(t *testing.T, cfg oktatest.Config, role string) *patient {
	t.Helper()
	cfg.Users, cfg.Groups = 5, 2
	p := &patient{Org: clitest.Serve(t, cfg), t: t}
	p.app = p.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.Visibility, Roles: []string{role}})
	p.take(p.Credentials(p.app), role)
	p.admin = oktaint.NewClient(oktaint.APIToken{Org: p.creds.Org, Token: oktaint.NewSecret(p.APIToken())}, p.Transport())
	return p
}

// take writes the file of credentials.
func (p *patient) take(doc []byte, roles ...string) {
	p.t.Helper()
	var err error
	if p.creds, err = oktaint.ParseCredentials(doc); err != nil {
		p.t.Fatal(err)
	}
	p.creds.Roles = roles
	p.write()
}

func (p *patient) write() {
	p.t.Helper()
	doc, err := p.creds.Document()
	if err != nil {
		p.t.Fatal(err)
	}
	p.file = p.File(p.t, "credentials.json", string(doc))
}

// do sends a request of an administrator.
func (p *patient) do(method string, body any, elem ...string) json.RawMessage {
	p.t.Helper()
	req, err := p.admin.Org.NewRequest(p.t.Context(), method, nil, body, elem...)
	if err != nil {
		p.t.Fatal(err)
	}
	var answer json.RawMessage
	if err := p.admin.Do(req, oktaint.Optional(&answer)); err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// list reads a list as an administrator.
func (p *patient) list(elem ...string) (all []map[string]any) {
	p.t.Helper()
	if err := json.Unmarshal(p.do(http.MethodGet, nil, elem...), &all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// A document is what --json prints, as a reader sees it.
type document struct {
	OK       bool
	Findings findings
	Limits   []oktaint.Limit
	Coverage *inventory.Report
	*cli.Failure
}

// examine runs doctor with the file of credentials.
func (p *patient) examine(args ...string) (document, clitest.Ran) {
	p.t.Helper()
	got := clitest.Setup{}.Run(p.t, "doctor", run, append([]string{"--credentials", p.file, "--ca-file", p.CA, "--json"}, args...)...)
	for _, secret := range []string{p.APIToken(), p.creds.APIToken.Reveal(), p.creds.ClientSecret.Reveal(), "PRIVATE KEY"} {
		if secret != "" && strings.Contains(got.Stdout+got.Stderr, secret) {
			p.t.Errorf("a secret is in the output")
		}
	}
	var doc document
	got.Unmarshal(p.t, &doc)
	return doc, got
}

// problems are the texts of the findings of a level, with their checks.
func (d document) of(lv level) (all []string) {
	for _, f := range d.Findings {
		if f.Level == lv {
			all = append(all, f.Check+": "+f.text())
		}
	}
	return all
}

// has reports whether one of the texts has all of the words.
func has(texts []string, words ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	})
}
