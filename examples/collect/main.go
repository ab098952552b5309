// Collect reads what an Okta org has, who may do what there, and what happens, into
// files: one line for each object.
//
// Without arguments it shows that on a simulated org inside the program:
//
//	go run ./examples/collect
//
// With the credentials that onboard or connect has written it does it for real:
//
//	go run ./examples/collect --credentials acme.json --out acme
//
// Run it with --help for everything else.
package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

func main() { cli.Main("collect", run) }

func run(ctx context.Context, p *cli.Program) error {
	o, err := parse(p)
	switch {
	case err != nil:
		return err
	case o.list:
		return listCatalogue(p)
	case p.Demo():
		return demonstrate(ctx, p, o)
	}
	j := &job{Program: p, options: o}
	if err := j.connect(ctx); err != nil {
		return err
	}
	if o.follow {
		return j.follow(ctx)
	}
	return j.run(ctx)
}
