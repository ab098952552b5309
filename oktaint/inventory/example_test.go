package inventory_test

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A folder is collected once and then brought up to date. The report of the last run, which
// marshals to JSON, is kept beside it.
func ExampleDelta() {
	ctx := context.Background()
	sim, err := oktatest.NewOrg(oktatest.Config{Users: 30, Groups: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	c, dir := exampleClient(sim), exampleDir()
	defer os.RemoveAll(dir)
	files, err := inventory.OpenFiles(dir, inventory.FileOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer files.Close()
	opts := inventory.Options{Resources: []string{"users", "groups", "group-members"}}
	last, err := inventory.Collect(ctx, c, files, opts)
	if err != nil {
		fmt.Println(err)
		return
	}

	id := sim.AddUser(oktatest.User{Login: "new@example.com"}) // later
	req, err := c.Org.NewRequest(ctx, http.MethodPut, nil, nil, "api", "v1", "groups", exampleGroup(c), "users", id)
	if err == nil {
		err = c.Do(req, nil)
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	updates, err := files.Updates()
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := inventory.Delta(ctx, c, updates, last, opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range report.Rows {
		fmt.Printf("%s: %d, %d added, %d deleted\n", row.Resource, row.Count, row.Changes.Added, row.Changes.Deleted)
	}
	// Output:
	// users: 32, 1 added, 0 deleted
	// groups: 6, 0 added, 0 deleted
	// group-members: 56, 1 added, 0 deleted
}

func exampleClient(sim *oktatest.Org) *oktaint.Client {
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		panic(err)
	}
	token, err := oktaint.ParseAPIToken(sim.APIToken())
	if err != nil {
		panic(err)
	}
	return oktaint.NewClient(oktaint.APIToken{Org: org, Token: token}, sim.Transport())
}

func exampleDir() string {
	dir, err := os.MkdirTemp("", "inventory")
	if err != nil {
		panic(err)
	}
	return dir
}

// exampleGroup is the id of a group that is not Everyone.
func exampleGroup(c *oktaint.Client) string {
	for g, err := range oktaint.List[struct{ ID, Type string }](context.Background(), c, nil, "api", "v1", "groups") {
		if err == nil && g.Type == "OKTA_GROUP" {
			return g.ID
		}
	}
	return ""
}

// The objects go where a program wants them. The report says whether these are all.
func ExampleCollect() {
	sim, err := oktatest.NewOrg(oktatest.Config{Users: 30, Groups: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	stored := 0
	store := inventory.SinkFunc(func(_ context.Context, b inventory.Batch) error {
		stored += len(b.Items)
		return nil
	})
	report, err := inventory.Collect(context.Background(), exampleClient(sim), store, inventory.Options{
		Resources: []string{"users", "groups", "custom-roles"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range report.Rows {
		fmt.Printf("%s: %s, %d\n", row.Resource, row.Status, row.Count)
	}
	fmt.Println(stored, "stored")
	// Output:
	// users: complete, 31
	// groups: complete, 6
	// custom-roles: complete, 0
	// 37 stored
}

// What an admin role shows is known before an org is asked.
func ExampleExpect() {
	report := inventory.Expect(scopes.New(scopes.UsersRead, scopes.SchemasRead), []string{"READ_ONLY_ADMIN"}, nil)
	for _, g := range report.Groups(inventory.BeyondRole) {
		fmt.Println(g.Resources(), g.Remedy)
	}
	// Output: [user-schemas group-schema] assign ORG_ADMIN, APP_ADMIN or API_ACCESS_MANAGEMENT_ADMIN
}
