package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// explain takes an error apart: what was answered, what to do, and who can do it.
func explain(err error) (why, remedy, by string) {
	var e *oktaint.Error
	if !errors.As(err, &e) {
		return cli.Text(err), "", ""
	}
	if d, denied := oktaint.Denied(err); denied {
		return answer(e), d.Remedy, d.By
	}
	switch {
	case e.StatusCode == 0, e.StatusCode >= 500, 200 <= e.StatusCode && e.StatusCode < 300:
		return answer(e), cmp.Or(e.Hint, "try again"), "whoever runs this machine and the network"
	case strings.Contains(e.Hint, "set the clock"):
		return answer(e), setTheClock, byOperator
	}
	return answer(e), e.Hint, bySuperAdmin
}

// answer is what the org, or the network, said.
func answer(e *oktaint.Error) string {
	said := *e
	said.Hint = ""
	return fmt.Sprint(cli.Text(&said))
}
