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

// states returns the coverage as "domain state" for the domains asked for.
func states(r *oauthapp.Report, domains ...string) string {
	var list []string
	for _, d := range domains {
		for _, c := range r.Coverage {
			if c.Domain == d {
				list = append(list, d+" "+string(c.State))
			}
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

func TestVerifyCoverage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		report := s.verify(s.onboard(desired(), nil), scopes.Visibility)
		if !report.OK || report.Granted != scopes.Visibility || !report.Missing.IsEmpty() {
			t.Errorf("report: %+v, %v", report, report.Err())
		}
		if len(report.Coverage) != 26 {
			t.Errorf("%d domains, want 26", len(report.Coverage))
		}
		want := "users visible, groups visible, apps visible, logs visible, devices not probed"
		if got := states(report, "users", "groups", "apps", "logs", "devices"); got != want {
			t.Errorf("coverage: %s, want %s", got, want)
		}
		for i, c := range report.Coverage[1:] {
			if c.Domain <= report.Coverage[i].Domain {
				t.Errorf("%s comes after %s", c.Domain, report.Coverage[i].Domain)
			}
		}
	})
}

func TestVerifyWithoutRole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		missing oktatest.RoleMissing
		want    string
	}{
		{0, "users empty, groups empty, apps empty, logs role"},
		{oktatest.Forbidden, "users role, groups role, apps role, logs role"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{RoleMissing: tc.missing})
				d := desired()
				d.Role = oauthapp.RoleNone
				report := s.verify(s.onboard(d, nil), d.Scopes)
				if got := states(report, "users", "groups", "apps", "logs"); got != tc.want {
					t.Errorf("coverage: %s, want %s", got, tc.want)
				}
				if report.OK || !strings.Contains(report.Err().Error(), "READ_ONLY_ADMIN") {
					t.Errorf("verified without a role: %v", report.Err())
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
		want := "users visible, groups scope, apps scope, logs visible, ssf scope"
		if got := states(report, "users", "groups", "apps", "logs", "ssf"); got != want {
			t.Errorf("coverage: %s, want %s", got, want)
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
		if got := states(report, "users", "groups"); !report.OK || got != "users visible, groups scope" {
			t.Errorf("OK %t, coverage: %s", report.OK, got)
		}
	})
}

// What the probes answer, by code.
func TestVerifyProbeAnswers(t *testing.T) {
	t.Parallel()
	const oktaError = `{"errorCode":"CODE","errorSummary":"x","errorLink":"CODE","errorId":"oae1","errorCauses":[]}`
	for _, tc := range []struct {
		name, body, challenge string
		status                int
		want                  string
	}{
		{"feature off", strings.ReplaceAll(oktaError, "CODE", "E0000015"), "", 401, "feature-off"},
		{"role", strings.ReplaceAll(oktaError, "CODE", "E0000006"), "", 403, "role"},
		{"scope", "", `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups"`, 403, "scope"},
		{"empty", `[]`, "", 200, "empty"},
		{"null", `null`, "", 200, "not probed"},
		{"html", `<html></html>`, "", 200, "not probed"},
		{"not found", strings.ReplaceAll(oktaError, "CODE", "E0000007"), "", 404, "not probed"},
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
				if got, want := states(report, "users", "groups"), "users visible, groups "+tc.want; got != want {
					t.Errorf("coverage: %s, want %s", got, want)
				}
				if report.OK || !strings.Contains(report.Err().Error(), "groups: "+tc.want) {
					t.Errorf("error: %v", report.Err())
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
