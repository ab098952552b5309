// Doctor says what keeps a credential from seeing what it should see in an Okta org:
// what is wrong, why, what to do, and who can do it.
//
// Without arguments it shows that on a simulated org inside the program:
//
//	go run ./examples/doctor
//
// With the credentials that onboard or connect has written it does it for real:
//
//	go run ./examples/doctor --credentials acme.json
//
// Run it with --help for everything else.
package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

func main() { cli.Main("doctor", run) }

// options are the command line.
type options struct {
	conn     cli.Connection
	extended bool
	strict   bool
}

func run(ctx context.Context, p *cli.Program) error {
	o := new(options)
	fs := p.Flags(help)
	o.conn.Flags(fs)
	p.JSONFlag()
	fs.BoolVar(&o.extended, "extended", false, "")
	fs.BoolVar(&o.strict, "strict", false, "")
	switch err := p.Parse(); {
	case err != nil:
		return err
	case p.Demo():
		return demonstrate(ctx, p, o)
	}
	return examine(ctx, p, o)
}
