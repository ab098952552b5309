package oauthapp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An integrationRow is a row of the backend's table of integrations. A mutex
// stands in for the database's transactions.
type integrationRow struct {
	mu      sync.Mutex
	key     oktaint.Key // stored, encrypted, before the first run
	journal []byte      // jsonb, null at first
	version int         // integer not null default 0
}

// Load implements durable.State.
//
//	SELECT journal, version FROM integrations WHERE id = $1
func (r *integrationRow) Load(ctx context.Context) ([]byte, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.journal), strconv.Itoa(r.version), ctx.Err()
}

// Save implements durable.State.
//
//	UPDATE integrations SET journal = $1, version = version + 1
//	WHERE id = $2 AND version = $3 RETURNING version
func (r *integrationRow) Save(ctx context.Context, state []byte, prev string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if strconv.Itoa(r.version) != prev { // no row was updated
		return "", durable.ErrConflict
	}
	r.journal, r.version = bytes.Clone(state), r.version+1
	return strconv.Itoa(r.version), nil
}

// A backend is one process of a web backend. It keeps nothing between requests:
// what a run has done is in the row.
type backend struct {
	row   *integrationRow
	admin *oktaint.Client // with the token that the administrator has pasted
}

// ServeHTTP onboards and streams what happens to the administrator's browser.
// If the tab is closed, the request's context ends, and so does the run.
func (b backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	say := func(format string, args ...any) {
		fmt.Fprintf(w, "data: "+format+"\n\n", args...)
		_ = stream.Flush() // the tab may be closed
	}
	result, err := b.onboard(r.Context(), func(e oauthapp.Event) {
		switch {
		case e.Wait != nil:
			say("waiting for %v: %s", e.Wait.For, e.Wait.Reason)
		case e.Done == 0:
			say("%s", e.Step)
		}
	})
	switch {
	case errors.Is(err, durable.ErrConflict):
		say("another tab is at work on this")
	case err != nil:
		say("not finished: %v", err)
	default:
		say("done: %d scopes, role %s", result.Granted.Len(), result.Role)
	}
}

func (b backend) onboard(ctx context.Context, progress func(oauthapp.Event)) (*oauthapp.Result, error) {
	plan, err := oauthapp.BuildPlan(ctx, b.admin, oauthapp.Desired{
		Label:  "acme-visibility",
		Key:    b.row.key.Public(),
		Scopes: scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.LogsRead),
	}, b.row)
	if err != nil {
		return nil, err
	}
	plan.Progress = progress
	return plan.Apply(ctx)
}

// A tab is a browser's tab: it prints what it is sent. look is called for each
// line.
type tab struct {
	*httptest.ResponseRecorder
	name string
	look func(line string)
}

func (t tab) Write(p []byte) (int, error) {
	line := strings.TrimPrefix(strings.TrimSpace(string(p)), "data: ")
	fmt.Printf("%s: %s\n", t.name, line)
	if t.look != nil {
		t.look(line)
	}
	return len(p), nil
}

// open has a tab ask a process of the backend to onboard.
func (t tab) open(ctx context.Context, b backend) {
	t.ResponseRecorder = httptest.NewRecorder()
	b.ServeHTTP(t, httptest.NewRequestWithContext(ctx, http.MethodPost, "/integrations/1/onboard", http.NoBody))
}

// Onboarding inside a web backend: the journal is a column of a row, with a
// version beside it. A closed tab leaves a job half done, another process goes
// on with it, and of two tabs at once one is told so.
func Example_webBackend() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	row := new(integrationRow)
	if row.key, err = oktaint.GenerateKey(); err != nil {
		log.Fatal(err)
	}
	process := func() backend {
		token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
		return backend{row, oktaint.NewClient(token, sim.Transport())}
	}

	// The administrator closes the first tab as soon as the app is there.
	ctx, closeTab := context.WithCancel(context.Background())
	first := tab{name: "first tab", look: func(line string) {
		if strings.HasPrefix(line, "grant") {
			closeTab()
		}
	}}
	first.open(ctx, process())

	// Later, in another process, two tabs are open at once.
	third := tab{name: "third tab"}
	second := tab{name: "second tab", look: func(line string) {
		if strings.HasPrefix(line, "grant") {
			third.open(context.Background(), process())
		}
	}}
	second.open(context.Background(), process())

	// However often it is run, there is one app.
	fourth := tab{name: "fourth tab"}
	fourth.open(context.Background(), process())

	// Output:
	// first tab: create the app "acme-visibility" with its key
	// first tab: assign the role READ_ONLY_ADMIN
	// first tab: create the custom role IAM reader with the permission okta.iam.read
	// first tab: create a resource set of the org's roles, resource sets and admin assignments
	// first tab: give the app the custom role IAM reader over the resource set
	// first tab: grant 3 scopes
	// first tab: not finished: oauthapp: could not grant 3 scopes: context canceled
	// second tab: grant 3 scopes
	// third tab: grant 3 scopes
	// third tab: read back grants and roles
	// third tab: done: 3 scopes, role READ_ONLY_ADMIN
	// second tab: another tab is at work on this
	// fourth tab: done: 3 scopes, role READ_ONLY_ADMIN
}
