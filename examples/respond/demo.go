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
func (p *program) demonstrate(ctx context.Context) error {
	p.say("No org was named, so this is a demonstration: the org is simulated inside this")
	p.say("program, and nothing is sent to Okta. Name one with --credentials; see --help.")
	p.say("")
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		return err
	}
	defer sim.Close()
	folder, err := os.MkdirTemp("", "respond-demonstration-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	d := &demonstration{program: p, sim: sim, file: filepath.Join(folder, "records.jsonl")}
	return d.run(ctx)
}

type demonstration struct {
	*program
	sim    *oktatest.Org
	file   string
	client *oktaint.Client
}

func (d *demonstration) run(ctx context.Context) error {
	org, err := oktaint.ParseOrg(d.sim.URL())
	if err != nil {
		return err
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(d.sim.APIToken())}
	d.client = oktaint.NewClient(token, d.sim.Transport()).Urgent()
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
	d.say("Three users to contain: %s was taken over, %s is an admin,", taken, admin)
	d.say("and %s is locked out. This is the plan; a real run would stop here and ask.", locked)
	attack := &options{demo: true, playbook: contain, by: "demonstration", recordFile: d.file}
	if err := d.respond(ctx, attack, taken, admin, locked); err != nil {
		return err
	}
	d.say("The admin was left alone, and nobody says that %s is contained. This takes it back:", locked)
	if err := d.respond(ctx, &options{demo: true, undoFile: d.file, by: "demonstration"}); err != nil {
		return err
	}
	after, err := lasting(d.sim.State())
	if err != nil {
		return err
	}
	if !bytes.Equal(before, after) {
		return errors.New("the org differs from what it was before")
	}
	d.say("The org is as it was before, but for the sessions and tokens that the plan named:")
	d.say("compared were all users with their statuses, factors and consents, groups and roles.")
	return nil
}

// respond shows a plan, approves it and runs it. That some steps do not run is
// what there is to see.
func (d *demonstration) respond(ctx context.Context, o *options, users ...string) error {
	j := &job{program: d.program, options: o, client: d.client}
	for _, login := range users {
		j.given = append(j.given, mention{login, "--user"})
	}
	plan, err := j.plan(ctx)
	if err == nil {
		d.endLine()
		_, err = fmt.Fprintf(d.stdout, "\n%s", j.planText(plan))
	}
	if err != nil {
		return err
	}
	d.say("\napproved by: %s", j.approver())
	var incomplete *incompleteError
	err = j.execute(ctx, plan)
	if fmt.Fprintln(d.stdout); errors.As(err, &incomplete) {
		return nil
	}
	return err
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
		d.say("System Log: %s of %s from %s, %s, %s", e.EventType, taken, e.Client.IPAddress, e.Client.GeographicalContext.City, e.Client.GeographicalContext.Country)
	}
	d.say("%s has %s, and %s with tokens for them.", taken, count(d.sim.Sessions(id), "session"), count(2, "app"))
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
