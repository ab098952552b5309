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
}

// acceptedUserShapes is acceptedShapes for users.
var acceptedUserShapes = []accepted{
	{[]string{"users-00157", "users-00158", "users-00218", "users-00219", "users-00902"}, "extra", []string{"_links.resetFactors"}, resetLink},
	{[]string{
		"users-00195", "users-00196", "users-00224", "users-00225", "users-00235", "users-00236", "users-00549", "users-00550",
		"users-00551", "users-00552", "users-00553", "users-00554", "users-00558", "users-00977", "users-00978", "users-00979",
		"users-00980", "users-01040", "users-01041", "users-01042",
	}, "missing", []string{"realmId"}, realms},
	{[]string{
		"users-00239", "users-00240", "users-00241", "users-00242", "users-00243", "users-00245", "users-00247",
	}, "missing", []string{"[].realmId"}, realms},
	{[]string{"users-00227", "users-00229"}, "missing", []string{"[]._links.owners"}, ownersLink},
	{[]string{"user-lifecycle-00743"}, "status", []string{"200"}, noContent},
}
