package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

const help = `Offboard takes an OAuth service app away.

Usage:
  offboard                    against a simulated org in this program
  offboard --credentials FILE

It deletes the app whose client id FILE holds, whoever made it, and the custom
roles that onboard has made for it, as the journal says. Without a journal it
names the role objects that may be the app's own, and leaves them. It shows what
will go, and asks. Access tokens that the app was given live on for up to an
hour, but for those of --tokens.

` + cli.AppFileHelp + `
Besides:
  --tokens FILE       revoke these access tokens first, one a line; - reads them
                      from standard input. No token is minted
  --json              print the result as JSON, that of a failure too

Examples:
  offboard
  offboard --credentials acme.json --dry-run
  offboard --credentials acme.json
  offboard --credentials acme.json --yes --json

` + cli.ExitHelp
