package conformance

// assignDeviations lists where answers about assignments differ from the documents
// as Okta's were recorded to do.
var assignDeviations = []accepted{
	{[]string{"GET /api/v1/groups/{groupId}/apps"}, "answer", ofElements(nullsOfApp), asRecorded},
	{[]string{"GET /api/v1/groups/{groupId}/apps"}, "answer", []string{"/[]/settings/app/loginUrlRegex: Value is not nullable"}, asRecorded},
	{[]string{"GET /api/v1/apps/{appId}"}, "answer", []string{
		"/settings/app/loginUrlRegex: Value is not nullable", `/name: value is not one of the allowed values ["oidc_client"]`,
	}, asRecorded},
	{[]string{"GET /api/v1/apps/{appId}/users"}, "answer", []string{"/[]/externalId: Value is not nullable"}, asRecorded},
	{[]string{
		"GET /api/v1/apps/{appId}/users/{userId}", "POST /api/v1/apps/{appId}/users/{userId}", "POST /api/v1/apps/{appId}/users",
	}, "answer", []string{"/externalId: Value is not nullable"}, asRecorded},
	{[]string{"POST /api/v1/apps/{appId}/users/{userId}"}, "request", []string{
		`/: value matches more than one schema from "oneOf" (matches schemas at indices [0 1])`,
	}, "each of the two schemas takes any member"},
	{[]string{"GET /api/v1/apps/{appId}/group-push/mappings"}, "answer", []string{"status 404: not declared"}, "of an app without the feature, as a collector of others met it"},
}

// acceptedAssignShapes is acceptedShapes for assignments.
var acceptedAssignShapes = []accepted{
	{[]string{"app-users-groups-00910"}, "extra", []string{"[].credentials.userName"}, "of an app whose users have no name there; every other has it"},
	{[]string{"groups-00733"}, "missing", []string{"[].settings.extendedProperties"}, gone2020},
	{[]string{"groups-00733"}, "extra", []string{
		"[]._links.accessPolicy", "[]._links.policies", "[]._links.profileEnrollment", "[]._links.uploadLogo", "[].orn",
		"[].settings.emOptInStatus", "[].settings.implicitAssignment", "[].settings.manualProvisioning", "[].settings.notes",
		"[].universalLogout", "[].visibility.autoLaunch",
	}, shapeOf2020},
}
