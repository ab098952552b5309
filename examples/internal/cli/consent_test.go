package cli_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

// Without --yes somebody has to agree, and without a terminal nobody can.
func TestConsent(t *testing.T) {
	t.Parallel()
	var asked string
	no, yes := &cli.Program{Ask: clitest.Answers("nope\n", &asked)}, &cli.Program{Ask: clitest.Answers("y\n", &asked)}
	if err := no.Consent(t.Context(), false, "Remove it?"); !errors.Is(err, cli.ErrDeclined) || cli.IsUsage(err) {
		t.Errorf("no: %v", err)
	}
	if err := yes.Consent(t.Context(), false, "Remove it?"); err != nil || strings.Count(asked, "Remove it? Type y or yes") != 2 {
		t.Errorf("yes: %v, asked %q", err, asked)
	}
	asked = ""
	if err := no.Consent(t.Context(), true, "Remove it?"); err != nil || asked != "" {
		t.Errorf("--yes: %v, asked %q", err, asked)
	}
	if err := new(cli.Program).Consent(t.Context(), true, "Remove it?"); err != nil {
		t.Errorf("--yes without a terminal: %v", err)
	}
	if err := new(cli.Program).Consent(t.Context(), false, "Remove it?"); !cli.IsUsage(err) || !strings.Contains(err.Error(), "add --yes") {
		t.Errorf("without a terminal: %v", err)
	}
	closed := &cli.Program{Ask: func(context.Context, string, bool) (string, error) { return "y", errors.New("closed") }}
	if err := closed.Consent(t.Context(), false, "Remove it?"); err == nil || err.Error() != "nothing was written: closed" {
		t.Errorf("a terminal that is gone: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := closed.Consent(ctx, false, "Remove it?"); err == nil || err.Error() != "interrupted" {
		t.Errorf("interrupted: %v", err)
	}
}
