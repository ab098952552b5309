package deliver_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

var granted = scopes.New(scopes.UsersRead)

// credentials are those of a new store integration.
func credentials(t *testing.T, sim *oktatest.Org) oktaint.Credentials {
	t.Helper()
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.InstallIntegration(oktatest.Integration{Scopes: granted})))
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

// Mint waits for what may come, and for nothing else. The source remembers a refusal for a
// second or two.
func TestMint(t *testing.T) {
	t.Parallel()
	const wrongSecret = `answer=401 {"error":"invalid_client","error_description":"no"}`
	const noConsent = `answer=400 {"error":"consent_required","error_description":"no"}`
	for name, c := range map[string]struct {
		faults   []string // of the token endpoint
		more     bool     // a scope is wanted that the token will not carry
		patience time.Duration
		says     string
		took     time.Duration
		waits    int
	}{
		"at once":         {patience: 10 * s},
		"known later":     {faults: []string{"#1 " + wrongSecret, "#2 " + noConsent}, patience: 10 * s, took: 3750 * time.Millisecond, waits: 4},
		"never known":     {faults: []string{wrongSecret}, patience: 5 * s, says: "invalid_client", took: 5 * s, waits: 5},
		"no patience":     {faults: []string{"#1 " + wrongSecret}, says: "invalid_client"},
		"another refusal": {faults: []string{`#1 answer=400 {"error":"invalid_scope"}`}, patience: 10 * s, says: "invalid_scope"},
		"lacks a scope":   {more: true, patience: 5 * s, took: 5 * s, waits: 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sim := oktatest.New(t, oktatest.Config{})
				for _, f := range c.faults {
					if err := sim.AddFault("POST /oauth2/v1/token " + f); err != nil {
						t.Fatal(err)
					}
				}
				want := granted
				if c.more {
					want = want.Union(scopes.New(scopes.GroupsRead))
				}
				src := credentials(t, sim).Source(sim.Transport())
				start, waits := time.Now(), 0
				err := deliver.Mint(t.Context(), src, want, start.Add(c.patience), func(w oktaint.Wait) {
					if waits++; w.For <= 0 || w.For > c.patience || w.Reason == "" {
						t.Errorf("wait: %+v", w)
					}
				})
				if took := time.Since(start); took != c.took || waits != c.waits {
					t.Errorf("it took %v and %d waits, want %v and %d", took, waits, c.took, c.waits)
				}
				if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("error %v, want %q", err, c.says)
				}
				if _, err := src.TokenContext(t.Context()); c.says == "" && (err != nil || src.Granted() != granted) {
					t.Errorf("the token is %v, %v", src.Granted(), err)
				}
			})
		})
	}
}

func TestMintEnds(t *testing.T) {
	t.Parallel()
	for _, more := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			sim := oktatest.New(t, oktatest.Config{})
			want := granted
			if more {
				want = want.Union(scopes.New(scopes.GroupsRead))
			} else if err := sim.AddFault(`POST /oauth2/v1/token answer=401 {"error":"invalid_client"}`); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(s, func() { cancel(errGivenUp) })
			src := credentials(t, sim).Source(sim.Transport())
			err := deliver.Mint(ctx, src, want, time.Now().Add(10*s), nil)
			if !errors.Is(err, errGivenUp) || strings.Contains(err.Error(), "invalid_client") == more {
				t.Errorf("more %v: %v", more, err)
			}
		})
	}
}
