package oktatest

import (
	"net/http"
	"regexp"
	"slices"
)

// riskLevels are the levels that an administrator can set. A user has none before.
var riskLevels = []string{"HIGH", "MEDIUM", riskLow}

const (
	riskLow   = "LOW"
	eventRisk = "user.risk.change"
	textRisk  = "User's risk level changed"
)

// riskReason is what the reason of a change may be made of, as documented.
var riskReason = regexp.MustCompile(`^[a-zA-Z0-9\s\-,.]{0,500}$`)

func (o *Org) viewRisk(u *user) object {
	owner := o.href("api/v1/users", u.id)
	view := object{"riskLevel": "NONE", "_links": object{
		"user": object{"href": owner, "hints": allow("GET")},
		"self": object{"href": owner + "/risk", "hints": allow("GET", "PUT")},
	}}
	if u.risk != "" {
		view["riskLevel"], view["reason"] = u.risk, u.riskReason
	}
	return view
}

func (c *call) getRisk() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewRisk(u))
}

// setRisk sets a user's level of risk. It answers 201 the first time and 200 later, as
// recorded.
func (c *call) setRisk() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Level  string `json:"riskLevel"`
		Reason string `json:"riskReason"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if !slices.Contains(riskLevels, in.Level) {
		return reply{}, invalid("riskLevel", "riskLevel: The field is not a level that can be set")
	}
	if !riskReason.MatchString(in.Reason) {
		return reply{}, invalid("riskReason", "riskReason: The field has characters that it may not have, or too many")
	}
	status := http.StatusOK
	if u.risk == "" {
		status = http.StatusCreated
	}
	setDefault(&in.Reason, "Admin override risk")
	u.risk, u.riskReason = in.Level, in.Reason
	c.recordAbout(eventRisk, textRisk, partyOfUser(u))
	return reply{status: status, body: c.org.viewRisk(u)}, nil
}
