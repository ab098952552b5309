package oktaint_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// A token source for a service that has its own HTTP stack.
func ExamplePrivateKeyJWT() {
	org, err := oktaint.ParseOrg("acme") // https://acme.okta.com
	if err != nil {
		log.Fatal(err)
	}
	key, err := oktaint.ParseKey([]byte(os.Getenv("OKTA_PRIVATE_KEY")), "")
	if err != nil {
		log.Fatal(err)
	}
	src := oktaint.PrivateKeyJWT{
		Org: org, ClientID: "0oa1example", Key: key, Scopes: scopes.New(scopes.UsersRead),
	}.Source(nil)
	hc := &http.Client{Transport: &oauth2.Transport{Source: src}}
	_ = hc
}

// A client for a collector, from stored credentials.
func ExampleList() {
	ctx := context.Background()
	creds, err := oktaint.ReadCredentials("acme.json") // what onboarding wrote
	if err != nil {
		log.Fatal(err)
	}
	client := oktaint.NewClient(creds, nil)
	for user, err := range oktaint.List[User](ctx, client, nil, "api", "v1", "users") {
		if err != nil {
			log.Fatal(err) // the list is not complete
		}
		fmt.Println(user.ID, user.Status, user.Profile.Login)
	}
}

type User struct {
	ID, Status string
	Profile    struct{ Login string }
}

// Against a simulated org, which needs no tenant and no network.
func ExampleClient_Get() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	client := oktaint.NewClient(token, sim.Transport())

	var me User
	if err := client.Get(context.Background(), &me, nil, "api", "v1", "users", "me"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Status)

	err = client.Get(context.Background(), &me, nil, "api", "v1", "users", "nobody@example.com")
	fmt.Println(oktaint.IsNotFound(err))
	// Output:
	// ACTIVE
	// true
}

// Canned answers, for a service's own tests of what it does with them.
func ExampleTransport() {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("GET", "https://acme.okta.com/api/v1/users/00u1",
		httpmock.NewStringResponder(403, `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}`))

	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		log.Fatal(err)
	}
	client := oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00example")}, mock)

	err = client.Get(context.Background(), nil, nil, "api", "v1", "users", "00u1")
	var e *oktaint.Error
	denial, _ := oktaint.Denied(err)
	fmt.Println(errors.As(err, &e), e.StatusCode, e.Code, "lacks a", denial.Lacks)
	fmt.Println(mock.GetTotalCallCount(), "request")
	// Output:
	// true 403 E0000006 lacks a role
	// 1 request
}

// A service that goes on with a new key when somebody rotates it: the file is read for
// every assertion.
func ExampleKeyFile() {
	org, err := oktaint.ParseOrg("acme.okta.com")
	if err != nil {
		log.Fatal(err)
	}
	c := oktaint.NewClient(oktaint.PrivateKeyJWT{
		Org: org, ClientID: "0oa1", Scopes: scopes.Visibility,
		Keys: oktaint.KeyFile{Path: "acme.json"},
	}, nil)
	fmt.Println(c.Source())
	// Output: oktaint: private_key_jwt for https://acme.okta.com
}

// What an org has, and what happens there from then on.
func Example_everything() {
	ctx, creds := context.Background(), oktaint.Credentials{}
	client := oktaint.NewClient(creds, nil)
	store := func([]systemlog.Event, systemlog.Position) error { return nil }

	began := time.Now()
	files, err := inventory.OpenFiles("acme", inventory.FileOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer files.Close()
	report, err := inventory.Collect(ctx, client, files, inventory.Options{Roles: creds.Roles})
	if err != nil {
		log.Fatal(err)
	}
	for _, g := range report.Groups() {
		fmt.Println(g.Status, g.Reasons, g.Remedy)
	}

	for batch, err := range systemlog.Follow(ctx, client, systemlog.Since(began), systemlog.Options{}) {
		if err != nil {
			log.Fatal(err)
		}
		if err := store(batch.Events, batch.Next); err != nil { // in one transaction
			log.Fatal(err)
		}
	}
}
