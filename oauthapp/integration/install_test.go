package integration_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		res := s.install(desired())
		id := res.Instance.ID
		if !res.Created || res.Instance.Granted != entry || res.Instance.Created.IsZero() ||
			strings.Join(res.Roles, " ") != "READ_ONLY_ADMIN" || len(res.Warnings) != 0 || s.v.stored != 1 {
			t.Errorf("result: %+v", res)
		}
		if c := s.v.creds; c.Kind != oktaint.KindClientSecret || c.ClientID != id || c.Scopes != entry {
			t.Errorf("credentials: %v", c)
		}
		report, err := oauthapp.Verify(t.Context(), s.v.creds, oauthapp.VerifyOptions{Base: s.base})
		if err != nil || !report.OK {
			t.Errorf("Verify: %+v, %v", report, err)
		}

		old := s.v.creds
		if err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.mint(s.v.creds); err != nil {
			t.Errorf("the new secret: %v", err)
		}
		if err := s.mint(old); err == nil {
			t.Error("the old secret works still")
		}
		if err := s.rotated(); err != nil {
			t.Error(err)
		}

		for _, when := range []string{"once", "again"} {
			if err := integration.Remove(t.Context(), s.admin, id); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
		if _, err := integration.Get(t.Context(), s.admin, id); !oktaint.IsNotFound(err) {
			t.Errorf("Get: %v", err)
		}
		if err := s.mint(s.v.creds); err == nil {
			t.Error("the secret works after the removal")
		}
	})
}

// What is there is found: without a word about a new secret, nothing is written.
func TestInstallAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		first := s.install(desired())
		writes := len(s.written())
		res := s.install(desired())
		if res.Created || !res.Credentials.ClientSecret.IsZero() || res.Instance.ID != first.Instance.ID || s.v.stored != 1 {
			t.Errorf("result: %+v", res)
		}
		if got := s.written(); len(got) != writes {
			t.Errorf("written: %q", got[writes:])
		}

		d := desired()
		d.NewSecret = true
		old := s.v.creds
		for range 3 { // the third replaces that of the second
			time.Sleep(time.Second) // so that one secret is older
			res = s.install(d)
			if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "older secret") {
				t.Errorf("warnings: %q", res.Warnings)
			}
			if err := errors.Join(s.mint(old), s.mint(s.v.creds)); err != nil {
				t.Error(err)
			}
		}
		if err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.rotated(); err != nil || s.mint(old) == nil {
			t.Errorf("after the rotation: %v", err)
		}
	})
}

// A run that follows at once upon one that died finds what that has made, though the org
// does not list it yet, if it is told.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{})
			made := s.sim.InstallIntegration(oktatest.Integration{Type: catalogueType, Scopes: entry})
			s.disturb(late(5*time.Second, ends(http.MethodGet, "/api-services"), 200, "[]"))
			d := desired()
			d.Interrupted, d.NewSecret = told, true
			res, err := integration.Install(t.Context(), s.admin, d, s.v.store)
			switch {
			case told && (err != nil || res.Created || res.Instance.ID != made):
				t.Errorf("told: %+v, %v", res, err)
			case !told && (err == nil || !strings.Contains(err.Error(), "2 instances")):
				t.Errorf("not told: two were made, and nobody says so: %v", err)
			}
		})
	}
}

// What the org accepts and does not have afterwards is not called done.
func TestInstallLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h    hit
		says string
	}{
		"the instance": {hit{ends(http.MethodPost, "/api-services"), claim(201, `{"id":"0oalost","type":"acmevisibility","grantedScopes":["okta.users.read","okta.logs.read"],"clientSecret":"lost"}`)}, "does not show it"},
		"the role":     {hit{ends(http.MethodPost, "/roles"), claim(201, `{"id":"ra1lost","type":"READ_ONLY_ADMIN"}`)}, "does not show it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.disturb(c.h)
				res, err := integration.Install(t.Context(), s.admin, desired(), s.v.store)
				if err == nil || !strings.Contains(err.Error(), c.says) || res == nil || len(res.Roles) != 0 {
					t.Errorf("%+v, %v", res, err)
				}
				s.calm()
				d := desired()
				d.NewSecret = true
				s.install(d)
				if err := s.installed(); err != nil {
					t.Errorf("after the next run: %v", err)
				}
			})
		})
	}
}

// Another instance in the place of the one that was made is told.
func TestInstallReplaced(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.disturb(hit{ends(http.MethodPost, "/api-services"), func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		s.sim.InstallIntegration(oktatest.Integration{Type: catalogueType, Scopes: entry})
		return answer(r, 201, `{"id":"0oamine","type":"acmevisibility","clientSecret":"mine"}`), nil
	}})
	if err := s.tryInstall(t.Context(), desired()); err == nil || !strings.Contains(err.Error(), "in its place") {
		t.Errorf("error %v", err)
	}
}

// What was made just now may be unknown for a while: its roles, and its secrets.
func TestInstallNotKnownYet(t *testing.T) {
	t.Parallel()
	const unknown = `{"errorCode":"E0000007","errorSummary":"Not found"}`
	for name, match := range map[string]func(*http.Request) bool{
		"roles":        ends(http.MethodGet, "/roles"),
		"assign":       ends(http.MethodPost, "/roles"),
		"secrets":      ends(http.MethodGet, "/secrets"),
		"a new secret": ends(http.MethodPost, "/secrets"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{Faults: []string{"POST /integrations/api/v1/api-services #1 reset-after"}})
				s.disturb(late(5*time.Second, match, 404, unknown))
				s.install(desired())
				if err := s.installed(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Two installations at once are told of each other.
func TestInstallTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Lag: oktatest.Lag{Lists: 5 * time.Second}})
		ends := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := integration.Install(t.Context(), s.admin, desired(), func(context.Context, oktaint.Credentials) error { return nil })
				ends <- err
			}()
		}
		told := 0
		for range 2 {
			if err := <-ends; err != nil && strings.Contains(err.Error(), "2 instances") {
				told++
			}
		}
		if n := len(s.instances()); n != 2 || told != 2 {
			t.Errorf("%d instances, %d told", n, told)
		}
	})
}

func TestInstallRefusals(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	wider := desired()
	wider.Scopes = wider.Scopes.Union(scopes.New(scopes.GroupsRead))

	res, err := integration.Install(t.Context(), s.admin, wider, s.v.store)
	if res != nil || err == nil || !strings.Contains(err.Error(), "reinstall") || s.v.stored != 0 {
		t.Errorf("scope outside the entry: %+v, %v", res, err)
	}

	without := desired()
	without.Role = ""
	res = s.install(without)
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "assign a role") {
		t.Errorf("warnings: %q", res.Warnings)
	}

	s.sim.AddIntegration(catalogueType, wider.Scopes) // the vendor has changed the entry
	res, err = integration.Install(t.Context(), s.admin, wider, s.v.store)
	var re *integration.ReinstallError
	if !errors.As(err, &re) || re.Missing != scopes.New(scopes.GroupsRead) || re.ID != res.Instance.ID ||
		!strings.Contains(err.Error(), "reinstall") {
		t.Errorf("entry that has grown: %+v, %v", res, err)
	}
	lacking := s.v.creds
	lacking.Scopes = scopes.New(scopes.GroupsRead)
	if err := s.mint(lacking); err == nil || !strings.Contains(err.Error(), "reinstall") {
		t.Errorf("token: %v", err)
	}
}

func TestInstallNotStored(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	full := errors.New("the disk is full")
	res, err := integration.Install(t.Context(), s.admin, desired(), func(context.Context, oktaint.Credentials) error { return full })
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "NewSecret") || res == nil || len(s.instances()[0].roles) != 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestInstallBadInput(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	for name, d := range map[string]integration.Desired{
		"no Type":                       {Scopes: entry},
		"no Scopes":                     {Type: catalogueType},
		"did you mean okta.users.read?": {Type: catalogueType, Scopes: entry.Union(scopes.New("okta.users.reed"))},
	} {
		if _, err := integration.Install(t.Context(), s.admin, d, s.v.store); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := integration.Install(t.Context(), s.admin, desired(), nil); err == nil {
		t.Error("nil store is no error")
	}
	if got := s.sim.Requests(); len(got) != 0 {
		t.Errorf("sent: %v", got)
	}
}
