package oktatest

// seed fills a new org with what every org has: Okta's own apps, its owner, a
// Super Admin with an API token, and the group Everyone.
func (o *Org) seed() {
	o.clients = map[string]*client{}
	o.userClients, o.attributes = map[string]bool{}, map[string]bool{}
	o.accessTokens = map[string]*accessToken{}
	o.usedJTIs, o.usedProofs = usedOnce{}, usedOnce{}
	o.subscriptions = map[string]bool{}
	o.tokenValues = map[string]*apiToken{}
	o.privileges = o.cfg.ClientPrivileges

	o.addBuiltIns()
	o.everyone = o.addGroup(groupBuiltIn, "Everyone", "All users in your organization")
	owner := o.addUser("Org", "Owner")
	o.assign(principal{principalUser, owner.id}, roleSuperAdmin)
	if o.token == "" {
		o.token = newTokenValue()
	}
	o.addToken(owner, "Owner's token", o.token)
	o.seedGroups(o.cfg.Groups)
	o.seedUsers(o.cfg.Users)
	o.seedGroupPrivileges()
	o.seedApps(o.cfg.Apps)
	o.seedAdmins(o.cfg.Admins)
	o.setAssetOrigin(owner)
	o.addEvent("user.session.start", "User login to Okta", partyOfUser(owner), nil, "/api/v1/authn")
}
