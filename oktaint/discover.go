package oktaint

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
)

// OrgInfo is what an org tells of itself without a credential.
type OrgInfo struct {
	ID        string // of the org, 00o...
	Org       Org    // its canonical URL, under one of Okta's own domains
	Alternate Org    // its custom domain, if it has one
	Engine    string // "idx" (Identity Engine) or "v1" (Classic Engine)
}

// Discover asks an org for its id, its canonical URL and its engine (GET
// /.well-known/okta-organization). It sends no credential and follows no
// redirect. base sends the request, as in [NewClient]; nil means a transport that
// all of this package shares. Of a [*Transport] or an oauth2.Transport only the
// base is used, without its credential.
//
// The answer is trusted only if the canonical host is the one given or lies
// under Okta's own domains; else the error asks the user to name it, since
// credentials would be sent there.
func Discover(ctx context.Context, org Org, base http.RoundTripper) (OrgInfo, error) {
	switch t := base.(type) {
	case *Transport:
		base = t.Base
	case *oauth2.Transport:
		base = t.Base
	}
	var doc struct {
		ID    string `json:"id"`
		Links struct {
			Organization struct{ Href string } `json:"organization"`
			Alternate    struct{ Href string } `json:"alternate"`
		} `json:"_links"`
		Pipeline string `json:"pipeline"`
	}
	if err := NewClient(org, base).Get(ctx, &doc, nil, ".well-known", "okta-organization"); err != nil {
		return OrgInfo{}, fmt.Errorf("oktaint: ask %s about itself: %w", org, err)
	}
	info := OrgInfo{ID: doc.ID, Org: org, Engine: doc.Pipeline}
	if doc.ID == "" {
		return OrgInfo{}, fmt.Errorf("oktaint: %s does not answer like an Okta org: check its URL", org)
	}
	if href := doc.Links.Organization.Href; href != "" {
		canonical, err := ParseOrg(href)
		if err != nil {
			return OrgInfo{}, fmt.Errorf("oktaint: %s names a canonical URL that cannot be used: %w", org, err)
		}
		if canonical != org && !canonical.HostedByOkta() {
			return OrgInfo{}, fmt.Errorf("oktaint: %s says that it is %s: if you trust that, name it yourself", org, canonical)
		}
		info.Org = canonical
	}
	if href := doc.Links.Alternate.Href; href != "" {
		// It is only reported, and never used, so it may be missing.
		info.Alternate, _ = ParseOrg(href)
	}
	return info, nil
}
