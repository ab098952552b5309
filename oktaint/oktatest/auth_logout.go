package oktatest

// featureITP is what only orgs with Identity Threat Protection have: levels of risk and
// Universal Logout.
const featureITP = "identity-threat-protection"

// logoutRoutes end everything that is open for a user.
var logoutRoutes = []route{
	{method: post, pattern: "/oauth2/v1/global-token-revocation", scope: "okta.universalLogout.manage", need: clearSessions, feature: featureITP,
		body: "sub_id{format id iss sub}", handler: (*call).logOutEverywhere},
}

// subject is a user in the body of a revocation.
type subject struct {
	Format string `json:"format"`
	ID     string `json:"id"`
	Issuer string `json:"iss"`
	Sub    string `json:"sub"`
}

// logOutEverywhere ends the sessions and the tokens of a user, of apps, too. A level of risk
// that was set is LOW afterwards. API tokens stay.
func (c *call) logOutEverywhere() (reply, error) {
	var in struct {
		Subject *subject `json:"sub_id"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Subject == nil {
		return reply{}, invalid("sub_id", "sub_id: The field cannot be left blank")
	}
	u, err := c.org.userOfSubject(in.Subject)
	if err != nil {
		return reply{}, err
	}
	if err := c.touchUser(u); err != nil {
		return reply{}, err
	}
	u.endSessions(true)
	c.recordAbout("user.authentication.universal_logout", "User universal logout", partyOfUser(u))
	if u.risk != "" && u.risk != riskLow {
		u.risk, u.riskReason = riskLow, "Universal Logout"
		c.recordAbout(eventRisk, textRisk, partyOfUser(u))
	}
	return noContent()
}

// userOfSubject finds the user that a request means: by an id of the org, or by the name
// that an identity provider has for the user.
func (o *Org) userOfSubject(s *subject) (*user, error) {
	switch {
	case s.Format == "opaque" && s.ID != "" && s.Issuer == "" && s.Sub == "":
		if u, found := o.users.get(s.ID); found {
			return u, nil
		}
	case s.Format == "iss_sub" && s.ID == "" && s.Issuer != "" && s.Sub != "":
		if u := o.userOfIssuer(s.Issuer, s.Sub); u != nil {
			return u, nil
		}
	default:
		return nil, invalid("sub_id", "sub_id: The format must be opaque with an id, or iss_sub with iss and sub")
	}
	return nil, invalid("sub_id", "sub_id: The user does not exist")
}

// userOfIssuer finds the user whom an identity provider knows by a name.
func (o *Org) userOfIssuer(issuer, name string) *user {
	for _, idp := range o.assetList(pathIdPs).all() {
		saml := lookUp(idp.body, []string{"protocol", "credentials", "trust", "issuer"})
		oidc := lookUp(idp.body, []string{"protocol", "issuer", "url"})
		if saml != issuer && oidc != issuer {
			continue
		}
		for _, link := range o.assetList(usersOfIdP(idp.id)).all() {
			if u, found := o.users.get(link.id); found && link.body["externalId"] == name {
				return u
			}
		}
	}
	return nil
}
