package main

import "github.com/rezonate-io/okta-integration/examples/internal/cli"

const help = `Doctor says what keeps a credential from seeing what it should see in an Okta
org: what is wrong, why, what to do, and who can do it. It only reads.

Usage:
  doctor                       against a simulated org in this program
  doctor --credentials FILE

It looks at the way to the org (TLS, proxy, clocks), the token and its scopes,
which it asks for in one request, one API call beside the token, the admin role,
one object of everything that the scopes are for, DPoP, the rate limits, and the
owner and the end of an API token.

` + cli.ConnectionHelp + `
What:
  --extended          look at the extended resources too

The result:
  --strict            end with 3 if anything is beyond the role too, or partial,
                      or not asked for
  --json              print the findings as JSON, and a failure too

Examples:
  doctor
  doctor --credentials acme.json
  doctor --credentials acme.json --strict --json
  doctor --tenant-id acme --proxy http://proxy.example.com:3128

` + cli.ExitHelp + `  0 means that all is there which the scopes asked for and the role should give.
  3 means that something of it is not: the lines that begin with "problem".
`
