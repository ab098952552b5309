package main

import (
	"context"

	"github.com/rezonate-io/okta-integration/oauthapp"
)

// takeBack removes what the journal says was made, and tells what that was.
func (j *job) takeBack(ctx context.Context) error {
	result, err := oauthapp.Rollback(ctx, j.admin, j.journal, newProgress(j.Program).event)
	j.EndLine()
	for _, what := range result.Removed {
		j.Say("removed: %s", what)
	}
	for _, what := range result.Kept {
		j.Say("not taken back: %s", what)
	}
	switch {
	case err != nil:
		return err
	case len(result.Removed)+len(result.Kept) == 0:
		j.Say("nothing to take back: the journal %s names nothing that is there", j.journalFile)
	case j.store.found:
		j.Say("the credentials in %s may be of no use now: the file is left to you", j.outFile)
	}
	return nil
}
