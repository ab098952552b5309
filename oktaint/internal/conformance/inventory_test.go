package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// inventoryDeviations is where the catalogue goes beyond the documents, with the source.
var inventoryDeviations = map[string]string{
	"ai-agents: no operation":            "Okta for AI Agents is a separate API: its published beta",
	"client-roles: parameter expand":     targetsOfClients,
	"policies: type=CLIENT_POLICY":       "Okta's release notes, 2026.05",
	"policies: type=USER_IDENTIFICATION": "Okta's release notes, 2026.08",
	"policies: type=USER_LIFECYCLE":      "as a collector of others asks",
	`role-subscriptions: path roleRef: /: value matches more than one schema from "oneOf" (matches schemas at indices [0 1])`: "a standard role also has the form of an id, so the schema cannot hold",
}

// TestInventory holds each row of the catalogue against the documents: the path, the
// parameters, and the scopes. A deviation that is no longer needed fails, too.
func TestInventory(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	org, err := oktaint.ParseOrg(origin)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for r := range inventory.Catalogue() {
		above := strings.Count(r.Path, "{")
		var ids []string
		for i := range above {
			ids = append(ids, fmt.Sprintf("x%d", i+1))
		}
		requests, err := r.Requests(t.Context(), org, ids...)
		if err != nil && above > 0 { // a query gives the last of them
			requests, err = r.Requests(t.Context(), org, ids[1:]...)
		}
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		for _, req := range requests {
			found = append(found, rowDeviations(t, docs, r, req)...)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	for _, d := range found {
		if inventoryDeviations[d] == "" {
			t.Errorf("the documents do not have %s", d)
		}
	}
	for d := range inventoryDeviations {
		if !slices.Contains(found, d) {
			t.Errorf("%s is no deviation any more", d)
		}
	}
}

func rowDeviations(t *testing.T, docs *documents, r *inventory.Resource, req *http.Request) []string {
	op, err := docs.find(req)
	if err != nil {
		return []string{r.Name + ": no operation"}
	}
	var found []string
	for name := range req.URL.Query() {
		if !op.declaresQuery(name) {
			found = append(found, r.Name+": parameter "+name)
		}
	}
	if scopes := op.scopes(); !slices.Equal(scopes, texts(r)) {
		found = append(found, fmt.Sprintf("%s: scopes %q, the documents %q", r.Name, texts(r), scopes))
	}
	for _, problem := range op.checkRequest(t.Context()) {
		if what := req.URL.Query().Get("type"); what != "" && strings.Contains(problem, "type") {
			problem = "type=" + what
		}
		if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "parameter") }) {
			found = append(found, r.Name+": "+problem)
		}
	}
	return found
}

func texts(r *inventory.Resource) []string {
	var list []string
	for scope := range r.Scopes.All() {
		list = append(list, string(scope))
	}
	return list
}
