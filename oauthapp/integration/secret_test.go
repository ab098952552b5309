package integration_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

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
		s.calm()
		if err := s.rotate(t.Context()); err != nil || s.rotated() != nil {
			t.Errorf("next run: %v, %v", err, s.rotated())
		}
	})
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
