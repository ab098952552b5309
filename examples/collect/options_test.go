package main

import (
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// What the command line cannot mean is refused before a request is sent.
func TestUsage(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for want, args := range map[string][]string{
		"where to? --out DIR":                       {},
		"--out - and --json both want":              {"--out", "-", "--json"},
		"--share is a part of the rate limits":      {"--out", "-", "--share", "0"},
		"at most 1":                                 {"--out", "-", "--share", "1.1"},
		`there is no resource "user": --list shows`: {"--out", "-", "--only", "groups, user"},
		"logs are what happens":                     {"--out", "-", "--only", "logs"},
		`--members: it is ids or full`:              {"--out", "-", "--members", "all"},
		"there is no flag --api-token":              {"--out", "-", "--api-token", "x"},
		"--out is empty":                            {"--out", ""},
	} {
		o.collect(t, args...).Check(t, cli.ExitUsage, want, "Run collect --help")
	}
	if n := len(o.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}
