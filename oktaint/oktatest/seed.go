package oktatest

// seed fills a new org with what every org has: its owner, a Super Admin with
// an API token, and the group Everyone.
func (o *Org) seed() {
	o.clients = map[string]*client{}
	o.accessTokens = map[string]*accessToken{}
	o.usedJTIs, o.usedProofs = usedOnce{}, usedOnce{}
	o.tokenValues = map[string]*apiToken{}
	o.privileges = o.cfg.ClientPrivileges

	owner := o.addUser("Org", "Owner")
	o.assign(principal{principalUser, owner.id}, roleSuperAdmin)
	o.addGroup(groupBuiltIn, "Everyone", "All users in your organization")
	if o.token == "" {
		o.token = newTokenValue()
	}
	o.addToken(owner, "Owner's token", o.token)
	o.addEvent("user.session.start", "User login to Okta", object{
		"id": owner.id, "type": "User", "alternateId": owner.login(), "displayName": "Org Owner", "detailEntry": nil,
	}, []object{}, "/api/v1/authn")
}
