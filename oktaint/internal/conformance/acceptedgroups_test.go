package conformance

const policyLock = "a fault of concurrency (E0000239) that a replay, one request after the other, cannot bring about"

// leftSteps lists the exchanges of scenarios that are not replayed, and why.
var leftSteps = map[string]string{
	"group-rule-423 3": policyLock,
	"group-rule-423 4": policyLock,

	"user-type-delete-500 2": typeMade,
	"user-type-delete-500 4": typeMade,
}

// leftGroupShapes is leftShapes for groups, rules and admin roles.
var leftGroupShapes = reasons(map[string][]string{
	policyLock: {"group-rules-00485"},
})

// acceptedGroupShapes is acceptedShapes for them.
var acceptedGroupShapes = []accepted{
	{[]string{"group-roles-00478"}, "extra", []string{"[]._links.logo[].type"}, "of the recorded apps of the catalogue only some have it"},
	{[]string{"groups-00733"}, "missing", []string{"[].settings.extendedProperties"}, gone2020},
	{[]string{"groups-00733"}, "extra", []string{
		"[]._links.accessPolicy", "[]._links.policies", "[]._links.profileEnrollment", "[]._links.uploadLogo", "[].orn",
		"[].settings.emOptInStatus", "[].settings.implicitAssignment", "[].settings.manualProvisioning", "[].settings.notes",
		"[].universalLogout", "[].visibility.autoLaunch",
	}, shapeOf2020},
	{[]string{"app-users-groups-00910"}, "extra", []string{"[].credentials.userName"}, "the users of that app sign in without a name of their own in it"},
}
