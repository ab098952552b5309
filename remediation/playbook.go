package remediation

import (
	"context"
	"fmt"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ContainOptions are what [Contain] does beyond suspending and ending sessions.
type ContainOptions struct {
	// ResetPassword gives the user a random password that nobody knows, and
	// ResetFactors takes all factors away: both after the sessions were ended, so
	// that nothing that fails of them keeps the user in. They cannot be undone, and
	// need their kinds in Guards.Destructive.
	ResetPassword bool
	ResetFactors  bool

	// OrDeactivate deactivates a user who cannot be suspended, being locked
	// out, say. That cannot be undone, and needs KindDeactivateUser in
	// Guards.Destructive. Without it the plan says that the user is not contained.
	OrDeactivate bool
}

// Contain stops an attacker who has taken over a user: it suspends the user, and
// ends the sessions and tokens right after that, so that none is left that was made
// meanwhile. What else was asked for comes after these two. It can be undone, by [Release] or from the records.
func Contain(userID string, o ContainOptions) []Action {
	var out Action = SuspendUser{userID}
	if o.OrDeactivate {
		out = FirstOf{out, DeactivateUser{UserID: userID}}
	}
	actions := []Action{out, ClearSessions{UserID: userID, OAuthTokens: true, ForgetDevices: true}}
	if o.ResetPassword {
		actions = append(actions, SetPassword{UserID: userID, Random: true})
	}
	if o.ResetFactors {
		actions = append(actions, ResetFactors{userID})
	}
	return actions
}

// Release lets a user in again whom Contain, or too many failed sign-ins, keep out:
// it ends a suspension or a lock.
func Release(userID string) []Action {
	return []Action{FirstOf{UnsuspendUser{userID}, UnlockUser{userID}}}
}

// OffboardOptions are what [Offboard] does beyond deactivating a user.
type OffboardOptions struct {
	Delete bool // delete the user after that
}

// Offboard ends an account for good: it deactivates the user, ends the sessions
// and tokens, revokes what was granted to apps and, if asked to, deletes the user.
// None of that can be undone; Guards.Destructive has to name the kinds.
func Offboard(userID string, o OffboardOptions) []Action {
	actions := []Action{
		DeactivateUser{UserID: userID},
		ClearSessions{UserID: userID, OAuthTokens: true, ForgetDevices: true},
		RevokeGrants{userID},
	}
	if o.Delete {
		actions = append(actions, DeleteUser{UserID: userID})
	}
	return actions
}

// Quarantine puts a user into a group, and takes them out of all others that Okta
// lets be changed but those named in keep. The records remember them: undoing the
// run puts them back. It reads the user's groups; groups of apps and built-in ones
// are left alone.
func Quarantine(ctx context.Context, c *oktaint.Client, userID, groupID string, keep ...string) ([]Action, error) {
	for _, id := range append([]string{userID, groupID}, keep...) {
		if err := checkID(id); err != nil {
			return nil, err
		}
	}
	groups, err := list[membership](ctx, c, []string{"api", "v1", "users", userID, "groups"})
	if err != nil {
		return nil, fmt.Errorf("remediation: reading the groups of user %s: %w", userID, err)
	}
	actions := []Action{AddGroupMember{GroupID: groupID, UserID: userID}}
	for _, g := range groups {
		if g.Type == groupOkta && g.ID != groupID && !named(keep, g.ID) {
			actions = append(actions, RemoveGroupMember{GroupID: g.ID, UserID: userID})
		}
	}
	return actions, nil
}
