package oktatest

import (
	"maps"
	"slices"
	"strings"
)

// writeEvents are the events of those writes, and reads, that their handlers do not record
// themselves, by method and path. The types are Okta's; where its catalogue has no event for
// a write, it is that of the thing's update.
var writeEvents = addTargetEvents(map[string]string{
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

	put + " " + pathPrivileges:                                      "org.settings.update",
	post + " " + pathUser + "/credentials/change_recovery_question": "user.account.update_profile",

	put + " " + pathUserRoles + "/{assignment}/targets/catalog/apps": eventUserPrivilege,
})

const eventUserPrivilege = "user.account.privilege.grant"

// addTargetEvents adds the events of the targets of roles: another target is another
// privilege.
func addTargetEvents(events map[string]string) map[string]string {
	for path, kind := range map[string]string{pathRoles: eventPrivilege, pathUserRoles: eventUserPrivilege, pathGroupRoles: "group.privilege.grant"} {
		for _, r := range targetRoutes(path) {
			if r.method != get {
				events[r.method+" "+r.pattern] = kind
			}
		}
	}
	return events
}

// readSecretEvent is written for every read of a client secret: detections alert on it.
const readSecretEvent = "app.oauth2.client.read_client_secret"

// recordWrite records the event of a request that took effect, if it is one of
// writeEvents: about what its path names, and what it has made.
func (c *call) recordWrite(res reply) {
	kind := writeEvents[c.r.Method+" "+c.route.pattern]
	if kind == "" {
		return
	}
	var targets []party
	for _, name := range slices.Sorted(maps.Keys(c.params)) {
		targets = append(targets, c.partyOfParam(name))
	}
	if made, ok := res.body.(object); ok && c.r.Method == post {
		if p := c.partyOfMade(made); p.kind != "" && p.id != "" {
			targets = append(targets, p)
		}
	}
	c.recordAbout(kind, kind, targets...)
}

// partyOfMade is what a POST to a list has made. Its type is that of the elements of the
// list; there is none if it is no list.
func (c *call) partyOfMade(made object) party {
	p := party{id: textOf(made["id"]), alternateID: "unknown", name: textOf(made["label"])}
	setDefault(&p.name, textOf(made["name"]))
	setDefault(&p.name, "unknown")
	for _, r := range c.live.routes {
		if rest, ok := strings.CutPrefix(r.pattern, c.route.pattern+"/{"); ok && strings.HasSuffix(rest, "}") && !strings.Contains(rest, "/") {
			p.kind = kindOfParam(strings.TrimSuffix(rest, "}"))
		}
	}
	return p
}

// kindOfParam is the type of what an element of a path names.
func kindOfParam(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// partyOfParam is what a path names, as the target of an event.
func (c *call) partyOfParam(name string) party {
	id := c.param(name)
	switch name {
	case "app":
		if a, ok := c.org.apps.get(id); ok {
			return partyOfApp(a)
		}
	case "user":
		if u, ok := c.org.users.get(id); ok {
			return partyOfUser(u)
		}
	case "group":
		if g, ok := c.org.groups.get(id); ok {
			return partyOfGroup(g)
		}
	case "client":
		return party{id, "PublicClientApp", "unknown", "unknown"}
	}
	return party{id, kindOfParam(name), "unknown", "unknown"}
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
		e.result, e.reason = outcomeFailure, refused.code
		switch refused.code {
		case codeNonce:
			e.result = outcomeChallenge
		case "invalid_scope", "consent_required":
			e.reason = "no_matching_scope"
		}
	}
	c.recordEvent(e)
}
