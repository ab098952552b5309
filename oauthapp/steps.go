package oauthapp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A StepKind says what a step does.
type StepKind string

// The kinds of steps. Read-back and verify write nothing: they are in events,
// never in Plan.Steps.
const (
	StepCreate           StepKind = "create"
	StepActivate         StepKind = "activate"
	StepRename           StepKind = "rename"
	StepUpdate           StepKind = "update"
	StepRole             StepKind = "role"
	StepCustomRole       StepKind = "custom role"
	StepPermissions      StepKind = "permissions"
	StepResourceSet      StepKind = "resource set"
	StepBinding          StepKind = "binding"
	StepGrant            StepKind = "grant"
	StepRevoke           StepKind = "revoke"
	StepUnassign         StepKind = "unassign"
	StepRemoveCustomRole StepKind = "remove custom role"
	StepReadBack         StepKind = "read back"
	StepVerify           StepKind = "verify"
	StepRevokeToken      StepKind = "revoke token"
)

// A Step is one thing to do. Which fields are set depends on Kind.
type Step struct {
	Kind          StepKind
	Label         string     // the app's label
	ApplicationID string     // the app, if it exists already
	Role          string     // StepRole, StepUnassign: the role type
	Scopes        scopes.Set // StepGrant, StepRevoke: the scopes
	Permissions   []string   // StepCustomRole, StepPermissions: those that the custom role gets
	Forbid        []string   // StepPermissions: those that it loses

	DPoP    bool             // StepUpdate: whether tokens will be bound
	Network *request.Network // StepUpdate: where tokens may be requested from; nil is anywhere
}

// String describes the step in plain words, such as "grant 26 scopes".
func (s Step) String() string {
	switch s.Kind {
	case StepCreate:
		return "create the app " + strconv.Quote(s.Label) + " with its key"
	case StepActivate:
		return "activate the app " + strconv.Quote(s.Label) + " (" + s.ApplicationID + ")"
	case StepRename:
		return "label the app " + s.ApplicationID + " " + strconv.Quote(s.Label)
	case StepUpdate:
		return "change the app's DPoP or network settings"
	case StepRole:
		return "assign the role " + s.Role
	case StepCustomRole:
		return "create a custom role with " + counted(len(s.Permissions), "permission", s.Permissions)
	case StepPermissions:
		return s.permissions()
	case StepResourceSet:
		return "create a resource set of all users and groups"
	case StepBinding:
		return "give the app the custom role over the resource set"
	case StepGrant:
		return "grant " + countedScopes(s.Scopes)
	case StepRevoke:
		return "revoke " + countedScopes(s.Scopes)
	case StepUnassign:
		return "take the role " + s.Role + " from the app"
	case StepRemoveCustomRole:
		return "remove the custom role with its resource set"
	case StepReadBack:
		return "read back grants and roles"
	case StepVerify:
		return "verify the new credential"
	case StepRollback:
		return "roll back the app " + strconv.Quote(s.Label)
	case StepRevokeToken:
		return "revoke the API token that was used"
	}
	return string(s.Kind)
}

func (s Step) permissions() string {
	var parts []string
	if len(s.Permissions) > 0 {
		parts = append(parts, "add "+counted(len(s.Permissions), "permission", s.Permissions)+" to")
	}
	if len(s.Forbid) > 0 {
		parts = append(parts, "take "+counted(len(s.Forbid), "permission", s.Forbid)+" from")
	}
	return strings.Join(parts, " and ") + " the custom role"
}

// counted is "the permission x" or "2 permissions".
func counted(n int, noun string, names []string) string {
	if n == 1 {
		return "the " + noun + " " + names[0]
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func countedScopes(s scopes.Set) string {
	if s.Len() == 1 {
		return "the scope " + s.String()
	}
	return fmt.Sprintf("%d scopes", s.Len())
}
