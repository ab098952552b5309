package systemlog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// exampleOrg is an org in which something has happened, and a client of it.
func exampleOrg() (*oktaint.Client, func()) {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.APIToken()))
	if err != nil {
		log.Fatal(err)
	}
	user := sim.AddUser(oktatest.User{Login: "ann@example.com"})
	sim.SignIn(user)
	sim.AddLogEvents(oktatest.LogEvent{Type: "user.account.lock", User: user, Result: "FAILURE", Reason: "LOCKED_OUT"})
	return oktaint.NewClient(creds, sim.Transport()), sim.Close
}

// A service stores the events and the position behind them in one transaction, and goes on
// from there.
func ExampleFollow() {
	client, end := exampleOrg()
	defer end()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stored, err := json.Marshal(systemlog.Since(time.Now().Add(-time.Hour)))
	if err != nil {
		log.Fatal(err)
	}

	var at systemlog.Position
	if err := json.Unmarshal(stored, &at); err != nil {
		log.Fatal(err)
	}
	options := systemlog.Options{Filter: systemlog.Eq("outcome.result", "FAILURE")}
	for batch, err := range systemlog.Follow(ctx, client, at, options) {
		if err != nil {
			log.Fatal(err)
		}
		if batch.Gap != nil {
			log.Print(batch.Gap)
		}
		for _, e := range batch.Events {
			fmt.Println(e.Type, e.Actor.AlternateID, e.Outcome.Reason)
		}
		if stored, err = json.Marshal(batch.Next); err != nil { // with the events
			log.Fatal(err)
		}
		break // a service goes on for ever
	}
	// Output: user.account.lock ann@example.com LOCKED_OUT
}

// What is asked in an investigation has an end. The org may store events late, so that a
// range of which nothing may be missing is read again, such as ten minutes later.
func ExampleBetween() {
	client, end := exampleOrg()
	defer end()
	to := time.Now().Add(time.Second)
	filter := systemlog.And(systemlog.TypePrefix("user."), systemlog.Eq("actor.alternateId", "ann@example.com"))
	for e, err := range systemlog.Between(context.Background(), client, to.Add(-time.Hour), to, systemlog.Options{Filter: filter}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Type, e.Outcome.Result)
	}
	// Output:
	// user.session.start SUCCESS
	// user.account.lock FAILURE
}
