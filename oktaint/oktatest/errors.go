package oktatest

import (
	"fmt"
	"net/http"
)

// failure is an error that knows its answer.
type failure interface {
	error
	reply() reply
}

// apiError is an error of the management API.
type apiError struct {
	status  int
	code    string
	summary string
	causes  []string
	header  http.Header
}

func (e *apiError) Error() string { return e.code + ": " + e.summary }

func (e *apiError) reply() reply {
	causes := make([]object, len(e.causes))
	for i, text := range e.causes {
		causes[i] = object{"errorSummary": text}
	}
	return reply{status: e.status, header: e.header, apiError: true, body: object{
		"errorCode": e.code, "errorSummary": e.summary, "errorLink": e.code, "errorCauses": causes,
	}}
}

// oauthError is an error of the token endpoint.
type oauthError struct {
	status      int
	code        string
	description string
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func (e *oauthError) reply() reply {
	return reply{status: e.status, body: object{"error": e.code, "error_description": e.description}}
}

// challenge is a refusal whose details are in WWW-Authenticate, with an empty
// body, as the API refuses access tokens.
type challenge struct {
	status int
	header string
}

func (e *challenge) Error() string { return e.header }

func (e *challenge) reply() reply {
	return reply{status: e.status, header: http.Header{"WWW-Authenticate": {e.header}}}
}

// emptyReply is a refusal without a body.
type emptyReply struct {
	status int
}

func (e *emptyReply) Error() string { return http.StatusText(e.status) }

func (e *emptyReply) reply() reply { return reply{status: e.status} }

// rateLimited is 429 E0000047. It has no Retry-After and no Cache-Control, as
// recorded.
type rateLimited struct {
	standing *standing
}

func (e *rateLimited) Error() string { return "too many requests" }

func (e *rateLimited) reply() reply {
	body := &apiError{status: http.StatusTooManyRequests, code: "E0000047",
		summary: "API call exceeded rate limit due to too many requests."}
	res := body.reply()
	res.standing, res.bare = e.standing, true
	return res
}

var (
	errLength = &emptyReply{http.StatusLengthRequired}

	errSession   = &apiError{status: http.StatusForbidden, code: "E0000005", summary: "Invalid session"}
	errForbidden = &apiError{status: http.StatusForbidden, code: "E0000006", summary: "You do not have permission to perform the requested action"}
	errPath      = &apiError{status: http.StatusNotFound, code: "E0000008", summary: "The requested path was not found"}
	errInternal  = &apiError{status: http.StatusInternalServerError, code: "E0000009", summary: "Internal Server Error"}
	errReadOnly  = &apiError{status: http.StatusServiceUnavailable, code: "E0000010", summary: "Service is in read only mode"}
	errMethod    = &apiError{status: http.StatusMethodNotAllowed, code: "E0000022", summary: "The endpoint does not support the provided HTTP method"}
	errMediaType = &apiError{status: http.StatusBadRequest, code: "E0000021", summary: "Bad request.  Accept and/or Content-Type headers likely do not match supported values."}
	errBody      = &apiError{status: http.StatusBadRequest, code: "E0000003", summary: "The request body was not well-formed."}
	errCursor    = &apiError{status: http.StatusBadRequest, code: "E0000029", summary: "Invalid paging request.",
		causes: []string{"Ensure the pagination cursor has not been altered."}}
	errNotHere    = &apiError{status: http.StatusNotImplemented, code: "E0000060", summary: "Unsupported operation."}
	errToken      = &apiError{status: http.StatusUnauthorized, code: "E0000011", summary: "Invalid token provided", header: http.Header{"WWW-Authenticate": {"SSWS"}}}
	errSameRole   = &apiError{status: http.StatusConflict, code: "E0000263", summary: "Attempted to assign a duplicate standard role assignment to an admin"}
	errHasRole    = &apiError{status: http.StatusConflict, code: "E0000090", summary: "The role specified is already assigned to the user."}
	errNotService = &apiError{status: http.StatusBadRequest, code: "E0000227", summary: "Roles can only be granted to service application type"}
	errSameGroup  = &apiError{status: http.StatusConflict, code: "E0000055", summary: "Duplicate group."}
	errUserAgent  = invalid("User-Agent", "User-Agent: The header is required")
	errDeleteApp  = &apiError{status: http.StatusForbidden, code: "E0000056", summary: "Delete application forbidden.",
		causes: []string{"The application must be deactivated before deletion."}}
)

// Refusals of what is done to users.
var (
	errCredentials    = &apiError{status: http.StatusForbidden, code: "E0000014", summary: "Update of credentials failed"}
	errFeature        = &apiError{status: http.StatusUnauthorized, code: "E0000015", summary: "You do not have permission to access the feature you are requesting"}
	errActive         = &apiError{status: http.StatusForbidden, code: "E0000016", summary: "Activation failed because the user is already active"}
	errReset          = &apiError{status: http.StatusForbidden, code: "E0000017", summary: "Password reset failed"}
	errMastered       = &apiError{status: http.StatusForbidden, code: "E0000023", summary: "Operation failed because user profile is mastered under another system"}
	errParameter      = &apiError{status: http.StatusBadRequest, code: "E0000028", summary: "The request is missing a required parameter."}
	errUnlock         = &apiError{status: http.StatusForbidden, code: "E0000032", summary: "Unlock is not allowed for this user."}
	errForgotPassword = &apiError{status: http.StatusForbidden, code: "E0000034", summary: "Forgot password not allowed on specified user."}
	errChangePassword = &apiError{status: http.StatusForbidden, code: "E0000035", summary: "Change password not allowed on specified user."}
	errChangeQuestion = &apiError{status: http.StatusForbidden, code: "E0000036", summary: "Change recovery question not allowed on specified user."}
	errStatus         = &apiError{status: http.StatusForbidden, code: "E0000038", summary: "This operation is not allowed in the user's current status."}
	errComplexity     = &apiError{status: http.StatusForbidden, code: "E0000080", summary: "The password does not meet the complexity requirements of the current password policy."}
	errETag           = &apiError{status: http.StatusPreconditionFailed, code: "E0000231", summary: "ETag value doesn't match."}

	errSuspend   = invalid("suspendUser", "Cannot suspend a user that is not active")
	errUnsuspend = invalid("suspendUser", "Cannot unsuspend a user that is not suspended")
)

// summaryOf is what Okta says of an error code, as far as the org answers it.
func summaryOf(code string) string {
	for _, e := range []*apiError{
		errSession, errForbidden, errPath, errInternal, errReadOnly, errMethod, errMediaType, errBody, errCursor, errNotHere,
		errToken, errFeature, errCredentials,
	} {
		if e.code == code {
			return e.summary
		}
	}
	return "Simulated error " + code
}

// invalid is 400 E0000001 about a part of the request.
func invalid(what string, causes ...string) *apiError {
	return &apiError{status: http.StatusBadRequest, code: "E0000001", summary: "Api validation failed: " + what, causes: causes}
}

// notFound is 404 E0000007; class is the name of Okta's class, AppInstance say.
func notFound(id, class string) *apiError {
	return &apiError{status: http.StatusNotFound, code: "E0000007",
		summary: fmt.Sprintf("Not found: Resource not found: %s (%s)", id, class)}
}

// invalidClient is 401 invalid_client.
func invalidClient(description string) *oauthError {
	return &oauthError{http.StatusUnauthorized, "invalid_client", description}
}

// badOAuth is a 400 of the token endpoint.
func badOAuth(code, description string) *oauthError {
	return &oauthError{http.StatusBadRequest, code, description}
}
