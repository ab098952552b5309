package integration_test

import (
	"context"
	"fmt"
	"log"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The life of a store integration: installed with the customer's consent, its
// secret rotated now and then, removed in the end.
func Example() {
	sim, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer sim.Close()
	ctx, base := context.Background(), sim.Transport()
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		log.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	admin := oktaint.NewClient(token, base)

	// A service would write to its database here, encrypted.
	var stored oktaint.Credentials
	store := func(_ context.Context, creds oktaint.Credentials) error {
		fmt.Println("stored")
		stored = creds
		return nil
	}

	installed, err := integration.Install(ctx, admin, integration.Desired{
		Type:   "acmevisibility", // the vendor's entry in Okta's catalogue
		Scopes: scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.LogsRead),
		Role:   oauthapp.RoleReadOnlyAdmin,
	}, store)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("installed:", installed.Created, "roles:", installed.Roles)

	report, err := oauthapp.Verify(ctx, stored, oauthapp.VerifyOptions{Base: base})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("verified:", report.OK)

	if _, err := integration.Rotate(ctx, admin, stored, store, integration.RotateOptions{Base: base}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("rotated")

	if err := integration.Remove(ctx, admin, stored.ApplicationID); err != nil {
		log.Fatal(err)
	}
	left, err := integration.List(ctx, admin, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("left:", len(left))

	// Output:
	// stored
	// installed: true roles: [READ_ONLY_ADMIN]
	// verified: true
	// stored
	// rotated
	// left: 0
}
