package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// client acts with the credentials of an API token or a client id.
func (o *org) client(t testing.TB, of string) *oktaint.Client {
	t.Helper()
	creds, err := oktaint.ParseCredentials(o.Credentials(of))
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(creds, o.Transport())
}

// The events of the credential since the run began are counted, and nobody else's.
func TestCausedBy(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	c := o.client(t, o.APIToken())
	o.signIn(t, 20) // by others
	began := time.Now()
	for i := range 3 {
		login := fmt.Sprintf("%d@example.com", i)
		body := map[string]any{"profile": map[string]string{"login": login, "email": login, "firstName": "A", "lastName": "B"}}
		req, err := c.Org.NewRequest(t.Context(), http.MethodPost, map[string][]string{"activate": {"false"}}, body, "api", "v1", "users")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Do(req, nil); err != nil {
			t.Fatal(err)
		}
	}
	got, err := causedBy(t.Context(), c, &inventory.Report{Started: began})
	if err != nil || got == nil || got.Failed != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	// The owner has signed in when the org was made, perhaps in this millisecond.
	if text := got.text(); !strings.HasPrefix(text, "This run in the System Log so far: 3 user.lifecycle.create") {
		t.Error(text)
	}
	if got, err = causedBy(t.Context(), c, &inventory.Report{Started: time.Now().Add(time.Minute)}); err != nil || len(got.Events) != 0 {
		t.Errorf("later: %+v, %v", got, err)
	}
}

// What cannot be asked for is not asked for, and what is refused does not spoil the run.
func TestCausedByUnknown(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	narrow := o.client(t, o.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.New(scopes.UsersRead)}))
	if _, err := narrow.Source().TokenContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := causedBy(t.Context(), narrow, new(inventory.Report)); got != nil || err != nil || count(o, "/api/v1/logs") > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	roleless := o.client(t, o.AddServiceApp(oktatest.ServiceApp{Label: "other", Scopes: scopes.New(scopes.LogsRead)}))
	if _, err := roleless.Source().TokenContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := causedBy(t.Context(), roleless, &inventory.Report{Started: time.Now()}); err != nil || got == nil || got.Failed == "" {
		t.Errorf("%+v, %v", got, err)
	}
}
