package remediation

import (
	"errors"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A denial is what a credential lacks to read something.
type denial struct {
	guard Guard
	text  string
}

// lacks reports whether err says that this is missing.
func lacks(err error, what oktaint.Lack) bool {
	d, _ := oktaint.Denied(err)
	return d.Lacks == what
}

// denied tells what the credential lacks, and whether that is what err is about.
func denied(err error) (denial, bool) {
	switch d, _ := oktaint.Denied(err); d.Lacks {
	case oktaint.LacksScope:
		return denial{GuardScope, d.Remedy}, true
	case oktaint.LacksRole:
		return denial{GuardRole, "no admin role of the credential reaches it: READ_ONLY_ADMIN does, and so do the permissions of Permissions and GuardPermissions"}, true
	case oktaint.LacksFeature:
		return denial{GuardRole, "the org does not have the feature"}, true
	}
	return denial{}, false
}

// cannotRead tells why a target cannot be read, if that is the org's answer about
// this target and not a failure that the next one would meet as well.
func cannotRead(err error) (denial, bool) {
	if why, no := denied(err); no {
		return why, true
	}
	var e *oktaint.Error
	if !errors.As(err, &e) || strings.HasSuffix(e.Path, "/oauth2/v1/token") {
		return denial{}, false
	}
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusInternalServerError:
		plain := *e
		plain.RequestID, plain.ID = "", "" // another one each time, and warnings are part of a digest
		return denial{GuardUnreadable, plain.Error()}, true
	}
	return denial{}, false
}
