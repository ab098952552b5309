package oauthapp_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A run that ended anywhere between is gone on with, and nothing is made twice.
func TestCustomRoleHalfDone(t *testing.T) {
	t.Parallel()
	for _, last := range []string{rolesPath, setsPath, "/bindings"} {
		for _, journal := range []durable.State{nil, &row{}} {
			t.Run(last, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{})
					real := s.base
					var dead atomic.Bool // requests come side by side
					s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
						if dead.Load() {
							return nil, io.ErrUnexpectedEOF
						}
						resp, err := real.RoundTrip(r)
						if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, last) {
							dead.Store(true)
							resp.Body.Close()
							return nil, io.ErrUnexpectedEOF
						}
						return resp, err
					})
					first, err := oauthapp.BuildPlan(t.Context(), s.client(s.sim.APIToken()), response(), journal)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := first.Apply(t.Context()); err == nil {
						t.Fatal("Apply succeeded without a connection")
					}
					s.base = real
					if res := s.onboard(response(), journal); len(res.Permissions) != 17 || !res.Missing.IsEmpty() {
						t.Errorf("result: %+v", res)
					}
					if roles, sets := s.iam(); roles != 2 || sets != 2 || s.apps() != 1 {
						t.Errorf("%d custom roles, %d resource sets, %d apps", roles, sets, s.apps())
					}
				})
			})
		}
	}
}

// Another run may make the role and the set in the same moment.
func TestCustomRoleMadeByAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		real := s.base
		var twice atomic.Int32
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPost || r.URL.Path != rolesPath && r.URL.Path != setsPath {
				return real.RoundTrip(r)
			}
			twice.Add(1)
			first := r.Clone(r.Context())
			body, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			first.Body = body
			resp, err := real.RoundTrip(first)
			if err != nil {
				return nil, err
			}
			resp.Body.Close()
			return real.RoundTrip(r)
		})
		s.admin = s.client(s.sim.APIToken())
		if res := s.onboard(response(), nil); len(res.Permissions) != 17 || twice.Load() != 4 {
			t.Errorf("result: %+v", res)
		}
		if roles, sets := s.iam(); roles != 2 || sets != 2 {
			t.Errorf("%d custom roles and %d resource sets", roles, sets)
		}
	})
}
