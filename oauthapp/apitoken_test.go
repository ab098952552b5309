package oauthapp_test

import (
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

func TestCheckAPIToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		roles    []string
		warnings []string // besides that of the 30 days
		unlisted bool
	}{
		"reader":      {roles: []string{"READ_ONLY_ADMIN"}},
		"super admin": {roles: []string{"SUPER_ADMIN"}, warnings: []string{"who holds SUPER_ADMIN"}},
		"two roles":   {roles: []string{"READ_ONLY_ADMIN", "SUPER_ADMIN"}, warnings: []string{"who holds SUPER_ADMIN:"}},
		"org admin":   {roles: []string{"ORG_ADMIN"}}, // who may not read so
		"no role":     {warnings: []string{"assign READ_ONLY_ADMIN", "could not be read"}, unlisted: true},
		"no reader":   {roles: []string{"HELP_DESK_ADMIN"}, warnings: []string{"may not be read", "could not be read"}, unlisted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				client := s.client(s.sim.NewAPIToken(c.roles...))
				time.Sleep(48 * time.Hour)
				r, err := oauthapp.CheckAPIToken(t.Context(), client)
				if err != nil {
					t.Fatal(err)
				}
				if r.Owner.ID == "" || !strings.Contains(r.Owner.Login, "@") {
					t.Errorf("owner: %+v", r.Owner)
				}
				want := append(c.warnings, "30 days")
				if len(r.Warnings) != len(want) {
					t.Fatalf("warnings: %q, want %q", r.Warnings, want)
				}
				for i, w := range want {
					if !strings.Contains(r.Warnings[i], w) {
						t.Errorf("warning %q, want %q", r.Warnings[i], w)
					}
				}
				if left := time.Until(r.Expires); !c.unlisted && left.Round(time.Hour) != 30*24*time.Hour {
					t.Errorf("expires in %v", left)
				}
				if c.unlisted != (r.TokenID == "" && r.Expires.IsZero() && r.Created.IsZero()) {
					t.Errorf("token %q, expires %v", r.TokenID, r.Expires)
				}
				if got := s.written(); len(got) != 0 {
					t.Errorf("written: %q", got)
				}
			})
		})
	}
}

func TestCheckAPITokenRefused(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	_, err := oauthapp.CheckAPIToken(t.Context(), s.client("00unknown"))
	var oe *oktaint.Error
	if !errors.As(err, &oe) || oe.StatusCode != 401 {
		t.Errorf("unknown token: %v", err)
	}

	d := desired()
	d.Scopes = scopes.New(scopes.UsersRead)
	app := s.credentials(s.onboard(d, nil), d.Scopes)
	if _, err := oauthapp.CheckAPIToken(t.Context(), oktaint.NewClient(app, s.base)); err == nil || !strings.Contains(err.Error(), "not an API token") {
		t.Errorf("an app: %v", err)
	}
}

// Of an owner's several tokens the report is about the one that asks.
func TestCheckAPITokenOfSeveral(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		one, two := s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN")), s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN"))
		first, err := oauthapp.CheckAPIToken(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		second, err := oauthapp.CheckAPIToken(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		body := strings.NewReader(`{"name":"second","userId":"` + first.Owner.ID + `"}`)
		req, err := http.NewRequestWithContext(t.Context(), "PUT", s.sim.URL()+"/api/v1/api-tokens/"+second.TokenID, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if err := s.admin.Do(req, nil); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			client *oktaint.Client
			want   string
		}{"one": {one, first.TokenID}, "two": {two, second.TokenID}, "one again": {one, first.TokenID}} {
			time.Sleep(time.Hour)
			r, err := oauthapp.CheckAPIToken(t.Context(), c.client)
			if err != nil || r.Owner.ID != first.Owner.ID || r.TokenID != c.want {
				t.Errorf("%s: token %+v, %v; want %s", name, r, err, c.want)
			}
		}
	})
}
