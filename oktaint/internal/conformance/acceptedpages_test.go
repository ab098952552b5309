package conformance

const (
	noMembers  = "the simulated org has neither members of groups nor users of apps"
	noTargets  = "the simulated org has no role targets"
	noEndpoint = "the simulated org has no such endpoint"
)

// unservedPages lists the operations with pages that the simulated org does
// not serve.
var unservedPages = reasons(map[string][]string{
	noMembers: {
		"GET /api/v1/groups/{groupId}/users", "GET /api/v1/groups/rules",
	},
	noTargets: {
		"GET /api/v1/groups/{groupId}/roles/{roleId}/targets/catalog/apps", "GET /api/v1/groups/{groupId}/roles/{roleId}/targets/groups",
		"GET /api/v1/users/{userId}/roles/{roleId}/targets/catalog/apps", "GET /api/v1/users/{userId}/roles/{roleId}/targets/groups",
	},
	noEndpoint: {
		"GET /api/v1/iam/assignees/users",
	},
})

// leftPages lists the recorded exchanges about pages that are not compared.
var leftPages = map[string]string{
	"users-01297": "an access token of 2020 that is not recorded, with the answer that a request without any gets today",
}

// acceptedPages lists how the simulated org's pages differ from the recorded.
var acceptedPages = []accepted{
	{[]string{"users-01268"}, "rows", []string{"11, recorded: 12"}, "Okta has given up the notification OKTA_ISSUE since"},
	{
		[]string{"api-token 1", "api-token 2"}, "rows", []string{"4, recorded: 2"},
		"the org has the tokens of the scenario's longest list from the beginning",
	},
	{
		[]string{"logs-00913", "logs-01298", "logs-01299", "logs-polling-2022 1"},
		"missing", []string{"[].debugContext.debugData.dtHash"},
		"recorded in 2022 and 2023; what is in debugData depends on the event",
	},
}
