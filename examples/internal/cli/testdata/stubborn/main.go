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
	if p.Args[0] == "--stubborn" {
		// The second signal is deadly only once Main has seen the first one.
		time.AfterFunc(200*time.Millisecond, func() { fmt.Fprintln(p.Stdout, "asked to end") })
		<-time.After(time.Minute)
	}
	fmt.Fprintln(p.Stdout, "asked to end")
	if p.Args[0] == "--finish" {
		return nil
	}
	return ctx.Err()
}
