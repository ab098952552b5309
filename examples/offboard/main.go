// Offboard takes an OAuth service app away: it revokes the access tokens that it is given,
// deletes the app, and removes the custom roles that onboard has made for it.
//
// Without arguments it does the whole job against a simulated org inside the program:
//
//	go run ./examples/offboard
//
// Run it with --help for everything else.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
)

func main() { cli.Main("offboard", run) }

// A job is one offboarding.
type job struct {
	*cli.Program
	cli.AppFile
	tokensFile string
	tokens     []oktaint.Secret
}

func run(ctx context.Context, p *cli.Program) (err error) {
	j := &job{Program: p}
	j.AppFile.Flags(p, help)
	p.FlagSet().StringVar(&j.tokensFile, "tokens", "", "")
	if err := p.Parse(); err != nil {
		return err
	}
	if p.Demo() {
		end, err := j.Simulate(ctx, p)
		if err != nil {
			return err
		}
		defer end()
	}
	if j.tokens, err = j.readTokens(); err != nil {
		return err
	}
	if err := j.Open(ctx, p); err != nil {
		return err
	}
	return j.offboard(ctx)
}

// readTokens reads the access tokens that are to end, one a line.
func (j *job) readTokens() (tokens []oktaint.Secret, err error) {
	if j.tokensFile == "" {
		return nil, nil
	}
	if j.tokensFile == "-" && j.Conn.APIToken == "-" {
		return nil, cli.Usagef("--tokens - and --api-token - both read standard input: name a file for one of them")
	}
	in := j.Stdin
	if j.tokensFile != "-" {
		f, err := os.Open(j.tokensFile)
		if err != nil {
			return nil, cli.Usagef("--tokens: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err != nil {
		return nil, cli.Usagef("--tokens: %w", err)
	}
	for token := range strings.FieldsSeq(string(text)) {
		tokens = append(tokens, oktaint.NewSecret(token))
	}
	if len(tokens) == 0 {
		return nil, cli.Usagef("--tokens %s holds no token", j.tokensFile)
	}
	return tokens, nil
}

// offboard shows what is to go, asks, and does it.
func (j *job) offboard(ctx context.Context) error {
	down, err := oauthapp.BuildOffboard(ctx, j.Admin, oauthapp.Offboarding{Credentials: j.Credentials, Tokens: j.tokens, Base: j.Conn.Base}, j.State())
	if err != nil {
		return err
	}
	doc := takenAway{TenantID: j.Conn.Org.TenantID(), ApplicationID: down.App.ID, Steps: append([]oauthapp.Step{}, down.Steps()...), Removed: []oauthapp.Step{}, Warnings: append([]string{}, down.Warnings...)}
	j.tell(down, doc)
	if j.DryRun || len(doc.Steps) == 0 {
		return j.print(doc)
	}
	if err := j.Consent(ctx, j.Yes, j.question(down)); err != nil {
		return err
	}
	progress := cli.NewStepProgress(j.Program)
	down.Progress = progress.Event
	result, err := down.Apply(ctx)
	progress.End()
	doc.Removed, doc.Steps = append(doc.Removed, result.Done...), doc.Steps[len(result.Done):]
	doc.Failure = j.Failure(ctx, err)
	switch {
	case err != nil:
		j.Say("Run the same command again to go on from here.")
	case j.Demo():
		j.Say("The app is gone. Name a file with --credentials to do it for real.")
	default:
		j.Say("The app is gone. The key in %s is registered nowhere now: delete the file.", j.File)
	}
	if printErr := j.print(doc); err == nil {
		err = printErr
	}
	return err
}

// tell says which app it is about, and what is to be done.
func (j *job) tell(down *oauthapp.Teardown, doc takenAway) {
	switch {
	case len(doc.Steps) == 0:
		j.Say("nothing to take away: %s has no app %s, and nothing of it", j.Conn.Org, j.Credentials.ClientID)
	case down.App.ID == "":
		j.Say("%s has no app %s any more. Of it these are left:", j.Conn.Org, j.Credentials.ClientID)
	default:
		j.Say("the app %q (%s) of %s, with %s:", down.App.Label, down.App.ID, j.Conn.Org, cli.Count(down.App.Granted.Len(), "scope"))
	}
	if len(doc.Steps) > 0 && !j.DryRun {
		j.SaySteps(doc.Steps)
	}
	j.Warn(down.Warnings)
}

func (j *job) question(down *oauthapp.Teardown) string {
	if down.App.ID == "" {
		return "Remove what is left?"
	}
	return fmt.Sprintf("Delete the app %q and what belongs to it?", down.App.Label)
}

// A takenAway is what is to go, or went, as --json prints it.
type takenAway struct {
	TenantID      string          `json:"tenant_id"`
	ApplicationID string          `json:"application_id,omitempty"` // if the org has it
	Steps         []oauthapp.Step `json:"steps"`                    // to do still
	Removed       []oauthapp.Step `json:"removed"`                  // done
	Warnings      []string        `json:"warnings"`
	*cli.Failure
}

// print writes the document with --json. The steps of a dry run are what was asked for
// otherwise; of what was done the progress has told.
func (j *job) print(doc takenAway) error {
	switch {
	case j.JSON:
		return j.PrintJSON(doc)
	case j.DryRun:
		if err := j.PrintText(cli.StepsText(doc.Steps, j.TableWidth())); err != nil {
			return err
		}
	}
	if j.DryRun {
		j.Say("dry run: nothing was written")
	}
	return nil
}
