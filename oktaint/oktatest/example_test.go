package oktatest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func ExampleNewOrg() {
	org, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer org.Close()

	client := &http.Client{Transport: org.Transport()}
	req, err := http.NewRequest(http.MethodGet, org.URL()+"/api/v1/groups?q=Every", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Authorization", "SSWS "+org.APIToken())
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, len(body) > 2, err)
	for _, r := range org.Requests() {
		fmt.Println(r.Method, r.Path, r.Query, r.Status, r.Bucket, r.Scheme)
	}
	// Output:
	// 200 OK true <nil>
	// GET /api/v1/groups [q] 200 groups SSWS
}

// A service app of the simulated org, and a client that works as it. The org
// makes the app's key and hands it out in the credentials.
func ExampleOrg_Credentials() {
	org, err := oktatest.NewOrg(oktatest.Config{}) // in a test: oktatest.New(t, oktatest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer org.Close()
	app := org.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.New(scopes.GroupsRead), Roles: []string{"READ_ONLY_ADMIN"}})

	creds, err := oktaint.ParseCredentials(org.Credentials(app))
	if err != nil {
		fmt.Println(err)
		return
	}
	client := oktaint.NewClient(creds, org.Transport())
	for group, err := range oktaint.List[struct{ Profile struct{ Name string } }](context.Background(), client, nil, "api", "v1", "groups") {
		fmt.Println(creds.Kind, group.Profile.Name, err)
	}
	// Output:
	// private_key_jwt Everyone <nil>
}
