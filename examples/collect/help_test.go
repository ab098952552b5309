package main

import (
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "collect", run, "manifest.json", "3 means")
}
