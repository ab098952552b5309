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
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const secretsPath = "/integrations/api/v1/api-services/{id}/credentials/secrets"

// A list that does not show the stored secret yet is not taken for one of another secret:
// that would end the one in use.
func TestStoredSecretShownLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		id := s.v.creds.ClientID
		real := s.listed(id)
		if err := s.sim.AddFault("POST " + secretsPath + "/{id}/lifecycle/deactivate 503"); err != nil {
			t.Fatal(err)
		}
		if err := s.rotate(t.Context()); err == nil { // ends with two secrets, the newer of which is stored
			t.Fatal("the rotation did not fail")
		}
		s.sim.ClearFaults()
		stored := s.v.creds
		s.disturb(hit{ends(http.MethodGet, "/secrets"), claim(200, real)}) // as it was before that
		if err := s.rotate(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be told from the other") {
			t.Errorf("error %v", err)
		}
		if err := s.mint(stored); err != nil {
			t.Errorf("the stored secret was ended: %v", err)
		}
		s.disturb(late(5*time.Second, ends(http.MethodGet, "/secrets"), 200, real))
		if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
			t.Errorf("next run: %v, %v", err, s.rotated())
		}
	})
}

// An org whose lists are late by themselves shows the new secret after it was proved.
func TestNewSecretShownLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Lag: oktatest.Lag{Lists: 5 * time.Second}})
		s.install(desired())
		time.Sleep(5 * time.Second)
		if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
			t.Errorf("%v, %v", err, s.rotated())
		}
	})
}

// onSecret does something with the n-th secret of the org's integration.
func (s *setup) onSecret(build func(context.Context, oktaint.Org, string, string) (*http.Request, error), n int) {
	s.t.Helper()
	one := s.instances()[0]
	req, err := build(context.Background(), s.org, one.ID, one.Secrets[n].ID)
	if err == nil {
		token := oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(s.sim.APIToken())}
		err = oktaint.NewClient(token, s.sim.Transport()).Do(req, nil)
	}
	if err != nil {
		s.t.Error(err)
	}
}

// If the new secret has been deactivated meanwhile, the old one is not removed.
func TestNewSecretDeactivated(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.install(desired())
	old := s.v.creds
	_, err := integration.Rotate(t.Context(), s.admin, old, func(context.Context, oktaint.Credentials) error {
		s.onSecret(request.DeactivateSecret, 1)
		return nil
	}, integration.RotateOptions{Base: s.base})
	if err == nil || !strings.Contains(err.Error(), "another rotation") || s.mint(old) != nil {
		t.Errorf("error %v, the old secret: %v", err, s.mint(old))
	}
}

// An old secret that somebody else removes meanwhile is gone.
func TestOldSecretRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.install(desired())
		s.disturb(hit{ends(http.MethodPost, "/deactivate"), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
			s.onSecret(request.DeactivateSecret, 0)
			s.onSecret(request.DeleteSecret, 0)
			return real.RoundTrip(r)
		}})
		if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
			t.Errorf("%v, %v", err, s.rotated())
		}
	})
}

// The secret that stays is the oldest active one, not an older one that is not active.
func TestOldestSecretInactive(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.install(desired())
	d := desired()
	d.NewSecret = true
	s.install(d)
	s.onSecret(request.DeactivateSecret, 0)
	second := s.v.creds
	s.install(d)
	if err := errors.Join(s.mint(second), s.mint(s.v.creds)); err != nil {
		t.Error(err)
	}
}

// A list of secrets that is null is not the org's word.
func TestSecretsNull(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.install(desired())
	s.disturb(hit{ends(http.MethodGet, "/secrets"), claim(200, "null")})
	d := desired()
	d.NewSecret = true
	if err := s.tryInstall(t.Context(), d); err == nil || len(s.secrets(s.v.creds.ClientID)) != 1 {
		t.Errorf("error %v", err)
	}
}

// listed returns the list of secrets as the org shows it.
func (s *setup) listed(id string) string {
	s.t.Helper()
	var text jsonText
	if err := s.admin.Get(s.t.Context(), &text, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets"); err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

type jsonText []byte

func (j *jsonText) UnmarshalJSON(b []byte) error { *j = append((*j)[:0], b...); return nil }

// Secrets whose mask shows nothing can be told apart only if there is one.
func TestSecretsMasked(t *testing.T) {
	t.Parallel()
	for _, mask := range []string{"", "***", "abc***"} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{})
			s.install(desired())
			s.mask(mask)
			if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
				t.Errorf("mask %q: %v, %v", mask, err, s.rotated())
			}
			s.calm()
			d := desired()
			d.NewSecret = true
			s.install(d)
			s.mask(mask)
			if err := s.rotate(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be told") || len(s.secrets(s.v.creds.ClientID)) != 2 {
				t.Errorf("mask %q, two secrets: %v", mask, err)
			}
		})
	}
}

// mask makes the list of secrets show this in place of each value.
func (s *setup) mask(mask string) {
	s.disturb(hit{ends(http.MethodGet, "/secrets"), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		s.calm()
		defer s.mask(mask)
		text := s.listed(s.v.creds.ClientID)
		for rest := text; ; {
			_, after, ok := strings.Cut(rest, `"client_secret":"`)
			if !ok {
				return answer(r, 200, text), nil
			}
			value, _, _ := strings.Cut(after, `"`)
			text = strings.Replace(text, `"client_secret":"`+value+`"`, `"client_secret":"`+mask+`"`, 1)
			rest = after
		}
	}})
}
