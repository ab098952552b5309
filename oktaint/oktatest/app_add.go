package oktatest

import (
	"crypto"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/scopes"
)

// ServiceApp says what kind of app [Org.AddServiceApp] makes.
type ServiceApp struct {
	// Label is the app's label; the default is Test service.
	Label string

	// Key is the key that the app signs its assertions with: a public key,
	// which is an *rsa.PublicKey, an *ecdsa.PublicKey or a JWK, that is
	// anything that marshals to one, as oktaint.PublicKey does; or a
	// crypto.Signer with such a public key. If it is nil, the org makes a key
	// on the curve P-256, or of RSA. [Org.Credentials] hands out the key that
	// the org made, and a Signer that is a private key of the standard library.
	Key crypto.PublicKey

	// RSA makes the key that the org makes an RSA key of 2048 bits.
	RSA bool

	// Scopes are granted to the app.
	Scopes scopes.Set

	// Roles are standard admin roles, READ_ONLY_ADMIN say.
	Roles []string

	// Permissions, if there are any, are those of a custom role of the app
	// over all users, groups and apps, and the org's roles and assignments.
	Permissions []string

	// DPoP makes the app need DPoP.
	DPoP bool
}

// AddServiceApp makes an active service app that authenticates by
// private_key_jwt, with its grants and roles, and returns its client_id, which
// is also its id. The app is as the endpoints would make it, but it is there at
// once and leaves no event in the System Log. AddServiceApp panics if they would
// refuse it.
func (o *Org) AddServiceApp(in ServiceApp) (clientID string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	a, err := o.addServiceApp(in)
	if err != nil {
		panic("oktatest: add service app: " + explain(err))
	}
	return a.client.id
}

func (o *Org) addServiceApp(in ServiceApp) (*app, error) {
	if err := checkRoles(in.Roles); err != nil {
		return nil, err
	}
	for _, name := range in.Permissions {
		if err := checkPermission(name); err != nil {
			return nil, err
		}
	}
	if unknown := in.Scopes.Unknown(); !unknown.IsEmpty() {
		return nil, fmt.Errorf("unknown scopes %s", unknown)
	}
	public, private, err := in.keys()
	if err != nil {
		return nil, err
	}
	body, err := in.body(public)
	if err != nil {
		return nil, err
	}
	a, err := o.addApp(body, true)
	if err != nil {
		return nil, err
	}
	a.private = private
	who := principal{principalClient, a.client.id}
	for _, role := range slices.Compact(slices.Sorted(slices.Values(in.Roles))) {
		o.assign(who, role)
	}
	if len(in.Permissions) > 0 {
		o.assignCustom(who, o.roleOf(a, in.Permissions), o.everythingFor(a))
	}
	owner := object{"id": o.users.ids[0], "type": "User"}
	for scope := range in.Scopes.All() {
		o.addGrant(a.client, string(scope), owner)
		o.giveClientPrivileges(a.client)
	}
	return a, nil
}

// checkRoles refuses roles that are not standard roles.
func checkRoles(roles []string) error {
	for _, role := range roles {
		if roleLabels[role] == "" {
			return fmt.Errorf("unknown role type %q", role)
		}
	}
	return nil
}

// body is the body of the request that creates the app.
func (in ServiceApp) body(public json.RawMessage) (*appInput, error) {
	label := in.Label
	setDefault(&label, "Test service")
	text, err := json.Marshal(object{
		"name": nameOIDC, "label": label, "signOnMode": modeOIDC,
		"credentials": object{"oauthClient": object{"token_endpoint_auth_method": methodPrivateKey}},
		"settings": object{"oauthClient": object{
			"application_type": typeService, "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
			"jwks": object{"keys": []json.RawMessage{public}}, "dpop_bound_access_tokens": in.DPoP,
		}},
	})
	if err != nil {
		return nil, err
	}
	body := newAppInput()
	if err := unmarshal(text, body); err != nil {
		return nil, err
	}
	return body, body.check()
}

// roleOf makes a custom role for an app.
func (o *Org) roleOf(a *app, permissions []string) *customRole {
	now := o.now()
	r := &customRole{id: o.newID("cr0"), label: "Role of " + a.id, description: "Role of " + a.label, created: now, updated: now}
	for _, name := range permissions {
		r.grant(name, nil, now)
	}
	o.customRoles.put(r.id, r)
	return r
}

// everythingFor makes a resource set for an app that holds all users, groups
// and apps.
func (o *Org) everythingFor(a *app) *resourceSet {
	now := o.now()
	s := &resourceSet{label: "Resources of " + a.id, description: "Resources of " + a.label, created: now, updated: now}
	everything := []string{o.href("api/v1/users"), o.href("api/v1/groups"), o.href("api/v1/apps")}
	if !o.cfg.NoIAMResources {
		everything = append(everything, o.iamORN())
	}
	if err := o.addResources(s, everything); err != nil {
		panic("oktatest: " + err.Error()) // they are always there
	}
	s.id = o.newID("iam")
	o.resourceSets.put(s.id, s)
	return s
}

// explain is the text of an error with its causes.
func explain(err error) string {
	refusal, ok := err.(*apiError)
	if !ok {
		return err.Error()
	}
	text := refusal.summary
	for _, cause := range refusal.causes {
		text += "; " + cause
	}
	return text
}
