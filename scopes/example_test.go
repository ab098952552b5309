package scopes_test

import (
	"fmt"

	"github.com/rezonate-io/okta-integration/scopes"
)

func Example() {
	want := scopes.New(scopes.UsersRead, scopes.LogsRead, scopes.GroupsManage)
	granted, err := scopes.Parse("okta.users.read okta.groups.manage")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("missing:", want.Minus(granted))
	fmt.Println("may read groups:", granted.Covers(scopes.GroupsRead))
	// Output:
	// missing: okta.logs.read
	// may read groups: true
}

// Scopes that an administrator typed are checked against the catalogue.
func ExampleSet_CheckKnown() {
	asked, err := scopes.Parse("okta.users.read, okta.logs.raed")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(asked.CheckKnown())
	// Output: scopes: "okta.logs.raed" is not a scope of Okta's: did you mean okta.logs.read?
}

// The catalogue says in words what a customer is asked to consent to.
func ExampleLookup() {
	for scope := range scopes.Remediation.All() {
		info, _ := scopes.Lookup(scope)
		fmt.Printf("%s: %s\n", scope, info.Meaning)
	}
	// Output:
	// okta.groups.manage: Allows the app to create and manage groups in your Okta organization
	// okta.users.manage: Allows the app to create new users and to manage all users' profile and credentials information
}

// With Okta, manage includes read for the same resource.
func ExampleSet_Covers() {
	fmt.Println(scopes.Remediation.Covers(scopes.UsersRead))
	fmt.Println(scopes.Visibility.Covers(scopes.UsersManage))
	// Output:
	// true
	// false
}
