package oauthapp_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func Example() {
	// A simulated org stands in for the customer's.
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()
	ctx, base := context.Background(), sim.Transport()

	// The customer's administrator has made a temporary API token.
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	admin := oktaint.NewClient(token, base)

	key, err := oktaint.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	// Store key.PEM() here, before anything is made that depends on it.

	plan, err := oauthapp.BuildPlan(ctx, admin, oauthapp.Desired{
		Label:  "acme-visibility",
		Key:    key.Public(),
		Scopes: scopes.Visibility,
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range plan.Steps() {
		fmt.Println(step)
	}

	result, err := plan.Apply(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("granted:", result.Granted.Len(), "role:", result.Role, "not as wanted:", result.Err())

	report, err := oauthapp.Verify(ctx, result.Credentials(key), oauthapp.VerifyOptions{Base: base, Patience: 10 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"users", "groups", "apps", "admins"} {
		row, _ := report.Coverage.Row(name)
		fmt.Println(name, row.Status)
	}
	fmt.Println("verified:", report.OK)

	// Some orgs give a new app more than it was given here.
	if result, err = plan.ReadBack(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("roles:", result.Roles)
	if err := plan.RevokeAPIToken(ctx, report); err != nil {
		log.Fatal(err)
	}
	fmt.Println("the API token is revoked")

	// Output:
	// create the app "acme-visibility" with its key
	// assign the role READ_ONLY_ADMIN
	// create the custom role IAM reader with the permission okta.iam.read
	// create a resource set of the org's roles, resource sets and admin assignments
	// give the app the custom role IAM reader over the resource set
	// grant 26 scopes
	// granted: 26 role: READ_ONLY_ADMIN not as wanted: <nil>
	// users complete
	// groups complete
	// apps partial
	// admins complete
	// verified: true
	// roles: [CUSTOM READ_ONLY_ADMIN]
	// the API token is revoked
}
