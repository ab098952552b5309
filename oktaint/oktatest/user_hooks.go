package oktatest

import "slices"

// userChanged is called when a user was made, and when its profile or status
// has changed.
func (o *Org) userChanged(u *user) {
	o.join(o.everyone, u)
	o.applyRules(u)
	o.reviewApps(u)
}

// userGone is called before a user is deleted, who is DEPROVISIONED and has no apps.
func (o *Org) userGone(u *user) {
	for _, g := range slices.Clone(u.groups) {
		o.leave(g, u)
	}
	o.dropOwner(u.id)
}
