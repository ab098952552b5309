package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"golang.org/x/term"
)

// readToken takes the API token from the command line, standard input, the
// environment or a prompt. With complete credentials in --out it may be absent.
func (p *program) readToken(o *options, flagged string) error {
	token := flagged
	switch {
	case flagged == "-":
		b, err := io.ReadAll(io.LimitReader(p.stdin, 1<<16))
		if err != nil {
			return fmt.Errorf("read the API token from standard input: %w", err)
		}
		token = string(b)
	case isPlaceholder(flagged):
		return usagef("--api-token is a placeholder: put an API token of a Super Admin there (Admin Console: Security, API, Tokens), or leave it out and be asked")
	case flagged != "":
		p.say("warning: a token on the command line can be seen by others on this machine: better set OKTA_API_TOKEN, or leave --api-token out and be asked")
	case p.getenv("OKTA_API_TOKEN") != "":
		token = p.getenv("OKTA_API_TOKEN")
	case p.prompt != nil:
		var err error
		if token, err = p.prompt(); err != nil {
			return fmt.Errorf("read the API token: %w", err)
		}
	}
	var err error
	if o.token, err = oktaint.ParseAPIToken(token); err != nil {
		return &usageError{err}
	}
	if o.token.IsZero() && (flagged != "" || !o.canVerify()) {
		return usagef("there is no API token: set OKTA_API_TOKEN, or pipe it to --api-token -")
	}
	return nil
}

// canVerify reports whether there is something to do without a token: the app
// is there already, with its credentials in --out.
func (o *options) canVerify() bool {
	if o.outFile == "" || o.dryRun || o.rawForm != "" || o.rollback {
		return false
	}
	creds, err := oktaint.ReadCredentials(o.outFile)
	return err == nil && complete(creds)
}

// complete reports whether creds can mint a token.
func complete(creds oktaint.Credentials) bool {
	return creds.ClientID != "" && !creds.Scopes.IsEmpty() && !creds.Key.IsZero()
}

func isPlaceholder(token string) bool {
	switch strings.Trim(strings.ToUpper(token), "<>{}$[]") {
	case "TOKEN", "API_TOKEN", "API-TOKEN", "YOUR_TOKEN", "YOUR_API_TOKEN", "OKTA_API_TOKEN":
		return true
	}
	return false
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// promptFor asks at a terminal, without echo. It is nil without one.
func promptFor(in, out *os.File) func() (string, error) {
	if !isTerminal(in) {
		return nil
	}
	return func() (string, error) {
		fmt.Fprint(out, "API token of a Super Admin (it is not shown): ")
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(out)
		return string(b), err
	}
}
