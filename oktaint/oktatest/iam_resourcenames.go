package oktatest

import (
	"net/url"
	"slices"
	"strings"
)

// A resourceKind is a kind of things that a resource set can hold: how its members are
// named by URL, below /api/v1/, and by ORN, behind the partition. {id} is one of them.
type resourceKind struct{ path, orn string }

// resourceKinds are all kinds. An ORN that is of none of them is kept as it is.
//
// Sources: Okta's table of supported resources. Of the rows below the empty line, the
// URLs are what collectors have found in orgs; the ORNs are a choice.
var resourceKinds = []resourceKind{
	{"users", "directory:ORG:users"},
	{"groups", "directory:ORG:groups"},
	{"groups/{id}", "directory:ORG:groups:{id}"},
	{"groups/{id}/users", "directory:ORG:groups:{id}:contained_resources"},
	{"apps", "idp:ORG:apps"},
	{`apps?filter=name eq "{id}"`, "idp:ORG:apps:{id}"},
	{"authorizationServers", "idp:ORG:authorization_servers"},
	{"authorizationServers/{id}", "idp:ORG:authorization_servers:{id}"},

	{"users/{id}", "directory:ORG:users:{id}"},
	{"devices", "directory:ORG:devices"},
	{"idps", "idp:ORG:identity_providers"},
	{"idps/{id}", "idp:ORG:identity_providers:{id}"},
	{"policies/{id}", "idp:ORG:policies:{id}"},
	{"realms", "directory:ORG:realms"},
	{"realms/{id}", "directory:ORG:realms:{id}"},
}

// newResource reads a resource written as a URL of the org or as an ORN.
func (o *Org) newResource(name string) (*resource, error) {
	r := &resource{created: o.now(), updated: o.now()}
	var found bool
	if strings.HasPrefix(name, "orn:") {
		parts := strings.Split(name, ":")
		found = len(parts) >= 5 && !slices.Contains(parts, "")
		if found && parts[2] == "iam" { // what roles and assignments are for is only seen over this
			found = name == o.iamORN() && !o.cfg.NoIAMResources
		}
		r.orn, r.href = name, o.hrefOfORN(parts)
	} else {
		r.href = name
		r.orn, found = o.ornOf(name)
	}
	if !found {
		return nil, invalid("resources", "resources: '"+name+"' is not a resource")
	}
	return r, nil
}

// ornOf returns the ORN of what a URL names, if that is a resource.
func (o *Org) ornOf(href string) (string, bool) {
	path, ok := strings.CutPrefix(href, o.href("api/v1")+"/")
	if plain, err := url.QueryUnescape(path); !ok || err != nil {
		return "", false
	} else if path = plain; strings.HasPrefix(path, "apps/?") {
		path = "apps" + strings.TrimPrefix(path, "apps/")
	}
	if id, one := strings.CutPrefix(path, "apps/"); one {
		a, found := o.apps.get(id)
		if !found {
			return "", false
		}
		return o.ornOfApp(a.name, a.id), true
	}
	for _, k := range resourceKinds {
		if id, ok := k.idIn(path); ok {
			return o.orn(strings.Replace(k.orn, "{id}", id, 1)), true
		}
	}
	return "", false
}

// idIn returns the id in a path of the kind, and whether it is one.
func (k resourceKind) idIn(path string) (string, bool) {
	before, after, some := strings.Cut(k.path, "{id}")
	if !some {
		return "", path == k.path
	}
	id, ok := strings.CutPrefix(path, before)
	id, end := strings.CutSuffix(id, after)
	return id, ok && end && id != "" && !strings.ContainsAny(id, `/?"`)
}

// orn completes an ORN in which ORG stands for the org.
func (o *Org) orn(rest string) string {
	return "orn:" + o.cfg.Partition + ":" + strings.Replace(rest, "ORG", o.id, 1)
}

// iamORN is the ORN of the org's roles, resource sets and admin assignments.
func (o *Org) iamORN() string { return o.orn("iam:ORG:contained_resources") }

// ornOfApp is the ORN of an app, or of all apps of a name if id is empty.
func (o *Org) ornOfApp(name, id string) string {
	return strings.TrimSuffix(o.orn("idp:ORG:apps:"+name+":"+id), ":")
}

// hrefOfORN returns the URL of what an ORN names, or "" if there is none.
func (o *Org) hrefOfORN(parts []string) string {
	if len(parts) == 7 && parts[4] == "apps" {
		return o.href("api/v1/apps", parts[6])
	}
	for _, k := range resourceKinds {
		want, id := strings.Split("orn:okta:"+k.orn, ":"), ""
		if len(want) != len(parts) {
			continue
		}
		same := true
		for i, part := range parts {
			switch want[i] {
			case "{id}":
				id = part
			case "okta", "ORG", part:
			default:
				same = false
			}
		}
		if same {
			path, query, _ := strings.Cut(strings.Replace(k.path, "{id}", id, 1), "?filter=")
			if query != "" {
				query = "?filter=" + url.QueryEscape(query)
			}
			return o.href("api/v1", path) + query
		}
	}
	return ""
}
