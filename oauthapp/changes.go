package oauthapp

import (
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// The names of writes in the journal, beside those of journal.go.
const (
	customRoleWrite    = "custom role"
	resourceSetWrite   = "resource set"
	bindingWrite       = "binding"
	renameWrite        = "rename"
	updateWrite        = "update"
	revokeTokenWrite   = "revoke token"
	permitPrefix       = "add permission "
	forbidPrefix       = "remove permission "
	revokePrefix       = "revoke "
	unassignPrefix     = "unassign "
	removeSetWrite     = "remove " + resourceSetWrite
	removeRoleWrite    = "remove " + customRoleWrite
	removeBindingWrite = "remove " + bindingWrite
)

// made reports whether a write has taken effect on a, and the id of what it
// made if that has one. Of a write whose effect a does not show it says that it
// has not: it is planned again if it is wanted still.
func (a *App) made(name string) (id string, there bool) {
	if a == nil {
		return "", false
	}
	c := a.custom
	switch name {
	case createWrite:
		return a.ID, true
	case activateWrite:
		return "", a.Active
	case customRoleWrite:
		return c.roleID, c.roleID != ""
	case resourceSetWrite:
		return c.setID, c.setID != ""
	case bindingWrite:
		return c.setID + "/" + c.roleID, c.bound
	case removeBindingWrite:
		return "", !c.bound
	case removeSetWrite:
		return "", c.setID == ""
	case removeRoleWrite:
		return "", c.roleID == ""
	case revokeTokenWrite: // the token has just been used
		return "", false
	}
	if role, ok := strings.CutPrefix(name, rolePrefix); ok {
		return a.roleIDs[role], a.hasRole(role)
	}
	if role, ok := strings.CutPrefix(name, unassignPrefix); ok {
		return "", !a.hasRole(role)
	}
	if scope, ok := strings.CutPrefix(name, grantPrefix); ok {
		return a.grantIDs[scopes.Scope(scope)], a.Granted.Contains(scopes.Scope(scope))
	}
	if scope, ok := strings.CutPrefix(name, revokePrefix); ok {
		return "", !a.Granted.Contains(scopes.Scope(scope))
	}
	if permission, ok := strings.CutPrefix(name, permitPrefix); ok {
		return "", slices.Contains(c.permissions, permission)
	}
	if permission, ok := strings.CutPrefix(name, forbidPrefix); ok {
		return "", !slices.Contains(c.permissions, permission)
	}
	return "", false
}

// did reports whether the journal, or this run, has made a write.
func (l *ledger) did(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rec.Writes[name] == done
}

// madeCustomRole reports whether the journal knows of a custom role, or of
// parts of one.
func (l *ledger) madeCustomRole() bool {
	for _, name := range []string{customRoleWrite, resourceSetWrite, bindingWrite, removeBindingWrite, removeSetWrite, removeRoleWrite} {
		if l.rec.Writes[name] != "" {
			return true
		}
	}
	return false
}
