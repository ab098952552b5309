package main

import (
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
	t := cli.NewTable("RESOURCE", "WHEN", "SCOPES", "ROLES THAT SEE IT")
	for r := range inventory.Catalogue() {
		if r.Kind == inventory.Activity {
			continue
		}
		row := listed{r.Name, r.Tier, r.Kind, r.Parent, r.Path, strings.Fields(r.Scopes.String()), r.Key, r.Roles()}
		all = append(all, row)
		t.Row(row.Name, string(row.Tier), strings.Join(row.Scopes, " "), cli.Join(row.Roles))
	}
	if p.JSON {
		return p.PrintJSON(all)
	}
	return p.PrintText(t.Text(p.TableWidth()))
}
