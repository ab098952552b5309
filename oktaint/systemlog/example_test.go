package systemlog_test

import (
	"context"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// The failed sign-ins of the last hour.
func ExampleBetween() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.APIToken()))
	if err != nil {
		fmt.Println(err)
		return
	}
	c := oktaint.NewClient(creds, sim.Transport())
	sim.AddLogEvents(
		oktatest.LogEvent{Result: "FAILURE", Reason: "INVALID_CREDENTIALS"},
		oktatest.LogEvent{},
		oktatest.LogEvent{Type: "user.account.lock"},
	)

	failed := systemlog.And(systemlog.Type("user.session.start"), systemlog.Eq("outcome.result", "FAILURE"))
	now := time.Now().Add(time.Second)
	for event, err := range systemlog.Between(context.Background(), c, now.Add(-time.Hour), now, systemlog.Options{Filter: failed}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event.Type, event.Outcome.Result, event.Outcome.Reason)
	}
	// Output: user.session.start FAILURE INVALID_CREDENTIALS
}

// A service follows the log from where it was, and keeps events and position together.
func ExampleFollow() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	creds, err := oktaint.ParseCredentials(sim.Credentials(sim.APIToken()))
	if err != nil {
		fmt.Println(err)
		return
	}
	c := oktaint.NewClient(creds, sim.Transport())
	pos := systemlog.Since(time.Now())
	sim.AddLogEvents(oktatest.LogEvent{Type: "user.account.lock"})

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	opts := systemlog.Options{Filter: systemlog.TypePrefix("user.account")}
	for batch, err := range systemlog.Follow(ctx, c, pos, opts) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, event := range batch.Events {
			fmt.Println(event.Type)
		}
		if pos = batch.Next; len(batch.Events) > 0 {
			break // a service goes on
		}
	}
	// Output: user.account.lock
}
