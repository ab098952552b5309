package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "doctor", run, "--strict", "problem")
}

// Without arguments it finds what is wrong with a simulated app, at a terminal and in
// a pipe.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	for _, width := range []int{0, 80, 120} {
		got := clitest.Setup{OutWidth: width, ErrWidth: width}.Run(t, "doctor", run)
		got.Check(t, cli.ExitDone, "this is a demonstration", "A real run would end with 3 now", "okta.policies.read")
		for line := range strings.Lines(got.Stdout) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); width > 0 && n > width {
				t.Errorf("a line of %d columns, at %d: %s", n, width, line)
			}
		}
		if n := strings.Count("\n"+got.Stdout, "\nproblem"); n != 1 {
			t.Errorf("%d problems, want the missing scope alone:\n%s", n, got.Stdout)
		}
	}
}

// Where nothing is wrong, nothing is a problem, and --strict tells the roles apart.
func TestHealthy(t *testing.T) {
	t.Parallel()
	for role, tt := range map[string]struct{ beyond, strict int }{
		"READ_ONLY_ADMIN": {16, cli.ExitIncomplete}, "SUPER_ADMIN": {0, cli.ExitDone},
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			p := setUp(t, oktatest.Config{RateLimits: map[string]int{}}, role)
			doc, got := p.examine()
			if got.Status != cli.ExitDone || !doc.OK || doc.Failure != nil || len(doc.of(problem)) != 0 || len(doc.of(warning)) != 0 || len(doc.of(unlooked)) != 0 {
				t.Errorf("status %d, problems %q, warnings %q", got.Status, doc.of(problem), doc.of(warning))
			}
			if n := doc.Coverage.Count(inventory.BeyondRole); n != tt.beyond || len(doc.Limits) == 0 {
				t.Errorf("%d resources beyond the role, want %d", n, tt.beyond)
			}
			for _, words := range [][]string{
				{"org: https://127.0.0.1", "Identity Engine"}, {"way: without a proxy"}, {"way: TLS 1.3", "certificate issued by"}, {"clock: ", "agree"},
				{"token: client " + p.app}, {"scopes: 26 scopes asked for in one request"}, {"dpop: "}, {"api: "}, {"resources: complete: "}, {"limits: ", "/api/v1/apps"},
			} {
				if !has(doc.of(ok), words...) {
					t.Errorf("nothing says %q: %q", words, doc.of(ok))
				}
			}
			if !slices.IsSortedFunc(doc.Findings, func(a, b finding) int { return slices.Index(checks, a.Check) - slices.Index(checks, b.Check) }) {
				t.Errorf("the findings are not in order: %v", doc.Findings)
			}
			if _, got := p.examine("--strict"); got.Status != tt.strict {
				t.Errorf("--strict: status %d, want %d", got.Status, tt.strict)
			}
			if writes := p.Writes(); len(writes) != 0 {
				t.Errorf("it wrote %q", writes)
			}
			tokens := 0
			for _, r := range p.Requests() {
				if r.Path == "/oauth2/v1/token" {
					tokens++
				}
			}
			if tokens != 2 {
				t.Errorf("%d token requests of two runs, want one each", tokens)
			}
		})
	}
}
