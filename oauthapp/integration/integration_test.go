package integration_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// faults are what may happen to a request, as oktatest calls it. An empty list is not
// among them: nothing tells it from the org's word.
var faults = []string{
	"refuse", "reset-before", "reset-after", "429", "500", "502", "503", "504", "html", "cut", "proxy-404",
	"answer=200", "answer=200 {}", "answer=404", `answer=404 {"status":404}`, "answer=404 E0000008", "answer=403 E0000006",
}

// madeFaults are answers of a proxy to a request that took effect all the same.
var madeFaults = map[string]func(*http.Request) *http.Response{
	"made, html":      func(r *http.Request) *http.Response { return answer(r, 200, "<html>sign in</html>") },
	"made, empty 200": func(r *http.Request) *http.Response { return answer(r, 200, "") },
	"made, {}":        func(r *http.Request) *http.Response { return answer(r, 200, "{}") },
	"made, empty id":  func(r *http.Request) *http.Response { return answer(r, 200, `{"id":""}`) },
}

// mended are those that the same run gets over if they happen to a write.
var mended = []string{
	"refuse", "reset-before", "reset-after", "429", "500", "502", "503", "504", "html", "cut", "answer=200", "answer=200 {}",
	"made, html", "made, empty 200", "made, {}", "made, empty id",
}

// lateFaults are those that happen in an org that shows everything late, too.
var lateFaults = []string{"reset-before", "reset-after", "503", "proxy-404", "answer=200 {}", "made, {}"}

// deaths are how a process dies at a request: it is never sent, its answer is lost, or it
// is answered and nothing more is sent.
var deaths = []string{"killed before", "killed, lost", "killed, answered"}

// A job is some work on an org.
type job struct {
	prepare func(*setup)
	work    func(context.Context, *setup) error
	right   func(*setup) error                  // what is wrong if the work says that it is done
	again   func(context.Context, *setup) error // finishes the work
}

var jobs = map[string]job{
	"install": {
		prepare: func(*setup) {},
		work:    func(ctx context.Context, s *setup) error { return s.tryInstall(ctx, desired()) },
		right:   (*setup).installed,
		again:   installAgain,
	},
	"another secret": {
		prepare: func(s *setup) { s.install(desired()) },
		work: func(ctx context.Context, s *setup) error {
			d := desired()
			d.NewSecret = true
			return s.tryInstall(ctx, d)
		},
		right: func(s *setup) error {
			if s.v.stored < 2 {
				return errors.New("no second secret is stored")
			}
			return s.installed()
		},
		again: func(ctx context.Context, s *setup) error {
			d := desired()
			d.NewSecret = true
			return s.tryInstall(ctx, d)
		},
	},
	"rotate": {
		prepare: func(s *setup) { s.install(desired()) },
		work:    func(ctx context.Context, s *setup) error { return s.rotate(ctx) },
		right:   (*setup).rotated,
		again:   func(ctx context.Context, s *setup) error { return s.rotate(ctx) },
	},
	"remove": {
		prepare: func(s *setup) { s.install(desired()) },
		work:    tryRemove,
		right:   (*setup).removed,
		again:   tryRemove,
	},
	"read": {
		prepare: func(s *setup) { s.install(desired()) },
		work:    tryRead,
		right:   func(*setup) error { return nil },
		again:   tryRead,
	},
}

func (s *setup) tryInstall(ctx context.Context, d integration.Desired) error {
	_, err := integration.Install(ctx, s.admin, d, s.v.store)
	return err
}

func installAgain(ctx context.Context, s *setup) error {
	d := desired()
	d.NewSecret, d.Interrupted = s.v.stored == 0, true
	return s.tryInstall(ctx, d)
}

func tryRemove(ctx context.Context, s *setup) error {
	return integration.Remove(ctx, s.admin, s.v.creds.ClientID)
}

// tryRead reads one instance in two ways: it is never said to be missing.
func tryRead(ctx context.Context, s *setup) error {
	list, err := integration.List(ctx, s.admin, catalogueType)
	one, getErr := integration.Get(ctx, s.admin, s.v.creds.ClientID)
	if getErr == nil && one.ID != s.v.creds.ClientID {
		s.t.Errorf("instance: %+v", one)
	}
	if err == nil && len(list) != 1 {
		s.t.Errorf("%d instances", len(list))
	}
	if oktaint.IsNotFound(err) || oktaint.IsNotFound(getErr) {
		s.t.Errorf("it says that something is not there: %v, %v", err, getErr)
	}
	return errors.Join(err, getErr)
}

// installed is what is wrong with an org that should have one integration, whose secret is
// stored.
func (s *setup) installed() error {
	all := s.instances()
	if len(all) != 1 || strings.Join(all[0].roles, " ") != "READ_ONLY_ADMIN" || all[0].ID != s.v.creds.ClientID {
		return fmt.Errorf("instances: %+v", all)
	}
	return s.mint(s.v.creds)
}

func (s *setup) rotated() error {
	if got := s.secrets(s.v.creds.ClientID); strings.Join(got, " ") != "ACTIVE" || s.v.stored < 2 {
		return fmt.Errorf("secrets %q, stored %d times", got, s.v.stored)
	}
	return s.installed()
}

func (s *setup) removed() error {
	if all := s.instances(); len(all) != 0 {
		return fmt.Errorf("instances: %+v", all)
	}
	return nil
}

// requests counts the requests of a job.
func (j job) requests(t *testing.T) (n int) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j.prepare(s)
		s.sim.ResetRequests()
		if err := j.work(t.Context(), s); err != nil {
			t.Fatalf("where nothing goes wrong: %v", err)
		}
		n = len(s.sim.Requests())
		if err := j.right(s); err != nil {
			t.Fatalf("where nothing goes wrong: %v", err)
		}
	})
	return n
}

// strike lets a fault happen to the n-th request, and returns the context of the work.
func (s *setup) strike(n int, kind string) context.Context {
	ctx, kill := context.WithCancel(s.t.Context())
	s.t.Cleanup(kill)
	made := madeFaults[kind]
	s.disturb(hit{nth(n), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		s.writes = r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/token")
		switch {
		case kind == "killed before":
			kill()
			return nil, io.ErrUnexpectedEOF
		case made != nil || slices.Contains(deaths, kind):
			resp, err := real.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
			kill()
			if err != nil || kind == "killed, answered" {
				return resp, err
			}
			resp.Body.Close()
			if made != nil {
				return made(r), nil
			}
			return nil, io.ErrUnexpectedEOF
		}
		if err := s.sim.AddFault(r.Method + " " + r.URL.Path + " #1 " + kind); err != nil {
			s.t.Error(err)
		}
		return real.RoundTrip(r)
	}})
	if made != nil {
		return s.t.Context()
	}
	return ctx
}

// Whatever happens to whichever request, nothing is called done that is not so, and the
// next run of the calm org ends the work: also if it follows at once, and the org shows
// everything 5 s late.
func TestFaults(t *testing.T) {
	t.Parallel()
	kinds := append(slices.Concat(faults, deaths), "made, html", "made, empty 200", "made, {}", "made, empty id")
	cells := 0
	for name, j := range jobs {
		for n := range j.requests(t) {
			for _, kind := range kinds {
				for _, lag := range []time.Duration{0, 5 * time.Second} {
					if lag > 0 && !slices.Contains(append(lateFaults, deaths...), kind) {
						continue
					}
					cells++
					t.Run(fmt.Sprintf("%s #%d %s lag=%v", name, n+1, kind, lag), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { j.check(t, n+1, kind, lag) })
					})
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}

func (j job) check(t *testing.T, n int, kind string, lag time.Duration) {
	s := newSetup(t, oktatest.Config{Lag: oktatest.Lag{All: lag}})
	j.prepare(s)
	time.Sleep(lag)
	stored := s.v.stored
	ctx := s.strike(n, kind)
	err := j.work(ctx, s)
	if err == nil && ctx.Err() != nil && kind != "killed, answered" { // the last answer may have been all that it took
		t.Error("a dead process reported success")
	}
	if err != nil && s.writes && slices.Contains(mended, kind) {
		t.Errorf("it did not get over a fault: %v", err)
	}
	if err == nil {
		if wrong := j.right(s.later(lag)); wrong != nil {
			t.Errorf("it says that it is done: %v", wrong)
		}
	}
	if lag == 0 && (s.v.stored > stored || stored > 0 && len(s.instances()) > 0) {
		if err := s.mint(s.v.creds); err != nil {
			t.Errorf("what is stored does not work: %v", err)
		}
	}
	s.calm()
	s.sim.ClearFaults()
	if err := j.again(t.Context(), s); err != nil {
		t.Fatalf("the next run, after %v: %v", err, err)
	}
	if wrong := j.right(s.later(lag)); wrong != nil {
		t.Errorf("after the next run: %v", wrong)
	}
}

// later waits until the org shows what it has.
func (s *setup) later(lag time.Duration) *setup {
	time.Sleep(lag)
	return s
}

// What a list says of an instance is that of the org.
func TestList(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	mine := s.install(desired()).Instance
	other := s.sim.InstallIntegration(oktatest.Integration{Type: "other", Scopes: scopes.New(scopes.GroupsRead)})
	all, err := integration.List(t.Context(), s.admin, "")
	if err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
	ours, err := integration.List(t.Context(), s.admin, catalogueType)
	if err != nil || len(ours) != 1 || ours[0] != mine || mine.Granted != entry || mine.Type != catalogueType || mine.CreatedBy == "" {
		t.Errorf("%+v, %v", ours, err)
	}
	one, err := integration.Get(t.Context(), s.admin, other)
	if err != nil || one.ID != other || one.Granted != scopes.New(scopes.GroupsRead) {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := integration.Get(t.Context(), s.admin, "0oanobody"); !oktaint.IsNotFound(err) {
		t.Errorf("nobody: %v", err)
	}
}

// A list with something that has no id is no list of instances.
func TestListOfNothing(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	for _, text := range []string{`[{}]`, `[{"id":""}]`, `{}`, ``, `<html></html>`} {
		s.disturb(hit{ends(http.MethodGet, "/api-services"), claim(200, text)})
		if list, err := integration.List(t.Context(), s.admin, ""); err == nil {
			t.Errorf("%s: %+v", text, list)
		}
	}
}

// What the credential lacks is said with what all of the work takes.
func TestExplained(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	weak := s.sim.AddServiceApp(oktatest.ServiceApp{Scopes: entry, Roles: []string{"SUPER_ADMIN"}})
	creds, err := oktaint.ParseCredentials(s.sim.Credentials(weak))
	if err != nil {
		t.Fatal(err)
	}
	_, err = integration.List(t.Context(), oktaint.NewClient(creds, s.base), "")
	if !oktaint.Lacks(err, oktaint.LacksScope) || !strings.Contains(err.Error(), integration.Scopes.String()) {
		t.Errorf("a token without the scope: %v", err)
	}
	reader := s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN"))
	err = s.tryInstallAs(reader)
	if !oktaint.Lacks(err, oktaint.LacksRole) || !strings.Contains(err.Error(), "takes the role SUPER_ADMIN") || strings.Count(err.Error(), "integration: ") != 1 {
		t.Errorf("a reader: %v", err)
	}
}

func (s *setup) tryInstallAs(c *oktaint.Client) error {
	_, err := integration.Install(s.t.Context(), c, desired(), s.v.store)
	return err
}
