package integration_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A new secret that was not stored never costs the old one.
func TestRotateNotStored(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.install(desired())
	full := errors.New("the disk is full")
	var unstored oktaint.Credentials
	creds, err := integration.Rotate(t.Context(), s.admin, s.v.creds, func(_ context.Context, c oktaint.Credentials) error {
		unstored = c
		if got := s.secrets(c.ClientID); strings.Join(got, " ") != "ACTIVE ACTIVE" {
			t.Errorf("secrets while storing: %v", got)
		}
		return full
	}, integration.RotateOptions{Base: s.base})
	if !errors.Is(err, full) || creds.ClientSecret.Reveal() != s.v.creds.ClientSecret.Reveal() {
		t.Errorf("credentials %v, error %v", creds, err)
	}
	if strings.Contains(err.Error(), unstored.ClientSecret.Reveal()) {
		t.Error("the error holds a secret")
	}
	if err := s.rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.mint(unstored) == nil || s.mint(s.v.creds) != nil {
		t.Error("after the next run the wrong secret works")
	}
}

// If the newer of two secrets is stored, the older one makes room for the next.
func TestRotateNewerStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		time.Sleep(time.Second)
		d := desired()
		d.NewSecret = true
		s.install(d)
		full := errors.New("the disk is full")
		_, err := integration.Rotate(t.Context(), s.admin, s.v.creds, func(context.Context, oktaint.Credentials) error { return full }, integration.RotateOptions{Base: s.base})
		if !errors.Is(err, full) || s.mint(s.v.creds) != nil {
			t.Errorf("what is stored does not work, after %v", err)
		}
	})
}

func TestRotateGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		old := s.v.creds
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
		opts := integration.RotateOptions{Base: s.base, Grace: time.Minute}
		if _, err := integration.Rotate(t.Context(), s.admin, old, store, opts); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < time.Minute || s.mint(old) == nil {
			t.Errorf("the old secret went after %v", took)
		}
	})
}

func TestRotateRefusals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		writes := len(s.written())

		wrong := s.v.creds
		wrong.ClientSecret = oktaint.NewSecret("a-secret-of-somebody-else")
		alike := s.v.creds // as the list masks it
		alike.ClientSecret = oktaint.NewSecret("not" + s.v.creds.ClientSecret.Reveal())
		elsewhere := s.v.creds
		elsewhere.Org, _ = oktaint.ParseOrg("https://other.okta.com")
		for name, c := range map[string]oktaint.Credentials{
			"a secret that does not work": wrong,
			"a secret with the same end":  alike,
			"an API token":                {Kind: oktaint.KindAPIToken, Org: s.org, APIToken: oktaint.NewSecret("x")},
			"another org":                 elsewhere,
		} {
			_, err := integration.Rotate(t.Context(), s.admin, c, s.v.store, integration.RotateOptions{Base: s.base})
			if err == nil || strings.Contains(err.Error(), c.ClientSecret.Reveal()) && !c.ClientSecret.IsZero() {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := integration.Rotate(t.Context(), s.admin, s.v.creds, nil, integration.RotateOptions{}); err == nil {
			t.Error("nil store is no error")
		}
		reader := s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN"))
		_, err := integration.Rotate(t.Context(), reader, s.v.creds, s.v.store, integration.RotateOptions{Base: s.base})
		if !oktaint.Lacks(err, oktaint.LacksRole) {
			t.Errorf("by a reader: %v", err)
		}
		if s.v.stored != 1 || len(s.secrets(s.v.creds.ClientID)) != 1 {
			t.Errorf("stored %d times, secrets %v", s.v.stored, s.secrets(s.v.creds.ClientID))
		}
		for _, w := range s.written()[writes:] {
			if w != "POST /oauth2/v1/token" && !strings.HasSuffix(w, "/credentials/secrets") {
				t.Errorf("written: %s", w)
			}
		}
	})
}

// An org that loses every answer is left with the secret that is stored.
func TestRotateFaultsThatStay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fault, want string }{
		"create":     {"POST " + secretsPath + " reset-after", "nothing has changed"},
		"deactivate": {"POST " + secretsPath + "/{id}/lifecycle/deactivate 503", "run this again"},
		"delete":     {"DELETE " + secretsPath + "/{id} 503", "run this again"},
		"token":      {"POST /oauth2/v1/token 503", "nothing has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.install(desired())
				before := s.v.creds.ClientSecret.Reveal()
				if err := s.sim.AddFault(c.fault); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				err := s.rotate(t.Context())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error: %v, want %q", err, c.want)
				}
				if took := time.Since(start); took > 2*time.Minute {
					t.Errorf("gave up after %v", took)
				}
				s.sim.ClearFaults()
				if err := s.mint(s.v.creds); err != nil {
					t.Errorf("what is stored: %v", err)
				}
				if kept := s.v.creds.ClientSecret.Reveal() == before; kept != (c.want == "nothing has changed") {
					t.Errorf("the stored secret is the old one: %v", kept)
				}
				if err := s.rotate(t.Context()); err != nil || len(s.secrets(s.v.creds.ClientID)) != 1 {
					t.Errorf("next run: %v, secrets %v", err, s.secrets(s.v.creds.ClientID))
				}
			})
		})
	}
}

// A secret that the org says to have removed, and lists all the same, is not called gone.
func TestRotateNotRemoved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		s.disturb(hit{func(r *http.Request) bool { return r.Method == http.MethodDelete }, claim(204, "")})
		err := s.rotate(t.Context())
		if err == nil || !strings.Contains(err.Error(), "the old one may be there still") || s.v.stored != 2 || s.mint(s.v.creds) != nil {
			t.Errorf("stored %d times, %v", s.v.stored, err)
		}
		s.calm()
		if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
			t.Errorf("next run: %v, %v", err, s.rotated())
		}
	})
}

// A new secret that does not work is not stored.
func TestRotateToNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		tokens := 0
		s.disturb(hit{func(r *http.Request) bool {
			ours := ends(http.MethodPost, "/token")(r)
			if ours {
				tokens++
			}
			return ours && tokens > 1
		}, claim(401, `{"error":"invalid_client"}`)})
		err := s.rotate(t.Context())
		if err == nil || !strings.Contains(err.Error(), "the new secret does not work") || s.v.stored != 1 || s.mint(s.v.creds) != nil {
			t.Errorf("stored %d times, %v", s.v.stored, err)
		}
	})
}
