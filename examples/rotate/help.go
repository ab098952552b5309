package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

func (j *job) flags() {
	fs := j.FlagSet()
	fs.DurationVar(&j.grace, "grace", 0, "")
	fs.BoolVar(&j.wait, "wait", false, "")
}

const help = `Rotate replaces the key of an OAuth service app.

Usage:
  rotate                      against a simulated org in this program
  rotate --credentials FILE

It keeps a new key in FILE.next, adds it to the app, proves it with a token,
writes it to FILE, and removes the old key from the app. The key in FILE works
at every moment. A run that was killed is finished by the next one. A service
that reads FILE for each token (oktaint.KeyFile) needs no restart. The API token
is one of a Super Admin: an app that has scopes may not change its own keys.

` + cli.AppFileHelp + `
The rotation:
  --grace TIME        let the old key work for so long after the switch, such as
                      1h, for services that have it in memory (default 0s). The
                      program ends; run it again after that time
  --wait              do not end, but wait for the time of --grace
  --json              print the result as JSON, that of a failure too

Examples:
  rotate
  rotate --credentials acme.json --dry-run
  rotate --credentials acme.json
  rotate --credentials acme.json --grace 1h
  rotate --credentials acme.json --yes --json

` + cli.ExitHelp
