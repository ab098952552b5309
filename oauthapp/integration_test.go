package oauthapp_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const catalogueType = "acmevisibility"

var entry = scopes.New(scopes.UsersRead, scopes.LogsRead)

func wantIntegration() oauthapp.DesiredIntegration {
	return oauthapp.DesiredIntegration{Type: catalogueType, Scopes: entry, Role: "READ_ONLY_ADMIN"}
}

// A vault is where a service stores its credentials.
type vault struct {
	creds  oktaint.Credentials
	stored int
}

func (v *vault) store(ctx context.Context, creds oktaint.Credentials) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v.creds = creds
	v.stored++
	return nil
}

func newStore(t *testing.T) *setup {
	t.Helper()
	s := newSetup(t, oktatest.Config{})
	s.sim.AddIntegration(catalogueType, entry)
	return s
}

// install installs an integration, which must not fail.
func (s *setup) install(v *vault, d oauthapp.DesiredIntegration) *oauthapp.InstallResult {
	s.t.Helper()
	res, err := oauthapp.InstallIntegration(context.Background(), s.admin, d, v.store)
	if err != nil {
		s.t.Fatalf("InstallIntegration: %v", err)
	}
	return res
}

// rotate rotates what v holds, as another client of the same administrator.
func (s *setup) rotate(ctx context.Context, v *vault, base http.RoundTripper) error {
	before := v.creds
	next, err := oauthapp.RotateIntegration(ctx, s.over(base), v.creds, v.store, oauthapp.RotateOptions{Base: base})
	if err == nil && next.ClientSecret.Reveal() == before.ClientSecret.Reveal() {
		s.t.Error("the secret is the old one")
	}
	return err
}

// over returns the administrator's client over another transport.
func (s *setup) over(base http.RoundTripper) *oktaint.Client {
	token := oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(s.sim.APIToken())}
	return oktaint.NewClient(token, base)
}

// mint gets a token with creds.
func (s *setup) mint(creds oktaint.Credentials) error {
	_, err := creds.Source(s.base).TokenContext(context.Background())
	return err
}

// secrets returns the states of the secrets of an instance.
func (s *setup) secrets(id string) []string {
	s.t.Helper()
	var list []struct{ Status string }
	if err := s.admin.Get(context.Background(), &list, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets"); err != nil {
		s.t.Fatal(err)
	}
	var states []string
	for _, x := range list {
		states = append(states, x.Status)
	}
	return states
}

func (s *setup) instances() []oauthapp.Integration {
	s.t.Helper()
	list, err := oauthapp.ListIntegrations(context.Background(), s.admin, catalogueType)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestIntegrationLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, v := newStore(t), new(vault)
		res := s.install(v, wantIntegration())
		id := res.Integration.ID
		if !res.Created || res.Integration.Granted != entry || res.Integration.Created.IsZero() ||
			strings.Join(res.Roles, " ") != "READ_ONLY_ADMIN" || len(res.Warnings) != 0 || v.stored != 1 {
			t.Errorf("result: %+v", res)
		}
		if c := v.creds; c.Kind != oktaint.KindClientSecret || c.ClientID != id || c.Scopes != entry {
			t.Errorf("credentials: %v", c)
		}
		report, err := oauthapp.Verify(t.Context(), v.creds, oauthapp.VerifyOptions{Base: s.base})
		if err != nil || !report.OK {
			t.Errorf("Verify: %+v, %v", report, err)
		}

		old := v.creds
		if err := s.rotate(t.Context(), v, s.base); err != nil {
			t.Fatal(err)
		}
		if err := s.mint(v.creds); err != nil {
			t.Errorf("the new secret: %v", err)
		}
		if err := s.mint(old); err == nil {
			t.Error("the old secret works still")
		}
		if got := s.secrets(id); len(got) != 1 {
			t.Errorf("secrets: %v", got)
		}

		if err := oauthapp.RemoveIntegration(t.Context(), s.admin, id); err != nil {
			t.Error(err)
		}
		if err := oauthapp.RemoveIntegration(t.Context(), s.admin, id); err != nil {
			t.Errorf("again: %v", err)
		}
		if _, err := oauthapp.GetIntegration(t.Context(), s.admin, id); !oktaint.IsNotFound(err) {
			t.Errorf("GetIntegration: %v", err)
		}
		if err := s.mint(v.creds); err == nil {
			t.Error("the secret works after the removal")
		}
	})
}

// What is there is found: without a word about a new secret, nothing is written.
func TestInstallAgain(t *testing.T) {
	t.Parallel()
	s, v := newStore(t), new(vault)
	first := s.install(v, wantIntegration())
	writes := len(s.written())
	res := s.install(v, wantIntegration())
	if res.Created || !res.Credentials.ClientSecret.IsZero() || res.Integration.ID != first.Integration.ID || v.stored != 1 {
		t.Errorf("result: %+v", res)
	}
	if got := s.written(); len(got) != writes {
		t.Errorf("written: %q", got[writes:])
	}

	d := wantIntegration()
	d.NewSecret = true
	old := v.creds
	for range 3 { // the third replaces that of the second
		res = s.install(v, d)
		if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "older secret") {
			t.Errorf("warnings: %q", res.Warnings)
		}
		if err := errors.Join(s.mint(old), s.mint(v.creds)); err != nil {
			t.Error(err)
		}
	}
	if err := s.rotate(t.Context(), v, s.base); err != nil {
		t.Fatal(err)
	}
	if s.mint(old) == nil || s.mint(v.creds) != nil || len(s.secrets(res.Integration.ID)) != 1 {
		t.Errorf("after the rotation: secrets %v", s.secrets(res.Integration.ID))
	}
}

func TestInstallRefusals(t *testing.T) {
	t.Parallel()
	s, v := newStore(t), new(vault)
	wider := wantIntegration()
	wider.Scopes = wider.Scopes.Union(scopes.New(scopes.GroupsRead))

	res, err := oauthapp.InstallIntegration(t.Context(), s.admin, wider, v.store)
	if res != nil || err == nil || !strings.Contains(err.Error(), "reinstall") || v.stored != 0 {
		t.Errorf("scope outside the entry: %+v, %v", res, err)
	}

	reader := s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN"))
	if _, err := oauthapp.InstallIntegration(t.Context(), reader, wantIntegration(), v.store); !errors.Is(err, oauthapp.ErrNotSuperAdmin) {
		t.Errorf("by a reader: %v", err)
	}

	without := wantIntegration()
	without.Role = ""
	res = s.install(v, without)
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "assign a role") {
		t.Errorf("warnings: %q", res.Warnings)
	}

	s.sim.AddIntegration(catalogueType, wider.Scopes) // the vendor has changed the entry
	res, err = oauthapp.InstallIntegration(t.Context(), s.admin, wider, v.store)
	var re *oauthapp.ReinstallError
	if !errors.As(err, &re) || re.Missing != scopes.New(scopes.GroupsRead) || re.IntegrationID != res.Integration.ID ||
		!strings.Contains(err.Error(), "reinstall") {
		t.Errorf("entry that has grown: %+v, %v", res, err)
	}
	lacking := v.creds
	lacking.Scopes = scopes.New(scopes.GroupsRead)
	if err := s.mint(lacking); err == nil || !strings.Contains(err.Error(), "reinstall") {
		t.Errorf("token: %v", err)
	}
}

func TestInstallBadInput(t *testing.T) {
	t.Parallel()
	s, v := newStore(t), new(vault)
	for name, d := range map[string]oauthapp.DesiredIntegration{
		"no Type":                       {Scopes: entry},
		"no Scopes":                     {Type: catalogueType},
		"did you mean okta.users.read?": {Type: catalogueType, Scopes: entry.Union(scopes.New("okta.users.reed"))},
	} {
		if _, err := oauthapp.InstallIntegration(t.Context(), s.admin, d, v.store); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := oauthapp.InstallIntegration(t.Context(), s.admin, wantIntegration(), nil); err == nil {
		t.Error("nil store is no error")
	}
	if got := s.written(); len(got) != 0 {
		t.Errorf("written: %q", got)
	}
}

// A new secret that was not stored never costs the old one.
func TestRotateNotStored(t *testing.T) {
	t.Parallel()
	s, v := newStore(t), new(vault)
	s.install(v, wantIntegration())
	full := errors.New("the disk is full")
	var unstored oktaint.Credentials
	creds, err := oauthapp.RotateIntegration(t.Context(), s.admin, v.creds, func(_ context.Context, c oktaint.Credentials) error {
		unstored = c
		if got := s.secrets(c.ClientID); strings.Join(got, " ") != "ACTIVE ACTIVE" {
			t.Errorf("secrets while storing: %v", got)
		}
		return full
	}, oauthapp.RotateOptions{Base: s.base})
	if !errors.Is(err, full) || creds.ClientSecret.Reveal() != v.creds.ClientSecret.Reveal() {
		t.Errorf("credentials %v, error %v", creds, err)
	}
	if strings.Contains(err.Error(), unstored.ClientSecret.Reveal()) {
		t.Error("the error holds a secret")
	}
	if err := s.rotate(t.Context(), v, s.base); err != nil {
		t.Fatal(err)
	}
	if s.mint(unstored) == nil || s.mint(v.creds) != nil {
		t.Error("after the next run the wrong secret works")
	}
}

func TestRotateGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, v := newStore(t), new(vault)
		s.install(v, wantIntegration())
		old := v.creds
		stored := make(chan oktaint.Credentials, 1)
		store := func(_ context.Context, c oktaint.Credentials) error {
			stored <- c
			return nil
		}
		time.AfterFunc(59*time.Second, func() {
			if err := errors.Join(s.mint(old), s.mint(<-stored)); err != nil {
				t.Errorf("within the grace: %v", err)
			}
		})
		start := time.Now()
		opts := oauthapp.RotateOptions{Base: s.base, Grace: time.Minute}
		if _, err := oauthapp.RotateIntegration(t.Context(), s.admin, old, store, opts); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < time.Minute || s.mint(old) == nil {
			t.Errorf("the old secret went after %v", took)
		}
	})
}

func TestRotateRefusals(t *testing.T) {
	t.Parallel()
	s, v := newStore(t), new(vault)
	s.install(v, wantIntegration())
	writes := len(s.written())

	wrong := v.creds
	wrong.ClientSecret = oktaint.NewSecret("a-secret-of-somebody-else")
	elsewhere := v.creds
	elsewhere.Org, _ = oktaint.ParseOrg("https://other.okta.com")
	for name, c := range map[string]oktaint.Credentials{
		"a secret that does not work": wrong,
		"an API token":                {Kind: oktaint.KindAPIToken, Org: s.org, APIToken: oktaint.NewSecret("x")},
		"another org":                 elsewhere,
	} {
		_, err := oauthapp.RotateIntegration(t.Context(), s.admin, c, v.store, oauthapp.RotateOptions{Base: s.base})
		if err == nil || strings.Contains(err.Error(), c.ClientSecret.Reveal()) && !c.ClientSecret.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := oauthapp.RotateIntegration(t.Context(), s.admin, v.creds, nil, oauthapp.RotateOptions{}); err == nil {
		t.Error("nil store is no error")
	}
	reader := s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN"))
	_, err := oauthapp.RotateIntegration(t.Context(), reader, v.creds, v.store, oauthapp.RotateOptions{Base: s.base})
	if !errors.Is(err, oauthapp.ErrNotSuperAdmin) {
		t.Errorf("by a reader: %v", err)
	}
	if v.stored != 1 || len(s.secrets(v.creds.ClientID)) != 1 {
		t.Errorf("stored %d times, secrets %v", v.stored, s.secrets(v.creds.ClientID))
	}
	for _, w := range s.written()[writes:] {
		if w != "POST /oauth2/v1/token" && !strings.HasSuffix(w, "/credentials/secrets") {
			t.Errorf("written: %s", w)
		}
	}
}
