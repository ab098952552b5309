package oktaint

import (
	"context"
	"net/http"
	"slices"
)

// A Principal is the user or app that a [Client] acts as: the user who made the API
// token, or the app of the OAuth credential.
type Principal struct {
	UserID, Login string // of the user; empty for an app
	ClientID      string // of the app; empty for a user

	// Roles are the active admin roles, those that a user holds through a group
	// included. They mean nothing if RolesErr is not nil.
	Roles []HeldRole

	// RolesErr says why the roles could not be read. Then they are unknown, which
	// is not the same as none. [Denied] tells whether a scope or a role is missing
	// for reading them.
	RolesErr error
}

// Holds reports whether an active role of a type, such as SUPER_ADMIN, is known to
// be held.
func (p Principal) Holds(roleType string) bool {
	return p.RolesErr == nil && slices.ContainsFunc(p.Roles, func(r HeldRole) bool { return r.Type == roleType })
}

// RoleTypes returns the types of the active roles, each once and sorted. It is nil
// if there are none, or if they are unknown.
func (p Principal) RoleTypes() []string {
	if p.RolesErr != nil {
		return nil
	}
	return RoleTypes(p.Roles)
}

// A HeldRole is an admin role that a user, a group or an app holds.
type HeldRole struct {
	ID    string `json:"id"`   // of the assignment
	Type  string `json:"type"` // such as READ_ONLY_ADMIN; CUSTOM for a custom role
	Label string `json:"label"`

	// Of a custom role: its id (cr0...), and that of the resource set (iam...)
	// over which it is held.
	Role        string `json:"role"`
	ResourceSet string `json:"resource-set"`
}

// RoleTypes returns the types of roles, each once and sorted.
func RoleTypes(held []HeldRole) []string {
	var types []string
	for _, r := range held {
		types = append(types, r.Type)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// HeldRoles reads the active roles in a list of role assignments: GET
// /api/v1/users/{userId}/roles, /api/v1/groups/{groupId}/roles or
// /oauth2/v1/clients/{clientId}/roles. An assignment counts if its status is
// ACTIVE, or if it has none, as those of custom roles. It needs the scope
// okta.roles.read.
//
// Source: the operations listAssignedRolesForUser, listGroupAssignedRoles and
// listRolesForClient of Okta's management API.
func HeldRoles(c *Client, req *http.Request) ([]HeldRole, error) {
	type assignment struct {
		HeldRole
		Status string `json:"status"`
	}
	var held []HeldRole
	for a, err := range ListRequest[assignment](c, req) {
		if err != nil {
			return nil, err
		}
		if a.Status == "" || a.Status == "ACTIVE" {
			held = append(held, a.HeldRole)
		}
	}
	return held, nil
}

// WhoAmI finds out which user or app c acts as, and which admin roles they hold, by one
// or two requests.
//
// The client id of an OAuth credential is known without asking: [Source.ClientID].
// Otherwise the org is asked for the user, by GET /api/v1/users/me; it takes an API
// token for that, since an app that acts for itself is not a user.
//
// An error means that the user is not known, or that the credential does not work: the
// org refuses it (401), there is no access token ([NoToken]), or there was no answer. If
// only the roles cannot be read, the error is in the Principal's RolesErr.
func WhoAmI(ctx context.Context, c *Client) (Principal, error) {
	var p Principal
	path := []string{"oauth2", "v1", "clients", "", "roles"}
	if src := c.Source(); src != nil && src.ClientID() != "" {
		p.ClientID, path[3] = src.ClientID(), src.ClientID()
	} else {
		var err error
		if p.UserID, p.Login, err = whoseToken(ctx, c); err != nil {
			return Principal{}, err
		}
		path = []string{"api", "v1", "users", p.UserID, "roles"}
	}
	req, err := c.newRequest(ctx, nil, path)
	if err != nil {
		return Principal{}, err
	}
	if p.Roles, err = HeldRoles(c, req); err != nil && !answered(err) {
		return Principal{}, err
	}
	p.RolesErr = err
	return p, nil
}

// whoseToken asks for the user of an API token.
func whoseToken(ctx context.Context, c *Client) (id, login string, err error) {
	var user struct {
		ID      string `json:"id"`
		Profile struct {
			Login string `json:"login"`
		} `json:"profile"`
	}
	named := Checked(&user, func() bool { return user.ID != "" })
	if err := c.Get(ctx, named, nil, "api", "v1", "users", "me"); err != nil {
		return "", "", err
	}
	return user.ID, user.Profile.Login, nil
}

// answered reports whether err is an answer to the request that leaves the
// credential itself good.
func answered(err error) bool {
	e, ok := answerOf(err)
	if !ok || e.StatusCode == 0 {
		return false
	}
	_, lacks := e.denial()
	return lacks || e.StatusCode != http.StatusUnauthorized
}
