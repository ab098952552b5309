// Respond acts on users of an Okta org who were taken over: it suspends them,
// ends their sessions and tokens, moves them between groups, and puts back what
// can be put back. It shows a plan first, writes nothing that nobody has
// approved, and keeps a record of each request.
//
// Without arguments it shows all of that on a simulated org inside the program:
//
//	go run ./examples/respond
//
// With the credentials that onboard or connect has written it does it for real:
//
//	go run ./examples/respond --credentials acme.json --playbook contain --user LOGIN
//
// Run it with --help for everything else.
package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

func main() { cli.Main("respond", run) }

func run(ctx context.Context, p *cli.Program) error {
	o, err := parse(p)
	switch {
	case err != nil:
		return err
	case o.listActions:
		return listActions(p)
	case p.Demo():
		return demonstrate(ctx, p, o.conn)
	}
	j := &job{Program: p, options: o}
	if err := o.conn.Check(p); err != nil {
		return err
	}
	if j.given, err = readUsers(p, o.users, o.most()); err != nil {
		return err
	}
	if j.client, err = o.conn.Connect(ctx, p); err != nil {
		return err
	}
	return j.run(ctx)
}
