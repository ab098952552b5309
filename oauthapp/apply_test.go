package oauthapp_test

import (
	"math"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestWholeJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 100 * time.Millisecond})
		start := time.Now()
		plan := s.plan(desired(), nil)
		if got, want := kinds(plan.Steps()), "create, role, custom role, resource set, binding, grant"; got != want {
			t.Errorf("steps: %s, want %s", got, want)
		}
		if len(plan.Warnings) != 0 {
			t.Errorf("warnings of the plan: %q", plan.Warnings)
		}
		if plan.Owner.Login == "" || !slices.Contains(plan.Owner.Roles, "SUPER_ADMIN") {
			t.Errorf("owner: %+v, want a login and SUPER_ADMIN", plan.Owner)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("BuildPlan wrote: %q", w)
		}

		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !res.Created || res.ApplicationID == "" || res.ClientID == "" || res.Role != "READ_ONLY_ADMIN" ||
			res.Granted != scopes.Visibility || !res.Missing.IsEmpty() || len(refused(res)) != 0 || len(unmet(res)) != 0 {
			t.Errorf("result: %+v", res)
		}
		report, err := oauthapp.Verify(t.Context(), s.credentials(res, res.Granted), oauthapp.VerifyOptions{Base: s.base})
		if err != nil {
			t.Fatal(err)
		}
		if !report.OK || report.Err() != nil {
			t.Errorf("not verified: %v", report.Err())
		}
		// Requests that need each other: the owner and their roles, the app, its roles, their
		// binding, a grant, the read-back, the token, a resource, one that belongs to it, the
		// last read-back.
		const chain = 11
		took := time.Since(start)
		t.Logf("the whole job took %v at 100 ms a request, with %d requests that need each other (%v)", took, chain, chain*100*time.Millisecond)
		if took > 2500*time.Millisecond {
			t.Errorf("the whole job took %v", took)
		}
		for _, r := range s.sim.Requests() {
			if r.Status == 429 {
				t.Errorf("429 for %s %s", r.Method, r.Path)
			}
		}
		w := s.written()
		role := slices.Index(w, "POST /oauth2/v1/clients/"+res.ClientID+"/roles")
		if w[0] != "POST /api/v1/apps" || role < 1 || role > slices.Index(w, "POST /api/v1/apps/"+res.ApplicationID+"/grants") {
			t.Errorf("writes: %q, want the app, then its roles, then its grants", w)
		}
	})
}

func TestSecondRunReadsOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		first := s.onboard(desired(), nil)
		s.sim.ResetRequests()
		plan := s.plan(desired(), nil)
		if steps := plan.Steps(); len(steps) != 0 {
			t.Errorf("steps of the second plan: %v", steps)
		}
		second, err := applyWith(plan, t.Context(), func(e oauthapp.Event) { t.Errorf("event of a plan without steps: %+v", e) })
		if err != nil {
			t.Fatal(err)
		}
		if second.ApplicationID != first.ApplicationID || second.Created || second.Granted != first.Granted || second.Role != first.Role {
			t.Errorf("second result %+v, first %+v", second, first)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("the second run wrote: %q", w)
		}
	})
}

func TestOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Scopes, d.Role = scopes.New(scopes.UsersRead, scopes.LogsRead), oauthapp.RoleNone
		first := s.onboard(d, nil)
		if first.Role != "" || len(first.Roles) != 0 {
			t.Errorf("roles of an app that wants none: %+v", first)
		}
		deactivate(t, s, first.ApplicationID)

		d.Scopes, d.Role = scopes.New(scopes.UsersRead, scopes.GroupsRead), "HELP_DESK_ADMIN"
		plan := s.plan(d, nil)
		if got, want := kinds(plan.Steps()), "activate, role, grant"; got != want {
			t.Fatalf("steps: %s, want %s", got, want)
		}
		if got := plan.Steps()[2].String(); got != "grant the scope okta.groups.read" {
			t.Errorf("third step: %s", got)
		}
		if len(plan.Left) != 1 || !strings.Contains(plan.Left[0], "okta.logs.read") {
			t.Errorf("left: %q, want the grant that is not wanted", plan.Left)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if res.ApplicationID != first.ApplicationID || res.Created || res.Granted != d.Scopes || res.Role != "HELP_DESK_ADMIN" {
			t.Errorf("result: %+v", res)
		}
		if steps := s.plan(d, nil).Steps(); len(steps) != 0 {
			t.Errorf("steps still to do: %v", steps)
		}
	})
}

func deactivate(t *testing.T, s *setup, id string) {
	t.Helper()
	req, err := s.org.NewRequest(t.Context(), "POST", nil, nil, "api", "v1", "apps", id, "lifecycle", "deactivate")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.admin.Do(req, nil); err != nil {
		t.Fatal(err)
	}
}

// With 20 requests a minute for the org, 10 for this principal, the time is
// what the limit allows and not much more.
func TestPacedByTheRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"apps": 20}, Latency: 20 * time.Millisecond})
		start := time.Now()
		waits := map[string]int{}
		var last oauthapp.Event
		res, err := applyWith(s.plan(desired(), nil), t.Context(), func(e oauthapp.Event) {
			if e.Wait != nil {
				waits[string(e.Step.Kind)+": "+e.Wait.Reason]++
			}
			last = e
		})
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		if res.Granted != scopes.Visibility {
			t.Errorf("missing: %s", res.Missing)
		}
		n := 0
		for _, r := range s.sim.Requests() {
			if r.Bucket == "apps" && r.Status != 429 {
				n++
			}
		}
		want := time.Duration(math.Ceil(float64(n)/10)-1) * time.Minute
		if n < 28 || took < want*9/10 || took > want*11/10 {
			t.Errorf("%d requests of the bucket took %v, want %v within 10 percent", n, took, want)
		}
		if waits["grant: rate limit of /api/v1/apps"] == 0 {
			t.Errorf("no event named the rate limit: %v", waits)
		}
		if last.Step.Kind != oauthapp.StepReadBack || last.Done != last.Total {
			t.Errorf("last event: %+v", last)
		}
	})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 10 * time.Millisecond})
		var order []string
		done := map[oauthapp.StepKind]int{}
		inside := 0
		_, err := applyWith(s.plan(desired(), nil), t.Context(), func(e oauthapp.Event) {
			if inside++; inside != 1 {
				t.Error("two progress calls at a time")
			}
			kind := e.Step.Kind
			if e.Done == 0 {
				order = append(order, e.Step.String())
			} else if e.Done != done[kind]+1 {
				t.Errorf("%s: %d done after %d", kind, e.Done, done[kind])
			}
			if want := max(1, e.Step.Scopes.Len()); e.Total != want {
				t.Errorf("%s: total %d, want %d", kind, e.Total, want)
			}
			done[kind] = e.Done
			runtime.Gosched() // lets the others try
			inside--
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{`create the app "acme-visibility" with its key`, "assign the role READ_ONLY_ADMIN", "create the custom role IAM reader with the permission okta.iam.read", "create a resource set of the org's roles, resource sets and admin assignments", "give the app the custom role IAM reader over the resource set", "grant 26 scopes", "read back grants and roles"}
		if !slices.Equal(order, want) {
			t.Errorf("steps: %q, want %q", order, want)
		}
		if done[oauthapp.StepGrant] != 26 || done[oauthapp.StepCreate] != 1 {
			t.Errorf("done: %v", done)
		}
	})
}

func TestPlanIsAppliedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		plan := s.plan(desired(), nil)
		if _, err := plan.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sim.ResetRequests()
		res, err := plan.Apply(t.Context())
		if err == nil || res == nil {
			t.Errorf("second Apply: %v, %v; want a result and an error", res, err)
		}
		if n := len(s.sim.Requests()); n != 0 {
			t.Errorf("second Apply sent %d requests", n)
		}
	})
}

// What the org accepts and does not keep is an outcome: it is named, and the token stays.
func TestAcceptedAndLost(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/clients/0oa000000000000015d7/roles": "assign the role READ_ONLY_ADMIN",
		"/grants":                             "grant the scope okta.users.manage",
		"/bindings":                           "give the app the custom role",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.disturb(func(r *http.Request) bool {
					return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, path) && !strings.Contains(string(readBody(t, r)), "okta.logs.read")
				}, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
					return answer(r, 200, "application/json", `{"id":"made0up","_links":{"self":{"href":"`+r.URL.String()+`"}}}`), nil
				})
				j := &row{}
				plan := s.plan(jobs()["response"], j)
				start := time.Now()
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := res.Err(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("outcome: %v, want %q", err, want)
				}
				if took := time.Since(start); took < 10*time.Second || took > 20*time.Second {
					t.Errorf("it was waited for %v", took)
				}
				if err := plan.RevokeAPIToken(t.Context(), passed(res)); err == nil || s.revoked() {
					t.Errorf("the token was revoked: %v", err)
				}
				s.calm()
				if res, err := s.plan(jobs()["response"], j).Apply(t.Context()); err != nil || res.Err() != nil {
					t.Errorf("the next run: %v, %v", err, res.Err())
				}
			})
		})
	}
}

// A permission that is accepted and lost is one too, and so is what is said to be removed
// and is there still.
func TestAcceptedAndNotDone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*oauthapp.Desired)
		lost   func(*http.Request) bool
		want   string
	}{
		"permission": {func(d *oauthapp.Desired) { d.Permissions = append(d.Permissions, "okta.groups.read") },
			func(r *http.Request) bool { return r.Method == http.MethodPost }, "add the permission okta.groups.read"},
		"revoked grant": {func(d *oauthapp.Desired) { d.Scopes, d.Exact = scopes.New(scopes.LogsRead), true },
			func(r *http.Request) bool { return r.Method == http.MethodDelete }, "revoke the scope okta.users.manage"},
		"removed role": {func(d *oauthapp.Desired) { d.Role, d.Remove.Roles = oauthapp.RoleNone, []string{"READ_ONLY_ADMIN"} },
			func(r *http.Request) bool { return r.Method == http.MethodDelete }, "take the role READ_ONLY_ADMIN"},
		"removed custom role": {func(d *oauthapp.Desired) { d.Role, d.Remove.Roles = oauthapp.RoleReadOnlyAdmin, []string{"IAM reader"} },
			func(r *http.Request) bool { return r.Method == http.MethodDelete }, "take the custom role IAM reader"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, j := newSetup(t, oktatest.Config{}), &row{}
				d := jobs()["response"]
				s.onboard(d, j)
				s.disturb(tc.lost, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
					return answer(r, http.StatusNoContent, "", ""), nil
				})
				tc.change(&d)
				res, err := s.plan(d, j).Apply(t.Context())
				if err == nil {
					err = res.Err()
				}
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("outcome: %v, want %q", err, tc.want)
				}
				s.calm()
				if res, err := s.plan(d, j).Apply(t.Context()); err != nil || res.Err() != nil {
					t.Errorf("the next run: %v, %v", err, res.Err())
				}
			})
		})
	}
}
