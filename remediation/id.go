package remediation

import (
	"fmt"
	"regexp"
)

// idForm is what ids look like: 20 letters and digits of Okta's, or what an
// administrator chose for a client. It excludes logins, which
// name somebody else once they are given away.
var idForm = regexp.MustCompile(`^[0-9A-Za-z$._~+!*'(),-]{3,100}$`)

func checkID(id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("remediation: %.60q is no id: targets are named by their ids, see ResolveUser", id)
	}
	return nil
}

// idsOf returns all ids that an action names.
func idsOf(a Action) []string {
	var all []string
	if f := a.Facts(); f.Kind != KindCreateGroup {
		all = append(all, f.Target.ID)
		if f.Group != "" {
			all = append(all, f.Group)
		}
	}
	switch a := a.(type) {
	case RemoveFactor:
		all = append(all, a.FactorID)
	case RevokeClientGrants:
		all = append(all, a.ClientID)
	case RevokeClientTokens:
		all = append(all, a.ClientID)
	case AddGroupOwner:
		all = append(all, a.OwnerID)
	case RemoveGroupOwner:
		all = append(all, a.OwnerID)
	}
	return all
}
