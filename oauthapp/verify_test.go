package oauthapp_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// states returns what is seen of resources, as "name status".
func states(r *oauthapp.Report, names ...string) string {
	var list []string
	for _, name := range names {
		if row, ok := r.Coverage.Row(name); ok {
			list = append(list, name+" "+string(row.Status))
		}
	}
	return strings.Join(list, ", ")
}

func (s *setup) verify(res *oauthapp.Result, want scopes.Set) *oauthapp.Report {
	s.t.Helper()
	report, err := oauthapp.Verify(context.Background(), s.credentials(res, want), oauthapp.VerifyOptions{Base: s.base})
	if err != nil {
		s.t.Fatal(err)
	}
	if report.OK != (report.Err() == nil) {
		s.t.Errorf("OK is %t, Err %v", report.OK, report.Err())
	}
	return report
}

// With either role the app sees what the catalogue says that this role sees, and
// what it is known not to see is no failure.
func TestVerifyCoverage(t *testing.T) {
	t.Parallel()
	for role, beyond := range map[string]int{oauthapp.RoleReadOnlyAdmin: 16, oauthapp.RoleSuperAdmin: 0} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{Users: 5, Groups: 2})
				d := desired()
				d.Role = role
				s.sim.ResetRequests()
				report := s.verify(s.onboard(d, nil), scopes.Visibility)
				if !report.OK || report.Granted != scopes.Visibility || !report.Missing.IsEmpty() {
					t.Errorf("report: %+v, %v", report, report.Err())
				}
				for _, want := range inventory.Expect(scopes.Visibility, []string{role}, nil).Rows {
					if got, ok := report.Coverage.Row(want.Resource); !ok || got.Status != want.Status {
						t.Errorf("%s: %s, %s; want %s", want.Resource, got.Status, got.Why, want.Status)
					}
				}
				if got := report.Coverage.Count(inventory.BeyondRole); got != beyond {
					t.Errorf("%d rows are beyond the role, want %d", got, beyond)
				}
			})
		})
	}
}

func TestVerifyWithoutRole(t *testing.T) {
	t.Parallel()
	for missing, why := range map[oktatest.RoleMissing]string{0: "it is empty, though no org has it empty", oktatest.Forbidden: "no role of the credential reaches it"} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{RoleMissing: missing})
				d := desired()
				d.Role = oauthapp.RoleNone
				start := time.Now()
				report, err := oauthapp.Verify(t.Context(), s.credentials(s.onboard(d, nil), d.Scopes), oauthapp.VerifyOptions{Base: s.base, Patience: 10 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				if got := states(report, "users", "groups", "apps", "logs", "policies", "admins"); got != "users refused, groups refused, apps refused, logs refused, policies refused, admins beyond this role" {
					t.Errorf("coverage: %s", got)
				}
				text := report.Err().Error()
				if report.OK || !strings.Contains(text, why) || !strings.Contains(text, "READ_ONLY_ADMIN") {
					t.Errorf("verified without a role: %v", text)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("no role was said to be there, and it waited %v", took)
				}
			})
		})
	}
}

func TestVerifyMissingScopes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Scopes = scopes.New(scopes.UsersRead, scopes.LogsRead)
		report := s.verify(s.onboard(d, nil), scopes.New(scopes.UsersRead, scopes.LogsRead, scopes.GroupsRead, scopes.SSFRead))
		if report.OK || report.Missing.String() != "okta.groups.read ssf.read" || report.Granted != d.Scopes {
			t.Errorf("report: %+v", report)
		}
		if got := states(report, "users", "groups", "apps", "logs"); got != "users complete, groups refused, apps not asked, logs complete" {
			t.Errorf("coverage: %s", got)
		}
		err := report.Err()
		if strings.Count(err.Error(), "okta.groups.read") != 1 || strings.Contains(err.Error(), "apps") {
			t.Errorf("error %q: want okta.groups.read once, and nothing that was not wanted", err)
		}
	})
}

// okta.users.manage reads users too.
func TestVerifyManageCoversRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Scopes = scopes.New(scopes.UsersManage)
		report := s.verify(s.onboard(d, nil), d.Scopes)
		if got := states(report, "users", "groups"); !report.OK || got != "users complete, groups not asked" {
			t.Errorf("OK %t, coverage: %s, %v", report.OK, got, report.Err())
		}
	})
}

// A role that was taken away is a failure, whether or not the app may see its roles.
func TestVerifyLostRole(t *testing.T) {
	t.Parallel()
	for kept, want := range map[string]string{
		"": "was that taken away, or limited?", oauthapp.RoleSuperAdmin: "the app no longer holds READ_ONLY_ADMIN",
	} {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				d := desired()
				d.Role = cmp.Or(kept, oauthapp.RoleNone)
				creds := s.credentials(s.onboard(d, nil), d.Scopes)
				creds.Roles = []string{oauthapp.RoleReadOnlyAdmin}
				report, err := oauthapp.Verify(t.Context(), creds, oauthapp.VerifyOptions{Base: s.base})
				if err != nil || report.OK || !strings.Contains(report.Err().Error(), want) {
					t.Errorf("%v, %v; want %q", report.Err(), err, want)
				}
			})
		})
	}
}

// What the probes answer, by code.
func TestVerifyProbeAnswers(t *testing.T) {
	t.Parallel()
	const oktaError = `{"errorCode":"CODE","errorSummary":"x","errorLink":"CODE","errorId":"oae1","errorCauses":[]}`
	for _, tc := range []struct {
		name, body, challenge string
		status                int
		want                  inventory.Status
	}{
		{"feature off", strings.ReplaceAll(oktaError, "CODE", "E0000015"), "", 401, inventory.NotLicensed},
		{"role", strings.ReplaceAll(oktaError, "CODE", "E0000006"), "", 403, inventory.Refused},
		{"scope", "", `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups"`, 403, inventory.Refused},
		{"empty", `[]`, "", 200, inventory.Refused},
		{"null", `null`, "", 200, inventory.Failed},
		{"html", `<html></html>`, "", 200, inventory.Failed},
		{"not found", strings.ReplaceAll(oktaError, "CODE", "E0000007"), "", 404, inventory.Failed},
		{"no path", strings.ReplaceAll(oktaError, "CODE", "E0000008"), "", 404, inventory.Failed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				res := s.onboard(desired(), nil)
				real := s.base
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path != "/api/v1/groups" {
						return real.RoundTrip(r)
					}
					resp := answer(r, tc.status, "application/json", tc.body)
					if tc.challenge != "" {
						resp.Header.Set("WWW-Authenticate", tc.challenge)
					}
					return resp, nil
				})
				report := s.verify(res, scopes.Visibility)
				if got, want := states(report, "users", "groups"), "users complete, groups "+string(tc.want); got != want {
					t.Errorf("coverage: %s, want %s", got, want)
				}
				failed := tc.want != inventory.NotLicensed
				if report.OK == failed || failed && !strings.Contains(report.Err().Error(), "groups: "+string(tc.want)) {
					t.Errorf("error: %v", report.Err())
				}
				var e *oktaint.Error
				if said := errors.As(report.Err(), &e); said != (failed && tc.name != "empty") || said && e.Path != "/api/v1/groups" {
					t.Errorf("the answer is not in the chain of %v", report.Err())
				}
			})
		})
	}
}

// The token endpoint's refusal reaches the caller whole.
func TestVerifyMintFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		res := s.onboard(desired(), nil)
		deactivate(t, s, res.ApplicationID)
		start := time.Now()
		report, err := oauthapp.Verify(t.Context(), s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{Base: s.base})
		var oe *oktaint.Error
		if report != nil || !errors.As(err, &oe) || oe.OAuthError != "invalid_client" || oe.StatusCode != 401 {
			t.Errorf("Verify: %v, %v; want invalid_client", report, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %v without patience", took)
		}
	})
}

// A newly made app may be unknown to the token endpoint for a few seconds.
func TestVerifyPatience(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		after time.Duration
		ok    bool
	}{{"in time", 6 * time.Second, true}, {"too late", 20 * time.Second, false}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				res := s.onboard(desired(), nil)
				known := time.Now().Add(tc.after)
				real := s.base
				refused := 0
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/oauth2/v1/token" && time.Now().Before(known) {
						refused++
						if refused%2 == 0 {
							return answer(r, 400, "application/json", `{"error":"consent_required","error_description":"You are not allowed any of the requested scopes."}`), nil
						}
						return answer(r, 401, "application/json", `{"error":"invalid_client","error_description":"The client_assertion JWT kid is invalid."}`), nil
					}
					return real.RoundTrip(r)
				})
				waits := 0
				report, err := oauthapp.Verify(t.Context(), s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{
					Base: s.base, Patience: 10 * time.Second,
					Progress: func(e oauthapp.Event) {
						if e.Step.Kind != oauthapp.StepVerify {
							t.Errorf("event of %s", e.Step)
						}
						if e.Wait != nil {
							waits++
						}
					},
				})
				if ok := err == nil && report.OK; ok != tc.ok {
					t.Errorf("report %v, error %v", report, err)
				}
				if refused < 2 || refused > 12 || waits == 0 {
					t.Errorf("asked %d times in vain and told of %d waits", refused, waits)
				}
			})
		})
	}
}

// A newly assigned role, and newly granted scopes, may take a few seconds to show.
func TestVerifyPatienceForProbes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		lag  time.Duration
		late string // what of the org
		role string
		ok   bool
	}{
		{"role in time", 6 * time.Second, "/api/v1/", oauthapp.RoleReadOnlyAdmin, true},
		{"role too late", 20 * time.Second, "/api/v1/", oauthapp.RoleReadOnlyAdmin, false},
		{"one resource in time", 6 * time.Second, "/api/v1/logs", oauthapp.RoleReadOnlyAdmin, true},
		{"the app's own roles in time", 6 * time.Second, "/oauth2/v1/clients/", oauthapp.RoleSuperAdmin, true},
		{"the app's own roles too late", 20 * time.Second, "/oauth2/v1/clients/", oauthapp.RoleSuperAdmin, false},
		{"a grant in time", 6 * time.Second, "/oauth2/v1/token", oauthapp.RoleReadOnlyAdmin, true},
		{"a grant too late", 20 * time.Second, "/oauth2/v1/token", oauthapp.RoleReadOnlyAdmin, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				d := desired()
				d.Role = tc.role
				creds := s.credentials(s.onboard(d, nil), d.Scopes)
				s.late(tc.late, tc.lag)
				var waits, last, total int
				report, err := oauthapp.Verify(t.Context(), creds, oauthapp.VerifyOptions{
					Base: s.base, Patience: 10 * time.Second,
					Progress: func(e oauthapp.Event) {
						if last, total = e.Done, e.Total; e.Wait != nil {
							waits++
						}
					},
				})
				if ok := err == nil && report.OK; ok != tc.ok {
					t.Errorf("report %+v, error %v", report, err)
				}
				if waits == 0 || err == nil && last != total {
					t.Errorf("told of %d waits, and of %d parts of %d", waits, last, total)
				}
			})
		})
	}
}

// late lets the org show what a role opens, or a scope in a token, only after a time.
func (s *setup) late(path string, lag time.Duration) {
	end := time.Now().Add(lag)
	real := s.base
	s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		switch {
		case !strings.HasPrefix(r.URL.Path, path) || time.Now().After(end):
			return real.RoundTrip(r)
		case path == "/oauth2/v1/clients/":
			return answer(r, 200, "application/json", "[]"), nil
		case path != "/oauth2/v1/token":
			return answer(r, 403, "application/json", `{"errorCode":"E0000006","errorSummary":"x","errorLink":"E0000006","errorId":"oae1","errorCauses":[]}`), nil
		}
		resp, err := real.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(strings.Replace(string(body), " okta.users.read", "", 1))), -1
		resp.Header.Del("Content-Length")
		return resp, err
	})
}

// Patience is only for what a new app may suffer from.
func TestVerifyPatienceHasReasons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		res := s.onboard(desired(), nil)
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			return answer(r, 403, "application/json", `{"error":"access_denied","error_description":"The request is made from outside the client's permitted network zones."}`), nil
		})
		start := time.Now()
		_, err := oauthapp.Verify(t.Context(), s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{Base: s.base, Patience: time.Minute})
		if err == nil || time.Since(start) > time.Second {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

func TestVerifyRefusesAPIToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		_, err := oauthapp.Verify(t.Context(), oktaint.Credentials{
			Kind: oktaint.KindAPIToken, Org: s.org, APIToken: oktaint.NewSecret(s.sim.APIToken()),
		}, oauthapp.VerifyOptions{Base: s.base})
		if err == nil || strings.Contains(err.Error(), s.sim.APIToken()) {
			t.Errorf("error: %v", err)
		}
	})
}

func TestVerifyCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		res := s.onboard(desired(), nil)
		s.sim.ResetRequests()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := oauthapp.Verify(ctx, s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{
			Base: s.base, Progress: func(e oauthapp.Event) {
				if e.Done == 1 {
					cancel()
				}
			},
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error: %v, want Canceled", err)
		}
	})
}
