package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// The users of the demonstration.
const (
	taken  = "dana@example.com" // an attacker is signed in there
	admin  = "omar@example.com" // holds an admin role
	locked = "lee@example.com"  // somebody has guessed at the password
)

// demonstrate contains an attack in a simulated org, and takes it back.
func demonstrate(ctx context.Context, p *cli.Program, conn *cli.Connection) error {
	sim, err := conn.Simulate(p, oktatest.Config{})
	if err != nil {
		return err
	}
	defer sim.Close()
	folder, err := os.MkdirTemp("", "respond-demonstration-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	d := &demonstration{Program: p, sim: sim, file: filepath.Join(folder, "records.jsonl")}
	if d.client, err = conn.Connect(ctx, p); err != nil {
		return err
	}
	return d.run(ctx)
}

type demonstration struct {
	*cli.Program
	sim    *oktatest.Org
	file   string
	client *oktaint.Client
}

func (d *demonstration) run(ctx context.Context) error {
	id := d.sim.AddUser(oktatest.User{Login: taken, Sessions: 1, Factors: []string{"push"}, Clients: []string{"0oamailreader", "0oacrm"}})
	d.sim.AddUser(oktatest.User{Login: admin, Sessions: 1, Roles: []string{"ORG_ADMIN"}})
	d.sim.AddUser(oktatest.User{Login: locked, Status: "LOCKED_OUT"})
	d.sim.SignIn(id)
	if err := d.showAttack(ctx, id); err != nil {
		return err
	}
	before, err := lasting(d.sim.State())
	if err != nil {
		return err
	}
	d.Say("Three users to contain: %s was taken over, %s is an admin,", taken, admin)
	d.Say("and %s is locked out. This is the plan; a real run would stop here and ask.", locked)
	attack := &options{playbook: contain, by: "demonstration", recordFile: d.file}
	if err := d.respond(ctx, attack, taken, admin, locked); err != nil {
		return err
	}
	d.Say("The admin was left alone, and nobody says that %s is contained. This takes it back:", locked)
	if err := d.respond(ctx, &options{undoFile: d.file, by: "demonstration"}); err != nil {
		return err
	}
	after, err := lasting(d.sim.State())
	if err != nil {
		return err
	}
	if !bytes.Equal(before, after) {
		return errors.New("the org differs from what it was before")
	}
	d.Say("The org is as it was before, except for the sessions and tokens that the plan named: all users with their statuses, factors and consents, groups and roles were compared.")
	return nil
}

// respond shows a plan, approves it and runs it. That some steps do not run is
// what there is to see.
func (d *demonstration) respond(ctx context.Context, o *options, users ...string) error {
	j := &job{Program: d.Program, options: o, client: d.client}
	for _, login := range users {
		j.given = append(j.given, mention{login, "--user"})
	}
	plan, err := j.plan(ctx)
	if err == nil {
		err = d.PrintText("\n" + j.planText(plan, d.OutWidth))
	}
	if err != nil {
		return err
	}
	d.Say("\napproved by: %s", j.approver())
	err = j.execute(ctx, plan)
	if cli.IsIncomplete(err) {
		err = nil
	}
	return errors.Join(err, d.PrintText("\n"))
}

// showAttack reads the sign-in in the System Log.
func (d *demonstration) showAttack(ctx context.Context, id string) error {
	var events []struct {
		EventType string
		Client    struct {
			IPAddress           string
			GeographicalContext struct{ City, Country string }
		}
	}
	filter := url.Values{"filter": {fmt.Sprintf("eventType eq %q and actor.id eq %q", "user.session.start", id)}}
	if err := d.client.Get(ctx, &events, filter, "api", "v1", "logs"); err != nil {
		return err
	}
	for _, e := range events {
		d.Say("System Log: %s of %s from %s, %s, %s", e.EventType, taken, e.Client.IPAddress, e.Client.GeographicalContext.City, e.Client.GeographicalContext.Country)
	}
	d.Say("%s has %s, and %s with tokens for them.", taken, cli.Count(d.sim.Sessions(id), "session"), cli.Count(2, "app"))
	return nil
}

// lasting leaves out of an org's state what a containment ends for good, and when
// things changed.
func lasting(state []byte) ([]byte, error) {
	var v any
	if err := json.Unmarshal(state, &v); err != nil {
		return nil, err
	}
	drop(v)
	return json.Marshal(v)
}

func drop(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			drop(item)
		}
	case map[string]any:
		for key, item := range v {
			switch key {
			case "sessions", "refreshTokens", "lastUpdated", "statusChanged":
				delete(v, key)
			default:
				drop(item)
			}
		}
	}
}
