package oktatest

import (
	"maps"
	"slices"
	"strings"
)

// writeEvents are the events of those writes, and reads, that their handlers do not record
// themselves, by method and path. The types are Okta's; where its catalogue has no event for
// a write, it is that of the thing's update.
var writeEvents = map[string]string{
	post + " " + pathApp + "/lifecycle/activate":   "application.lifecycle.activate",
	post + " " + pathApp + "/lifecycle/deactivate": "application.lifecycle.deactivate",

	post + " " + pathKeys:                                 "app.oauth2.credentials.lifecycle.create",
	post + " " + pathKeys + "/{key}/lifecycle/activate":   "app.oauth2.credentials.lifecycle.activate",
	post + " " + pathKeys + "/{key}/lifecycle/deactivate": "app.oauth2.credentials.lifecycle.deactivate",
	del + " " + pathKeys + "/{key}":                       "app.oauth2.credentials.lifecycle.delete",

	get + " " + pathAppSecrets:                                     readSecretEvent,
	get + " " + pathAppSecrets + "/{secret}":                       readSecretEvent,
	post + " " + pathAppSecrets:                                    "app.oauth2.credentials.lifecycle.create",
	post + " " + pathAppSecrets + "/{secret}/lifecycle/activate":   "app.oauth2.credentials.lifecycle.activate",
	post + " " + pathAppSecrets + "/{secret}/lifecycle/deactivate": "app.oauth2.credentials.lifecycle.deactivate",
	del + " " + pathAppSecrets + "/{secret}":                       "app.oauth2.credentials.lifecycle.delete",

	post + " " + pathGrants:             "app.oauth2.admin.consent.grant",
	del + " " + pathGrants + "/{grant}": "app.oauth2.admin.consent.revoke",

	post + " " + pathRoles:                  "app.oauth2.client.privilege.grant",
	del + " " + pathRoles + "/{assignment}": "app.oauth2.client.privilege.revoke",

	post + " " + pathServices:                                      "app.oauth2.client.lifecycle.create",
	del + " " + pathServices + "/{service}":                        "app.oauth2.client.lifecycle.delete",
	post + " " + pathSvcSecrets:                                    "app.oauth2.credentials.lifecycle.create",
	post + " " + pathSvcSecrets + "/{secret}/lifecycle/activate":   "app.oauth2.credentials.lifecycle.activate",
	post + " " + pathSvcSecrets + "/{secret}/lifecycle/deactivate": "app.oauth2.credentials.lifecycle.deactivate",
	del + " " + pathSvcSecrets + "/{secret}":                       "app.oauth2.credentials.lifecycle.delete",

	post + " " + pathIAMRoles:            "iam.role.create",
	put + " " + pathIAMRoles + "/{role}": "iam.role.update",
	del + " " + pathIAMRoles + "/{role}": "iam.role.delete",
	post + " " + pathPermission:          "iam.role.permissions.add",
	put + " " + pathPermission:           "iam.role.permission.conditions.add",
	del + " " + pathPermission:           "iam.role.permissions.delete",

	post + " " + pathSets:                     "iam.resourceset.create",
	put + " " + pathSets + "/{set}":           "iam.resourceset.update",
	del + " " + pathSets + "/{set}":           "iam.resourceset.delete",
	post + " " + pathResources:                "iam.resourceset.resources.add",
	patch + " " + pathResources:               "iam.resourceset.resources.add",
	put + " " + pathResources + "/{resource}": "iam.resourceset.update",
	del + " " + pathResources + "/{resource}": "iam.resourceset.resources.delete",
	post + " " + pathBindings:                 "iam.resourceset.bindings.add",
	del + " " + pathBindings + "/{role}":      "iam.resourceset.bindings.delete",
	patch + " " + pathMembers:                 "iam.resourceset.bindings.add",
	del + " " + pathMembers + "/{member}":     "iam.resourceset.bindings.delete",

	put + " " + pathTokens + "/{token}": "system.api_token.update",
	del + " " + pathTokens + "/{token}": "system.api_token.revoke",
	del + " " + pathTokens + "/current": "system.api_token.revoke",
}

// readSecretEvent is written for every read of a client secret: detections alert on it.
const readSecretEvent = "app.oauth2.client.read_client_secret"

// recordWrite records the event of a request that took effect, unless its handler did.
func (c *call) recordWrite() {
	kind := writeEvents[c.r.Method+" "+c.route.pattern]
	if kind == "" || c.firstEvent > 0 {
		return
	}
	var targets []party
	for _, name := range slices.Sorted(maps.Keys(c.params)) {
		targets = append(targets, c.partyOfParam(name))
	}
	c.recordAbout(kind, kind, targets...)
}

// partyOfParam is what a path names, as the target of an event.
func (c *call) partyOfParam(name string) party {
	id := c.param(name)
	switch name {
	case "app":
		if a, ok := c.org.apps.get(id); ok {
			return partyOfApp(a)
		}
	case "client":
		return party{id, "PublicClientApp", "unknown", "unknown"}
	}
	return party{id, strings.ToUpper(name[:1]) + name[1:], "unknown", "unknown"}
}

// recordToken records the event of a token request. Refused ones are events, too: Okta
// writes those that ask for a nonce as a challenge.
func (c *call) recordToken(cl *client, err error) {
	e := &event{kind: "app.oauth2.token.grant", text: "OAuth2 token grant", actor: systemActor, path: c.r.URL.Path}
	if cl != nil {
		e.actor = party{cl.id, "PublicClientApp", "unknown", "unknown"}
		e.targets = []party{e.actor}
	}
	if refused, ok := err.(*oauthError); ok {
		e.result, e.reason = "FAILURE", refused.code
		if refused.code == codeNonce {
			e.result = "CHALLENGE"
		}
	}
	c.recordEvent(e)
}
