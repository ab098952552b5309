package conformance

const (
	ownerTimes = "recorded in two formats of their own"
	ownerNull  = "recorded of every owner; the document does not allow null"
	target204  = "recorded 204 every time; the document says 200"

	noDateTime = `string doesn't match the format "date-time" (string doesn't match pattern "^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])` +
		`T([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|(\+|-)([0-1][0-9]|2[0-3]):[0-5][0-9])$")`
)

// groupDeviations is deviations for groups, rules and admin roles.
var groupDeviations = []accepted{
	{[]string{"POST /api/v1/groups/{groupId}/owners"}, "answer", []string{"/lastUpdated: " + noDateTime}, ownerTimes},
	{[]string{"GET /api/v1/groups/{groupId}/owners"}, "answer", []string{"/[]/lastUpdated: " + noDateTime}, ownerTimes},
	{[]string{"POST /api/v1/groups/{groupId}/owners"}, "answer", []string{"/originId: Value is not nullable"}, ownerNull},
	{[]string{"GET /api/v1/groups/{groupId}/owners"}, "answer", []string{"/[]/originId: Value is not nullable"}, ownerNull},
	{[]string{
		"PUT /api/v1/groups/{groupId}/roles/{roleAssignmentId}/targets/catalog/apps/{appName}",
	}, "answer", []string{"status 204: not declared"}, target204},
}
