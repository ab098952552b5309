package remediation_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A user whose password was stolen is contained, and let in again when it turns out
// to be a false alarm.
func Example() {
	ctx := context.Background()
	sim, client, records := exampleOrg()
	defer sim.Close()
	defer os.RemoveAll(filepath.Dir(records))

	r := &remediation.Responder{Client: client, Recorder: &remediation.FileRecorder{Path: records}}
	user, err := remediation.ResolveUser(ctx, client, "mallory@example.com")
	if err != nil {
		log.Fatal(err)
	}
	plan, err := r.BuildPlan(ctx, remediation.Contain(user.ID, remediation.ContainOptions{})...)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range plan.Steps {
		fmt.Println("plan:", step.Label(), step.Verdict)
	}
	report, err := r.Run(ctx, plan, plan.Approve("alice@example.com", time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("contained:", report.Contained(user.ID))

	undo, err := r.BuildUndo(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range undo.Steps {
		fmt.Println("undo:", step.Label(), step.Verdict)
	}
	report, err = r.Run(ctx, undo, undo.Approve("alice@example.com", time.Hour))
	fmt.Println("undone:", report.OK(), err)

	// Output:
	// plan: suspend_user run
	// plan: clear_sessions run
	// contained: true
	// undo: unsuspend_user run
	// undone: true <nil>
}

// A user who is locked out cannot be suspended. The plan says so, and what may be
// done in place of it is done only if it is allowed by name.
func ExampleContain() {
	ctx := context.Background()
	sim, client, records := exampleOrg()
	defer sim.Close()
	defer os.RemoveAll(filepath.Dir(records))
	user := sim.AddUser(oktatest.User{Login: "eve@example.com", Status: "LOCKED_OUT"})

	r := &remediation.Responder{Client: client, Recorder: &remediation.FileRecorder{Path: records}}
	plan, err := r.BuildPlan(ctx, remediation.Contain(user, remediation.ContainOptions{})...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.Steps[0].Verdict, plan.Steps[0].Instead)

	r.Guards.Destructive = []remediation.Kind{remediation.KindDeactivateUser}
	plan, err = r.BuildPlan(ctx, remediation.Contain(user, remediation.ContainOptions{
		OrDeactivate: true,
	})...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.Steps[0].Label(), plan.Steps[0].Verdict)
	// Output:
	// impossible [deactivate_user unlock_user]
	// deactivate_user run
}

// What an app needs for a playbook is granted by onboarding.
func ExamplePermissions() {
	actions := remediation.Contain("", remediation.ContainOptions{})
	fmt.Println(remediation.Scopes(actions...))
	for _, permission := range remediation.Permissions(actions...) {
		fmt.Println(permission)
	}
	// Output:
	// okta.users.manage
	// okta.users.lifecycle.clearSessions
	// okta.users.lifecycle.suspend
	// okta.users.read
}

// exampleOrg is a simulated org with a user, and a place for records.
func exampleOrg() (*oktatest.Org, *oktaint.Client, string) {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	sim.AddUser(oktatest.User{Login: "mallory@example.com", Sessions: 2})
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	transport := &oktaint.Transport{Org: org, Source: token.Source(sim.Transport()), Base: sim.Transport()}
	dir, err := os.MkdirTemp("", "records")
	if err != nil {
		log.Fatal(err)
	}
	return sim, transport.Urgent().Client(), filepath.Join(dir, "acme.records")
}
