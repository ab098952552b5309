package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A setup is a simulated org with a Super Admin's client of it, and a responder
// that keeps its records in memory.
type setup struct {
	t       *testing.T
	sim     *oktatest.Org
	org     oktaint.Org
	client  *oktaint.Client
	records *memory
	clients map[string]*oktaint.Client // of the table
}

// newSetup makes an org in which a suspension leaves the sessions: only the request that
// ends them does, so that a test sees whether it was sent.
func newSetup(t *testing.T, config oktatest.Config) *setup {
	t.Helper()
	config.SuspendKeepsSessions = true
	sim := oktatest.New(t, config)
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	s := &setup{t: t, sim: sim, org: org, records: new(memory)}
	s.client = s.tokenClient(sim.APIToken())
	return s
}

// tokenClient returns a client that works with an API token.
func (s *setup) tokenClient(value string) *oktaint.Client {
	return s.clientOver(s.sim.Transport(), value)
}

// over returns a client of the Super Admin's whose requests pass a RoundTripper.
func (s *setup) over(base http.RoundTripper) *oktaint.Client {
	return s.clientOver(base, s.sim.APIToken())
}

func (s *setup) clientOver(base http.RoundTripper, value string) *oktaint.Client {
	token := oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(value)}
	return oktaint.NewClient(token, base)
}

func (s *setup) responder(g remediation.Guards) *remediation.Responder {
	return &remediation.Responder{Client: s.client, Guards: g, Recorder: s.records, Actor: "soc"}
}

// plan builds a plan that must not fail.
func (s *setup) plan(r *remediation.Responder, actions ...remediation.Action) *remediation.Plan {
	s.t.Helper()
	p, err := r.BuildPlan(context.Background(), actions...)
	if err != nil {
		s.t.Fatalf("BuildPlan: %v", err)
	}
	return p
}

// run plans, approves and runs, which must not fail.
func (s *setup) run(r *remediation.Responder, actions ...remediation.Action) *remediation.Report {
	s.t.Helper()
	return s.runPlan(r, s.plan(r, actions...))
}

func (s *setup) runPlan(r *remediation.Responder, p *remediation.Plan) *remediation.Report {
	s.t.Helper()
	report, err := r.Run(context.Background(), p, p.Approve("alice@example.com", time.Hour))
	if err != nil {
		s.t.Fatalf("Run: %v\n%s", err, p)
	}
	return report
}

// writes returns the requests that may have changed the org, as "POST /path".
func (s *setup) writes() []string {
	var list []string
	for _, r := range s.sim.Requests() {
		if r.Method != http.MethodGet && r.Path != "/oauth2/v1/token" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

// status returns the status of a user, or "gone".
func (s *setup) status(id string) remediation.Status {
	s.t.Helper()
	var user struct{ Status remediation.Status }
	switch err := s.client.Get(context.Background(), &user, nil, "api", "v1", "users", id); {
	case oktaint.IsNotFound(err):
		return "gone"
	case err != nil:
		s.t.Fatal(err)
	}
	return user.Status
}

// state is the org's state without the times at which things changed.
func (s *setup) state() string {
	s.t.Helper()
	var v any
	if err := json.Unmarshal(s.sim.State(), &v); err != nil {
		s.t.Fatal(err)
	}
	dropTimes(v)
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func dropTimes(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			dropTimes(item)
		}
	case map[string]any:
		for key, item := range v {
			switch key {
			case "created", "lastUpdated", "statusChanged", "lastMembershipUpdated", "passwordChanged", "activated",
				"passwordNumber": // a random password may be set twice
				delete(v, key)
			default:
				dropTimes(item)
			}
		}
	}
}

// editRule replaces a part of a rule's JSON.
func (s *setup) editRule(id, from, to string) {
	s.t.Helper()
	var doc json.RawMessage
	if err := s.client.Get(s.t.Context(), &doc, nil, "api", "v1", "groups", "rules", id); err != nil {
		s.t.Fatal(err)
	}
	edited := strings.Replace(string(doc), from, to, 1)
	if edited == string(doc) {
		s.t.Fatalf("no %s in %s", from, doc)
	}
	req, err := s.org.NewRequest(s.t.Context(), http.MethodPut, nil, json.RawMessage(edited), "api", "v1", "groups", "rules", id)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.client.Do(req, nil); err != nil {
		s.t.Fatal(err)
	}
}

// difference shows the lines that only one of two states has.
func difference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, line := range left {
		if !slices.Contains(right, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range right {
		if !slices.Contains(left, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// outcomes lists what came of the steps of a report.
func outcomes(r *remediation.Report) string {
	var words []string
	for _, s := range r.Steps {
		words = append(words, string(s.Outcome))
	}
	return strings.Join(words, " ")
}

// verdicts lists what a plan says of its steps.
func verdicts(p *remediation.Plan) string {
	var words []string
	for _, s := range p.Steps {
		words = append(words, string(s.Verdict))
	}
	return strings.Join(words, " ")
}

// memory is a Recorder in memory, which keeps records as JSON, as a file does.
type memory struct {
	mu    sync.Mutex
	lines [][]byte
	fail  func(n int, r remediation.Record) error // called before the n-th Append, from 1
	count int
}

func (m *memory) Append(_ context.Context, r remediation.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	if m.fail != nil {
		if err := m.fail(m.count, r); err != nil {
			return err
		}
	}
	line, err := json.Marshal(r)
	if err == nil {
		m.lines = append(m.lines, line)
	}
	return err
}

func (m *memory) Records(_ context.Context, org oktaint.Org) iter.Seq2[remediation.Record, error] {
	m.mu.Lock()
	lines := slices.Clone(m.lines)
	m.mu.Unlock()
	return func(yield func(remediation.Record, error) bool) {
		for _, line := range lines {
			var r remediation.Record
			err := json.Unmarshal(line, &r)
			if err == nil && r.Org != org {
				continue
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// failAt lets the n-th Append fail, from 1, as if the process were killed there.
func (m *memory) failAt(n int) {
	m.fail = func(i int, _ remediation.Record) error {
		if i == n {
			return errDead
		}
		return nil
	}
}

// all returns the records.
func (m *memory) all(t *testing.T, org oktaint.Org) []remediation.Record {
	t.Helper()
	var list []remediation.Record
	for r, err := range m.Records(context.Background(), org) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// outcomesOf lists the outcomes in the records, by the kind of action.
func outcomesOf(records []remediation.Record) string {
	var words []string
	for _, r := range records {
		words = append(words, string(r.Action.Facts().Kind)+":"+string(r.Outcome))
	}
	return strings.Join(words, " ")
}

func isDelete(r *http.Request) bool { return r.Method == http.MethodDelete }

// rewrite edits the answers to the GETs of a path. An answer that is edited to
// nothing has no body.
type rewrite struct {
	next http.RoundTripper
	path string
	edit func(string) string
}

func (e *rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.next.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || r.URL.Path != e.path {
		return resp, err
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	edited := e.edit(string(text))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(edited)), int64(len(edited))
	resp.Header.Del("Content-Length")
	return resp, nil
}
