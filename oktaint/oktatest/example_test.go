package oktatest_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
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
