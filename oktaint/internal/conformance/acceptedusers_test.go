package conformance

const (
	deadOrg = "the answer of an org that does not exist"
	signIn  = "the HTML page of a host that is not an org's"

	realms    = "only some of the recorded orgs have realms"
	resetLink = "not yet there when this was recorded; every user recorded since 2025-09 has it, but those who are deprovisioned"
	noContent = "recorded in 2020; every deactivation recorded in 2025 is 200"
)

// leftUserShapes is leftShapes for users.
var leftUserShapes = reasons(map[string][]string{
	deadOrg: {"users-00894"},
	signIn:  {"users-01269"},
})

// acceptedUserScenarios is acceptedScenarios for users.
var acceptedUserScenarios = []accepted{
	{[]string{
		"group-rule-crud 19", "group-rule-crud 21", "user-deprovision 1", "user-deprovision 2", "user-deprovision 6",
		"user-deprovision 7", "user-role-targets 2", "user-role-targets 4",
	}, "extra", []string{"_links.resetFactors"}, resetLink},
	{[]string{
		"oauth-bearer-groups 2", "oauth-bearer-groups 3", "oauth-bearer-groups 4", "oauth-bearer-groups 5",
		"group-rule-crud 1", "group-rule-crud 2", "group-rule-crud 12", "group-rule-crud 14", "group-rule-crud 18",
		"group-rule-crud 20", "group-rule-423 1", "group-rule-423 2", "user-role-targets 1", "user-role-targets 3",
		"user-role-targets 17", "user-role-targets 18",
	}, "extra", []string{"_links.owners"}, ownersLink},
	{[]string{
		"group-rule-crud 19", "group-rule-crud 21", "user-deprovision 1", "user-deprovision 2", "user-deprovision 4",
		"user-deprovision 6", "user-deprovision 7", "user-deprovision 9", "user-role-targets 2", "user-role-targets 4",
	}, "extra", []string{"realmId"}, realms},
	{[]string{
		"user-role-targets 15", "user-role-targets 25",
	}, "extra", []string{"[]._links.owners"}, ownersLink},
}

// acceptedUserShapes is acceptedShapes for users.
var acceptedUserShapes = []accepted{
	{[]string{"users-00157", "users-00158", "users-00218", "users-00219", "users-00902"}, "extra", []string{"_links.resetFactors"}, resetLink},
	{[]string{
		"groups-00135", "groups-00136", "users-00160", "groups-00161", "groups-00163", "users-00165", "users-00221",
		"user-roles-00277", "user-roles-00281", "group-roles-00473", "group-roles-00474", "group-roles-00741",
		"user-roles-01109", "user-roles-01112", "group-roles-01160", "group-roles-01161",
	}, "extra", []string{"[]._links.owners"}, ownersLink},
	{[]string{
		"groups-00155", "groups-00156", "groups-00164", "groups-00495", "groups-00498", "groups-00500", "groups-00501",
		"groups-01167",
	}, "extra", []string{"_links.owners"}, ownersLink},
	{[]string{
		"users-00157", "users-00158", "users-00218", "users-00219", "users-00547", "users-00548", "users-00902", "users-00905",
	}, "extra", []string{"realmId"}, realms},
	{[]string{
		"group-members-00162", "users-00244", "users-00246", "users-00248", "users-01100", "users-01101",
	}, "extra", []string{"[].realmId"}, realms},
	{[]string{"user-lifecycle-00743"}, "status", []string{"200"}, noContent},
}
