package deliver

import (
	"errors"
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// HasCode reports whether the org answered a request with one of these error codes.
// What the token endpoint said is not an answer to the request.
func HasCode(err error, codes ...string) bool {
	var e *oktaint.Error
	_, none := oktaint.NoToken(err)
	return !none && errors.As(err, &e) && slices.Contains(codes, e.Code)
}

// RoleHeld reports whether the org refused to assign a role because it is held already.
func RoleHeld(err error) bool { return HasCode(err, "E0000263", "E0000090") }
