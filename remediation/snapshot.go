package remediation

import (
	"encoding/json"
	"fmt"
)

// snapshot returns what is known of what an action is about to destroy, nil for
// actions that destroy nothing that could be read.
func snapshot(a Action, v *view) (json.RawMessage, error) {
	var keep any
	switch a := a.(type) {
	case DeactivateUser, DeleteUser:
		keep = struct {
			Profile map[string]json.RawMessage `json:"profile"`
			Groups  []membership               `json:"groups"`
			Factors []factor                   `json:"factors"`
		}{v.user.profile, v.user.groups, v.user.factors}
	case ResetFactors, RemoveFactor:
		keep = struct {
			Factors []factor `json:"factors"`
		}{v.user.factors}
	case RevokeGrants:
		keep = struct {
			Grants []consent `json:"grants"`
		}{v.user.grants}
	case RevokeClientGrants:
		keep = struct {
			Grants []consent `json:"grants"`
		}{v.user.clientGrants[a.ClientID]}
	case DeleteGroup:
		keep = struct {
			Name        string   `json:"name"`
			Description string   `json:"description"`
			Members     []member `json:"members"`
		}{v.group.name, v.group.about, v.group.members}
	default:
		return nil, nil
	}
	text, err := json.Marshal(keep)
	if err != nil {
		return nil, fmt.Errorf("remediation: snapshot before %s: %w", a.Facts().Kind, err)
	}
	return text, nil
}
