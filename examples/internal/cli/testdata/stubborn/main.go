// Stubborn is a program that says when it is asked to end, for the tests of
// signals.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

func main() { cli.Main("stubborn", run) }

func run(ctx context.Context, p *cli.Program) error {
	fmt.Fprintln(p.Stdout, "ready")
	<-ctx.Done()
	fmt.Fprintln(p.Stdout, "asked to end")
	switch p.Args[0] {
	case "--stubborn":
		<-time.After(time.Minute)
	case "--finish":
		return nil
	}
	return ctx.Err()
}
