package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A complaint is what is broken, and what doctor has to say of it.
type complaint struct {
	name  string
	cfg   oktatest.Config
	role  string // READ_ONLY_ADMIN if empty
	hurt  func(*patient)
	words []string // of one problem: what, why, remedy, who
	only  bool     // it is the only problem
}

func (p *patient) endGrants(names ...scopes.Scope) {
	for _, g := range p.list("api", "v1", "apps", p.app, "grants") {
		if scope, _ := g["scopeId"].(string); len(names) == 0 || scopes.New(names...).Contains(scopes.Scope(scope)) {
			p.do(http.MethodDelete, nil, "api", "v1", "apps", p.app, "grants", g["id"].(string))
		}
	}
}

func (p *patient) endRoles() {
	for _, r := range p.list("oauth2", "v1", "clients", p.app, "roles") {
		p.do(http.MethodDelete, nil, "oauth2", "v1", "clients", p.app, "roles", r["id"].(string))
	}
}

// replaceKey gives the app another key, and deletes the one in use.
func (p *patient) replaceKey() {
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(p.do(http.MethodGet, nil, "api", "v1", "apps", p.app, "credentials", "jwks"), &set); err != nil {
		p.t.Fatal(err)
	}
	p.do(http.MethodPost, clitest.Key(p.t).Public(), "api", "v1", "apps", p.app, "credentials", "jwks")
	for _, k := range set.Keys {
		p.do(http.MethodPost, nil, "api", "v1", "apps", p.app, "credentials", "jwks", k["id"].(string), "lifecycle", "deactivate")
		p.do(http.MethodDelete, nil, "api", "v1", "apps", p.app, "credentials", "jwks", k["id"].(string))
	}
}

func (p *patient) deactivate() {
	p.do(http.MethodPost, nil, "api", "v1", "apps", p.app, "lifecycle", "deactivate")
}

// moveAway restricts the app to a network zone that nobody is in.
func (p *patient) moveAway() {
	var app map[string]any
	if err := json.Unmarshal(p.do(http.MethodGet, nil, "api", "v1", "apps", p.app), &app); err != nil {
		p.t.Fatal(err)
	}
	settings := app["settings"].(map[string]any)["oauthClient"].(map[string]any)
	settings["network"] = map[string]any{"connection": "ZONE", "include": []string{"nzoOffice"}}
	body := map[string]any{"name": app["name"], "label": app["label"], "signOnMode": app["signOnMode"], "settings": app["settings"], "credentials": app["credentials"]}
	p.do(http.MethodPut, body, "api", "v1", "apps", p.app)
}

var complaints = []complaint{
	{name: "grant revoked", hurt: func(p *patient) { p.endGrants(scopes.PoliciesRead) }, only: true,
		words: []string{"scopes: the token lacks 1 of the 26 scopes asked for: okta.policies.read", "grant them to the app", "(a Super Admin can)"}},
	{name: "all grants revoked", hurt: func(p *patient) { p.endGrants() }, only: true,
		words: []string{"token: client 0oa", "consent_required", "a Super Admin grants it to the app", "(a Super Admin can)"}},
	{name: "role unassigned", hurt: (*patient).endRoles,
		words: []string{"role: no admin role shows anything", "To change it: assign READ_ONLY_ADMIN (a Super Admin can)"}},
	{name: "the role SUPER_ADMIN unassigned", role: "SUPER_ADMIN", hurt: (*patient).endRoles,
		words: []string{"role: no admin role shows anything", "To change it: assign SUPER_ADMIN (a Super Admin can)"}},
	{name: "a lesser role", role: "SUPER_ADMIN", words: []string{"resources: refused: ", "app-grants", "assign SUPER_ADMIN", "(a Super Admin can)"},
		hurt: func(p *patient) {
			p.endRoles()
			p.do(http.MethodPost, map[string]string{"type": "READ_ONLY_ADMIN"}, "oauth2", "v1", "clients", p.app, "roles")
		}},
	{name: "one of two roles gone", role: "SUPER_ADMIN", hurt: func(p *patient) { p.creds.Roles = append(p.creds.Roles, "READ_ONLY_ADMIN"); p.write() }, only: true,
		words: []string{"role: READ_ONLY_ADMIN: the credentials say that it was assigned, and the org says that it is not", "assign READ_ONLY_ADMIN again (a Super Admin can)"}},
	{name: "no role, says the org", role: "SUPER_ADMIN", hurt: func(p *patient) { p.fault("GET /oauth2/v1/clients/{id}/roles answer=200 []") },
		words: []string{"role: there is no admin role", "To change it: assign SUPER_ADMIN (a Super Admin can)"}},
	{name: "key deleted", hurt: (*patient).replaceKey, only: true,
		words: []string{"token: client 0oa", "invalid_client", "is not an active key of app", ". To change it: register it with the app, or use the key that is (a Super Admin can)"}},
	{name: "app deactivated", hurt: (*patient).deactivate, only: true,
		words: []string{"token: client 0oa", "invalid_client", "is unknown in this org, or its app is deactivated. To change it: activate the app again, or set it up anew if it was deleted (a Super Admin can)"}},
	{name: "app deleted", only: true, hurt: func(p *patient) { p.deactivate(); p.do(http.MethodDelete, nil, "api", "v1", "apps", p.app) },
		words: []string{"token: client 0oa", "invalid_client", "is unknown in this org, or its app is deactivated. To change it: activate the app again, or set it up anew if it was deleted (a Super Admin can)"}},
	{name: "network zone", cfg: oktatest.Config{Zones: []string{"nzoHome"}}, hurt: (*patient).moveAway, only: true,
		words: []string{"token: client 0oa", "access_denied", ". To change it: send from inside, or change the app's zones (a Super Admin can)"}},
	{name: "network zone of API calls", only: true, words: []string{"api: the API does not take the token", "network zones apply to API calls, too", "(a Super Admin can)"},
		hurt: func(p *patient) { p.fault("GET /oauth2/v1/clients/{id}/roles answer=403 E0000005") }},
	{name: "clock 10 minutes behind", cfg: oktatest.Config{Skew: 10 * time.Minute},
		words: []string{"clock: this machine's clock is 10m0s behind the org's", "set the clock of this machine", "(whoever runs this machine can)"}},
	{name: "clock 10 minutes ahead", cfg: oktatest.Config{Skew: -10 * time.Minute},
		words: []string{"clock: this machine's clock is 10m0s ahead of the org's", "set the clock of this machine", "(whoever runs this machine can)"}},
	{name: "a proxy's page", only: true, hurt: func(p *patient) { p.fault("GET /api/v1/zones html") },
		words: []string{"resources: failed: network-zones", "web page, not Okta's JSON: is a proxy or a sign-in page in between? To change it: try again"}},
	{name: "another org", hurt: func(p *patient) { p.creds.OrgID = "00oanother"; p.write() }, only: true,
		words: []string{"org: the credentials are of another org, 00oanother", "onboard this org"}},
	{name: "nobody there", hurt: func(p *patient) { p.creds.Org = clitest.MustOrg(p.t, "https://127.0.0.1:1"); p.write() }, only: true,
		words: []string{"org: the org cannot be reached", "To change it: find out: is the org's name right", "--proxy", "(whoever runs this machine and its network can)"}},
}

func (p *patient) fault(spec string) {
	if err := p.AddFault(spec); err != nil {
		p.t.Fatal(err)
	}
}

// What is broken is named, with why, what to do and who can; and nothing else is
// blamed for it.
func TestComplaints(t *testing.T) {
	t.Parallel()
	for _, c := range complaints {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			role := c.role
			if role == "" {
				role = "READ_ONLY_ADMIN"
			}
			p := setUp(t, c.cfg, role)
			if c.hurt != nil {
				c.hurt(p)
			}
			doc, got := p.examine()
			problems := doc.of(problem)
			if got.Status != cli.ExitIncomplete || doc.OK || doc.Failure == nil || !has(problems, c.words...) {
				t.Errorf("status %d, want a problem with %q:\n%q\n%s", got.Status, c.words, problems, got.Stderr)
			}
			if c.only && len(problems) != 1 {
				t.Errorf("other problems: %q", problems)
			}
		})
	}
}

// Of an API token it says whose it is, how old, and when it ends.
func TestAPIToken(t *testing.T) {
	t.Parallel()
	p := setUp(t, oktatest.Config{}, "SUPER_ADMIN")
	p.take(p.Credentials(p.APIToken()))
	doc, got := p.examine()
	if got.Status != cli.ExitDone || !has(doc.of(ok), "api token: ", "belongs to org.owner.1@example.com (SUPER_ADMIN)", "was made ") || !has(doc.of(note), "api token: ", "30 days") {
		t.Errorf("status %d, %q, %q", got.Status, doc.of(problem), doc.of(note))
	}
	token := p.NewAPIToken()
	p.take(p.Credentials(token))
	if doc, got := p.examine(); got.Status != cli.ExitIncomplete || !has(doc.of(problem), "assign READ_ONLY_ADMIN", "a Super Admin") {
		t.Errorf("without a role: status %d, %q", got.Status, doc.of(problem))
	}
	p.RevokeAPIToken(token)
	if doc, got := p.examine(); got.Status != cli.ExitIncomplete || !has(doc.of(problem), "api: the API does not take the API token", "was revoked, or expired after 30 days", "(a Super Admin can)") {
		t.Errorf("revoked: status %d, %q", got.Status, doc.of(problem))
	}
}

// A store integration has scopes of its own, and DPoP that the credentials do not tell
// of is named.
func TestOtherCredentials(t *testing.T) {
	t.Parallel()
	p := setUp(t, oktatest.Config{}, "READ_ONLY_ADMIN")
	p.take(p.Credentials(p.InstallIntegration(oktatest.Integration{Scopes: scopes.New(scopes.UsersRead, scopes.GroupsRead), Roles: []string{"READ_ONLY_ADMIN"}})), "READ_ONLY_ADMIN")
	p.creds.Scopes = p.creds.Scopes.Union(scopes.New(scopes.LogsRead))
	p.write()
	if doc, got := p.examine(); got.Status != cli.ExitIncomplete || !has(doc.of(problem), "okta.logs.read", "reinstall it", "(the vendor of the integration") {
		t.Errorf("integration: status %d, %q", got.Status, doc.of(problem))
	}
	app := p.AddServiceApp(oktatest.ServiceApp{Label: "Bound", Scopes: scopes.New(scopes.UsersRead), Roles: []string{"READ_ONLY_ADMIN"}, DPoP: true})
	p.take(p.Credentials(app), "READ_ONLY_ADMIN")
	p.creds.DPoP = false
	p.write()
	if doc, got := p.examine(); got.Status != cli.ExitDone || !has(doc.of(note), "dpop: the app requires DPoP", `"dpop": true`) || !has(doc.of(note), "resources: not asked: groups") {
		t.Errorf("DPoP: status %d, %q, %q", got.Status, doc.of(problem), doc.of(note))
	}
	p.creds.DPoP = true
	p.write()
	if doc, got := p.examine(); got.Status != cli.ExitDone || !has(doc.of(ok), "dpop: tokens are bound") {
		t.Errorf("DPoP: status %d, %q", got.Status, doc.of(ok))
	}
}

// What is nearly used up is a warning.
func TestLimits(t *testing.T) {
	t.Parallel()
	p := setUp(t, oktatest.Config{RateLimits: map[string]int{"logs": 2}}, "READ_ONLY_ADMIN")
	doc, got := p.examine()
	if got.Status != cli.ExitDone || !has(doc.of(warning), "limits: little is left in this minute of /api/v1/logs: 0 of 1 left", "(a Super Admin can)") || !has(doc.of(ok), "limits: requests a minute, ", "/api/v1/apps: ") {
		t.Errorf("status %d, %q, %q", got.Status, doc.of(warning), doc.of(ok))
	}
}

// With --extended there is more to look at.
func TestExtended(t *testing.T) {
	t.Parallel()
	p := setUp(t, oktatest.Config{}, "READ_ONLY_ADMIN")
	for _, args := range [][]string{nil, {"--extended"}} {
		doc, got := p.examine(args...)
		row, there := doc.Coverage.Row("brands")
		if got.Status != cli.ExitDone || there != (args != nil) || there && row.Status != inventory.NotAsked {
			t.Errorf("%q: status %d, brands are %+v", args, got.Status, row)
		}
	}
}

// A credentials file that names no role leaves the role unknown, and says so.
func TestUnknownRole(t *testing.T) {
	t.Parallel()
	p := setUp(t, oktatest.Config{}, "READ_ONLY_ADMIN")
	p.creds.Roles = nil
	p.write()
	doc, got := p.examine()
	if got.Status != cli.ExitDone || !has(doc.of(note), "role: it is not known") {
		t.Errorf("status %d, %q", got.Status, doc.of(note))
	}
}
