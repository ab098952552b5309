package remediation

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A denial says why something cannot be read.
type denial struct {
	guard Guard
	text  string
}

// denied tells what the credential or the org lacks, and whether that is what err
// is about.
func denied(err error) (denial, bool) {
	switch d, _ := oktaint.Denied(err); d.Lacks {
	case oktaint.LacksScope:
		return denial{GuardScope, d.Remedy}, true
	case oktaint.LacksRole:
		return denial{GuardRole, d.Remedy + ", " + suchAs(err)}, true
	case oktaint.LacksFeature:
		return denial{GuardRole, d.Remedy}, true
	}
	return denial{}, false
}

// suchAs names a role that shows what was refused. Below SUPER_ADMIN, no standard role
// shows who holds admin roles.
func suchAs(err error) string {
	if e, ok := answerOf(err); ok && (strings.HasSuffix(e.Path, "/roles") || strings.HasPrefix(e.Path, "/api/v1/iam/")) {
		return "one that has the permission okta.iam.read"
	}
	return "such as READ_ONLY_ADMIN"
}

// answerOf returns the org's answer to a request, if err is about one. What the
// token endpoint or the network said is not an answer to the request.
func answerOf(err error) (*oktaint.Error, bool) {
	var e *oktaint.Error
	if _, none := oktaint.NoToken(err); none || !errors.As(err, &e) {
		return nil, false
	}
	return e, e.StatusCode != 0
}

// failing tells why something cannot be read now, in the words that stay the same when
// it is tried again.
func failing(err error) denial {
	if e, ok := answerOf(err); ok {
		plain := *e
		plain.RequestID, plain.ID = "", ""
		return denial{GuardUnreadable, plain.Error()}
	}
	return denial{GuardUnreadable, fmt.Sprint(err)}
}

// cannotRead tells why a target cannot be read, and whether that is the answer to this
// request and not a failure that may pass. also are further
// statuses that count as such an answer.
func cannotRead(err error, also ...int) (denial, bool) {
	if why, no := denied(err); no {
		return why, true
	}
	e, ok := answerOf(err)
	if !ok {
		return failing(err), false
	}
	if !slices.Contains(unreadable, e.StatusCode) && !slices.Contains(also, e.StatusCode) {
		return failing(err), false
	}
	return failing(err), true
}

// unreadable are the statuses that say something about one target.
var unreadable = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError,
}
