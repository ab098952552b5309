package oktatest

// belongingRoutes show what else belongs to a user.
var belongingRoutes = []route{
	{method: get, pattern: pathUser + "/linkedObjects/{relationship}", scope: "okta.users.read", need: readUsers, handler: (*call).listLinkedObjects},
	{method: get, pattern: pathUser + "/classification", scope: "okta.users.read", need: readUsers, handler: (*call).getClassification},
	{method: get, pattern: pathUser + "/risk", scope: "okta.userRisk.read", need: readUsers, feature: featureITP, handler: (*call).getRisk},
	{method: put, pattern: pathUser + "/risk", scope: "okta.userRisk.manage", need: manageRisk, feature: featureITP, body: "riskLevel riskReason", handler: (*call).setRisk},
	{method: get, pattern: pathUser + "/authenticator-enrollments", scope: "okta.users.read", need: readUsers, lacks: "discloseIdentifiers", handler: (*call).listEnrollments},
	{method: get, pattern: pathUser + "/authenticator-enrollments/{enrollment}", scope: "okta.users.read", need: readUsers, lacks: "discloseIdentifiers", handler: (*call).getEnrollment},
	{method: del, pattern: pathUser + "/authenticator-enrollments/{enrollment}", scope: "okta.users.manage", need: resetFactors, handler: (*call).deleteEnrollment},
}

const pathLinkedObjects = "/api/v1/meta/schemas/user/linkedObjects"

// listLinkedObjects answers as for a user who is linked to nobody, which all are. The
// relationship has to exist.
func (c *call) listLinkedObjects() (reply, error) {
	if _, err := c.user(); err != nil {
		return reply{}, err
	}
	name := c.param("relationship")
	for _, a := range c.org.assetList(pathLinkedObjects).all() {
		for _, end := range []string{"primary", "associated"} {
			if lookUp(a.body, []string{end, "name"}) == name {
				return ok([]object{})
			}
		}
	}
	return reply{}, notFound(name, "LinkedObject")
}

// getClassification shows what a user counts as in Okta's bills.
func (c *call) getClassification() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	return ok(object{"type": "STANDARD", "lastUpdated": stamp(u.created)})
}
