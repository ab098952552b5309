package main

import (
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "connect", run, "READ_ONLY_ADMIN", "kid")
}
