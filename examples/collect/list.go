package main

import (
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A listed resource is a row of --list.
type listed struct {
	Name   string         `json:"name"`
	Tier   inventory.Tier `json:"tier"`
	Kind   inventory.Kind `json:"kind"`
	Parent string         `json:"parent,omitempty"`
	Path   string         `json:"path"`
	Scopes []string       `json:"scopes"`
	Key    []string       `json:"key"`
	Roles  []string       `json:"roles"` // that see it
}

// listCatalogue prints what there is to collect.
func listCatalogue(p *cli.Program) error {
	var all []listed
	t := cli.NewTable("RESOURCE", "WHEN", "ROLE", "SCOPES")
	for r := range inventory.Catalogue() {
		if r.Kind == inventory.Activity {
			continue
		}
		row := listed{r.Name, r.Tier, r.Kind, r.Parent, r.Path, strings.Fields(r.Scopes.String()), r.Key, r.Roles()}
		all = append(all, row)
		t.Row(row.Name, string(row.Tier), least(row.Roles), strings.Join(row.Scopes, " "))
	}
	if p.JSON {
		return p.PrintJSON(all)
	}
	return p.PrintText(t.Text(p.TableWidth()))
}

// least is the role to ask for: that of an integration, if it is enough.
func least(roles []string) string {
	if slices.Contains(roles, "READ_ONLY_ADMIN") {
		return "READ_ONLY_ADMIN"
	}
	return strings.Join(roles, " ")
}
