package oauthapp_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// foreignAnswers are answers that do not come from Okta, or say nothing about the
// object that was asked for.
var foreignAnswers = map[string]func(*http.Request) *http.Response{
	"html 404":   func(r *http.Request) *http.Response { return answer(r, 404, "text/html", "<html>not found</html>") },
	"empty 404":  func(r *http.Request) *http.Response { return answer(r, 404, "application/json", "") },
	"status 404": func(r *http.Request) *http.Response { return answer(r, 404, "application/json", `{"status":404}`) },
	"no path": func(r *http.Request) *http.Response {
		return answer(r, 404, "application/json", `{"errorCode":"E0000008","errorSummary":"The requested path was not found","errorLink":"E0000008","errorId":"oae1","errorCauses":[]}`)
	},
	"empty 200": func(r *http.Request) *http.Response { return answer(r, 200, "application/json", "") },
	"{} 200":    func(r *http.Request) *http.Response { return answer(r, 200, "application/json", "{}") },
}

// A place is a request of some work: the n-th one of a method and a path, from 1.
// Which request comes first of all is not the same each time.
type place struct {
	method, path string
	n            int
}

// madeIDs are not the same each time, since what has them is made side by side.
var madeIDs = regexp.MustCompile(`\b(oag|cr0|iam)\w+`)

// A proxy stands between a client and the org, and knows what passes it.
type proxy struct {
	mu   sync.Mutex
	seen map[place]bool
	last map[string]int // n of the last request, by method and path

	at     place
	always bool // answer the later ones of this method and path, too
	answer func(*http.Request) *http.Response
	hit    bool
}

// through sends the requests of the setup through p from now on.
func (p *proxy) through(s *setup) {
	p.seen, p.last = map[place]bool{}, map[string]int{}
	s.disturb(func(*http.Request) bool { return true }, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		if p.meets(r) {
			return p.answer(r), nil
		}
		return real.RoundTrip(r)
	})
}

func (p *proxy) meets(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := madeIDs.ReplaceAllString(r.URL.Path, "{id}")
	p.last[r.Method+" "+path]++
	here := place{r.Method, path, p.last[r.Method+" "+path]}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		p.seen[here] = true
	}
	if p.answer == nil || here.method != p.at.method || here.path != p.at.path || here.n < p.at.n || here.n > p.at.n && !p.always {
		return false
	}
	p.hit = true
	return true
}

// A walk is some work in an org.
type walk struct {
	j       *row
	prepare func(*setup)
	work    func(*setup) error
	right   func(*setup) error // what is wrong, if the work says that it is done
	again   func(*setup)       // finishes the work, which must not fail
	strict  func(place) bool   // whether the work is not done without an answer; nil: it may be
}

// checkWalk does the work of a scene with each GET and each DELETE of it answered
// in each foreign way, one place at a time. A DELETE is answered so once, and every
// time.
func checkWalk(t *testing.T, scene func() *walk) (cells int) {
	t.Helper()
	places := &proxy{}
	synctest.Test(t, func(t *testing.T) {
		w, s := scene(), newSetup(t, oktatest.Config{})
		w.prepare(s)
		places.through(s)
		if err := w.work(s); err != nil {
			t.Fatalf("the work is not done where nothing goes wrong: %v", err)
		}
		s.calm()
		if err := w.right(s); err != nil {
			t.Fatalf("where nothing goes wrong: %v", err)
		}
	})
	for at := range places.seen {
		for kind, foreign := range foreignAnswers {
			for _, always := range []bool{false, true} {
				if always && at.method == http.MethodGet {
					continue
				}
				cells++
				cell(t, fmt.Sprintf("%s %s #%d %s always=%v", at.method, strings.ReplaceAll(at.path, "/", "."), at.n, kind, always), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { checkPlace(t, scene(), &proxy{at: at, always: always, answer: foreign}) })
				})
			}
		}
	}
	return cells
}

func checkPlace(t *testing.T, w *walk, p *proxy) {
	s := newSetup(t, oktatest.Config{})
	w.prepare(s)
	p.through(s)
	err := w.work(s)
	s.calm()
	if !p.hit {
		t.Fatal("the place was not met")
	}
	if oktaint.IsNotFound(err) {
		t.Errorf("it says that something is not there: %v", err)
	}
	if err == nil {
		if w.strict != nil && w.strict(p.at) {
			t.Error("it is done without an answer")
		}
		if wrong := w.right(s); wrong != nil {
			t.Errorf("it says that it is done: %v", wrong)
		}
	}
	w.again(s)
	if wrong := w.right(s); wrong != nil {
		t.Errorf("after the next run: %v", wrong)
	}
}

// Nothing is called gone, made twice, left out or forgotten because of an answer
// that does not say so. The next run of the good org finishes the work.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	cells := 0
	for name, scene := range map[string]func() *walk{
		"onboard": walkOnboard, "half done": walkHalfDone, "renamed": walkRenamed, "rollback": walkRollback, "rollback of a lost create": walkLostCreate,
		"revoke the token": walkRevoke, "verify": walkVerify, "check the token": walkCheckToken,
	} {
		t.Run(name, func(t *testing.T) { cells += checkWalk(t, scene) })
	}
	t.Logf("%d cells", cells)
}

// done is an error unless the org is as d wants it, and as it was before besides.
func (s *setup) done(before orgState, d oauthapp.Desired) error {
	s.checkExactly(before, d)
	return nil
}

// walkRuns is the work of a run for d, after which a rollback leaves nothing.
func walkRuns(prepare func(*setup, *row), d oauthapp.Desired) *walk {
	w := &walk{j: &row{}}
	var before orgState
	var bare []byte
	w.prepare = func(s *setup) {
		before, bare = s.state(), s.sim.State()
		prepare(s, w.j)
	}
	w.work = func(s *setup) error { return s.try(s.t.Context(), d, w.j) }
	w.right = func(s *setup) error { return s.done(before, d) }
	w.again = func(s *setup) {
		s.onboard(d, w.j)
		s.checkExactly(before, d)
		s.undo(bare, w.j)
		s.onboard(d, w.j)
	}
	return w
}

func walkOnboard() *walk { return walkRuns(func(*setup, *row) {}, jobs()["response"]) }

// walkHalfDone goes on where the custom role and its set are there, and the app does
// not hold the role.
func walkHalfDone() *walk {
	d := jobs()["visibility"] // one binding, so that it is known what was made by then
	return walkRuns(func(s *setup, j *row) {
		isBinding := func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/bindings")
		}
		if err := s.try(s.abandon(isBinding, "before"), d, j); err == nil {
			s.t.Error("the abandoned run returned no error")
		}
		s.calm()
	}, d)
}

// walkRenamed finds an app by the id of the journal alone.
func walkRenamed() *walk {
	const renamed = "renamed in the console"
	d := jobs()["response"]
	w := walkRuns(func(s *setup, j *row) {
		id := s.onboard(d, j).ApplicationID
		object := s.object(id)
		object["label"] = renamed
		req, err := s.org.NewRequest(s.t.Context(), http.MethodPut, nil, object, "api", "v1", "apps", id)
		s.send(req, err)
	}, d)
	var before orgState
	var bare []byte
	prepare := w.prepare
	w.prepare = func(s *setup) {
		before, bare = s.state(), s.sim.State()
		prepare(s)
	}
	now := d
	now.Label = renamed
	w.right = func(s *setup) error { return s.done(before, now) }
	w.again = func(s *setup) {
		s.onboard(d, w.j)
		s.checkExactly(before, now)
		s.undo(bare, w.j)
		s.onboard(now, w.j)
	}
	return w
}

func walkRollback() *walk {
	w := walkRuns(func(*setup, *row) {}, jobs()["response"])
	d, prepare := jobs()["response"], w.prepare
	var bare []byte
	var undone *oauthapp.TeardownResult
	w.prepare = func(s *setup) {
		bare = s.sim.State()
		prepare(s)
		s.onboard(d, w.j)
	}
	w.work = func(s *setup) (err error) {
		undone, err = s.takeBack(s.t.Context(), w.j)
		s.checkRemoved(says(undone.Done))
		return err
	}
	w.right = func(s *setup) error { return s.same(bare) }
	w.again = func(s *setup) { s.undo(bare, w.j) }
	return w
}

// walkLostCreate rolls back an app whose id the journal does not have.
func walkLostCreate() *walk {
	w := walkRollback()
	prepare := func(s *setup) {
		if err := s.try(s.abandon(isCreate, "lost"), jobs()["visibility"], w.j); err == nil {
			s.t.Error("the abandoned run returned no error")
		}
		s.calm()
	}
	var bare []byte
	w.prepare = func(s *setup) {
		bare = s.sim.State()
		prepare(s)
	}
	w.right = func(s *setup) error { return s.same(bare) }
	w.again = func(s *setup) { s.undo(bare, w.j) }
	return w
}

func (s *setup) same(bare []byte) error {
	if now := s.sim.State(); !bytes.Equal(bare, now) {
		return fmt.Errorf("the org is not as before:\n%s\n%s", bare, now)
	}
	return nil
}

// checkRemoved holds what a rollback calls removed against the org.
func (s *setup) checkRemoved(removed []string) {
	s.t.Helper()
	state := s.state()
	lists := map[string]string{
		"the app": "apps", "the resource set": "resourceSets", "the custom role": "customRoles", "the binding": "bindings",
	}
	for _, what := range removed {
		for begin, list := range lists {
			if strings.HasPrefix(what, begin) && strings.Contains(string(state[list]), label) {
				s.t.Errorf("%s is there: %s", what, state[list])
			}
		}
	}
}

func walkRevoke() *walk {
	w := walkRuns(func(*setup, *row) {}, jobs()["visibility"])
	d := jobs()["visibility"]
	w.prepare = func(s *setup) { s.onboard(d, w.j) }
	revoke := func(s *setup, plan *oauthapp.Plan) error {
		res, err := plan.Apply(s.t.Context())
		if err != nil {
			return err
		}
		return plan.RevokeAPIToken(s.t.Context(), passed(res))
	}
	w.work = func(s *setup) error {
		plan, err := oauthapp.BuildPlan(s.t.Context(), s.admin, d, w.j)
		if err != nil || plan.Owner.ID == "" {
			return errors.Join(err, errors.New("there is no plan of an API token"))
		}
		return revoke(s, plan)
	}
	w.right = func(s *setup) error {
		if !s.revoked() {
			return errors.New("the token works still")
		}
		return nil
	}
	w.again = func(s *setup) {
		plan, err := oauthapp.BuildPlan(s.t.Context(), s.admin, d, w.j)
		if errors.Is(err, oauthapp.ErrTokenRevoked) && s.revoked() {
			return
		}
		if err == nil {
			err = revoke(s, plan)
		}
		if err != nil {
			s.t.Error(err)
		}
	}
	return w
}

// walkVerify reads: what the org does not show is not verified.
func walkVerify() *walk {
	var creds oktaint.Credentials
	var report *oauthapp.Report
	verify := func(s *setup) (err error) {
		report, err = oauthapp.Verify(s.t.Context(), creds, oauthapp.VerifyOptions{Base: s.base})
		if err == nil {
			err = report.Err()
		}
		return err
	}
	return &walk{
		prepare: func(s *setup) {
			d := jobs()["visibility"]
			creds = s.credentials(s.onboard(d, nil), d.Scopes)
		},
		work:  verify,
		right: func(*setup) error { return nil },
		// Which roles an app holds is not known if they are not shown.
		strict: func(at place) bool { return !strings.HasPrefix(at.path, "/oauth2/v1/clients/") },
		again: func(s *setup) {
			if err := verify(s); err != nil {
				s.t.Error(err)
			}
		},
	}
}

// walkCheckToken only reads: what cannot be read is an error or a warning.
func walkCheckToken() *walk {
	var report *oauthapp.TokenReport
	check := func(s *setup) (err error) {
		report, err = oauthapp.CheckAPIToken(s.t.Context(), s.admin)
		return err
	}
	right := func(*setup) error {
		if report.Owner.ID == "" || report.Owner.Login == "" || len(report.Owner.Roles) == 0 {
			return fmt.Errorf("the owner is %+v", report.Owner)
		}
		if report.TokenID == "" && !warned(report.Warnings, "could not be read") {
			return fmt.Errorf("there is no token, and the warnings are %q", report.Warnings)
		}
		return nil
	}
	return &walk{
		prepare: func(*setup) {}, work: check, right: right,
		again: func(s *setup) {
			if err := check(s); err != nil || report.TokenID == "" {
				s.t.Errorf("%+v, %v", report, err)
			}
		},
	}
}
