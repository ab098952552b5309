package systemlog_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want systemlog.Filter }{
		{systemlog.Type("user.session.start"), `eventType eq "user.session.start"`},
		{systemlog.Type("a", "b"), `(eventType eq "a" or eventType eq "b")`},
		{systemlog.Type(), ""},
		{systemlog.TypePrefix("user.lifecycle."), `eventType sw "user.lifecycle."`},
		{systemlog.Actor("00u1", "0oa1"), `(actor.id eq "00u1" or actor.id eq "0oa1")`},
		{systemlog.Target("00g1"), `target.id eq "00g1"`},
		{systemlog.Transaction("Y1"), `transaction.id eq "Y1"`},
		{systemlog.Eq("outcome.result", "FAILURE"), `outcome.result eq "FAILURE"`},
		{systemlog.Contains("displayMessage", `a "b" \`), `displayMessage co "a \"b\" \\"`},
		{systemlog.And(systemlog.Type("a", "b"), "", systemlog.Actor("00u1")), `((eventType eq "a" or eventType eq "b") and actor.id eq "00u1")`},
		{systemlog.Or("", systemlog.Type("a")), `eventType eq "a"`},
		{systemlog.And(), ""},
		{systemlog.Eq("actor.id", `" or "a" eq "a`), `actor.id eq "\" or \"a\" eq \"a"`},
	} {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}
