package oktatest

import (
	"crypto"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE"

	nameOIDC     = "oidc_client"
	modeOIDC     = "OPENID_CONNECT"
	nameBookmark = "bookmark"
	nameSWA      = "template_swa"

	modeSAML  = "SAML_2_0"
	modeLogin = "AUTO_LOGIN"

	typeService = "service"

	methodPrivateKey = "private_key_jwt"
)

var (
	authMethods      = []string{"none", "client_secret_basic", "client_secret_post", "client_secret_jwt", methodPrivateKey}
	applicationTypes = []string{"browser", "native", typeService, "web"}
)

// app is an app of the org: an OpenID Connect client, a bookmark or a form to
// sign in with a password.
type app struct {
	id, name, label, status string
	signOnMode              string
	created, updated        time.Time

	in      appInput // the rest of what the administrator set, with defaults
	keys    []*key
	private crypto.Signer // of the first key, if the org made it or was given it
	secrets secretSet
	client  *client // nil unless the app is an OpenID Connect client of an administrator
	builtIn *builtIn

	features []string            // of provisioning
	signOn   object              // settings of SAML_2_0 and AUTO_LOGIN
	users    table[*appUser]     // by the id of the user
	groups   table[*appGroup]    // by the id of the group
	push     table[*pushMapping] // by id
}

// settings are those of the OAuth client.
func (a *app) settings() *oauthSettings { return a.in.Settings.OAuthClient }

// credentials are those of the OAuth client.
func (a *app) credentials() *oauthCredentials { return a.in.Credentials.OAuthClient }

// usesSecret reports whether the client authenticates by a secret.
func (a *app) usesSecret() bool {
	return a.client != nil && strings.HasPrefix(a.credentials().Method, "client_secret_")
}

// app returns the app that the path names, if the caller sees it.
func (c *call) app() (*app, error) {
	if a, found := c.org.apps.get(c.param("app")); found && c.sees(a) {
		return a, nil
	}
	return nil, notFound(c.param("app"), "AppInstance")
}

func (c *call) createApp() (reply, error) {
	in, err := c.readApp()
	if err != nil {
		return reply{}, err
	}
	active, err := c.flag("activate", true)
	if err != nil {
		return reply{}, err
	}
	a, err := c.org.addApp(in, active)
	if err != nil {
		return reply{}, err
	}
	c.record("application.lifecycle.create", "Create application", a)
	return ok(c.org.viewAppWithSecret(a))
}

// addApp makes an app of what was checked.
func (o *Org) addApp(in *appInput, active bool) (*app, error) {
	now := o.now()
	a := &app{
		name: in.Name, label: in.Label, signOnMode: in.SignOnMode,
		status: statusActive, created: now, updated: now, in: *in,
	}
	if !active {
		a.status = statusInactive
	}
	if a.name == nameOIDC {
		if err := o.newClient(a); err != nil {
			return nil, err
		}
	}
	a.id = o.newID("0oa")
	if a.client != nil {
		if a.client.id == "" {
			a.client.id = a.id
		}
		o.clients[a.client.id] = a.client
	}
	o.apps.put(a.id, a)
	return a, nil
}

// newClient makes the OAuth client of a new app.
func (o *Org) newClient(a *app) error {
	creds := a.credentials()
	if id := creds.ClientID; id != "" {
		if !validClientID(id) {
			return invalid("client_id", "client_id: The value is not a valid client id")
		}
		if o.clients[id] != nil {
			return invalid("client_id", "client_id: The value is used by another client")
		}
	}
	keys, err := o.newKeys(a.settings().JWKS, nil, a.created)
	if err != nil {
		return err
	}
	a.keys = keys
	a.client = &client{id: creds.ClientID, app: a}
	if a.usesSecret() {
		a.secrets.add(o, creds.ClientSecret, a.created)
	}
	return nil
}

// validClientID reports whether an administrator may choose this client_id.
func validClientID(id string) bool {
	const marks = "$-_.+!*'(),"
	for _, r := range id {
		if !strings.ContainsRune(base62+marks, r) {
			return false
		}
	}
	return len(id) >= 6 && len(id) <= 100 && id != "ALL_CLIENTS"
}

// appToChange is app, for a change. Okta's own apps cannot be changed.
func (c *call) appToChange() (*app, error) {
	a, err := c.app()
	if err == nil && a.builtIn != nil {
		err = errForbidden
	}
	return a, err
}

func (c *call) getApp() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkExpand(""); err != nil {
		return reply{}, err
	}
	return ok(c.org.viewAppFor(a, strings.TrimPrefix(c.query.Get("expand"), "user/")))
}

// replaceApp is a full replacement: what the request leaves out is lost, but
// for what the system sets.
func (c *call) replaceApp() (reply, error) {
	a, err := c.appToChange()
	if err != nil {
		return reply{}, err
	}
	in, err := c.readApp()
	if err != nil {
		return reply{}, err
	}
	if in.Name != a.name {
		return reply{}, invalid("name", "name: The field cannot be changed")
	}
	now := c.org.now()
	if a.client != nil {
		if err := c.replaceClient(a, in, now); err != nil {
			return reply{}, err
		}
	}
	a.label, a.in, a.updated = in.Label, *in, now
	if a.usesSecret() && len(a.secrets.list) == 0 {
		a.secrets.add(c.org, in.Credentials.OAuthClient.ClientSecret, now)
	}
	c.record("application.lifecycle.update", "Update application", a)
	return ok(c.org.viewAppWithSecret(a))
}

// replaceClient checks what a replacement does to the OAuth client, and does it.
func (c *call) replaceClient(a *app, in *appInput, now time.Time) error {
	creds, settings := in.Credentials.OAuthClient, in.Settings.OAuthClient
	if creds.ClientID != "" && creds.ClientID != a.client.id {
		return invalid("client_id", "client_id: The field cannot be changed")
	}
	if settings.ApplicationType != a.settings().ApplicationType {
		return invalid("application_type", "application_type: The field cannot be changed")
	}
	keys, err := c.org.newKeys(settings.JWKS, a.keys, now)
	if err != nil {
		return err
	}
	if !sameKeys(keys, a.keys) {
		if err := c.mayRotate(a); err != nil {
			return err
		}
	}
	a.keys = keys
	if creds.Method == methodPrivateKey {
		a.secrets = secretSet{}
	}
	return nil
}

// mayRotate refuses a change of keys by anybody but a Super Admin, once the
// app has grants.
func (c *call) mayRotate(a *app) error {
	if len(c.org.grantsOf(a.client.id)) == 0 {
		return nil
	}
	return c.requireSuperAdmin()
}

func (c *call) deleteApp() (reply, error) {
	a, err := c.appToChange()
	if err != nil {
		return reply{}, err
	}
	if a.status != statusInactive {
		return reply{}, errDeleteApp
	}
	c.org.apps.remove(a.id)
	c.org.dropAppFromGroups(a)
	if a.client != nil {
		delete(c.org.clients, a.client.id)
		c.org.dropRolesOf(a.client.id)
		if a.client.id == a.id {
			c.org.dropGrants(a.client.id) // those of a chosen client_id stay
		}
	}
	c.record("application.lifecycle.delete", "Delete application", a)
	return noContent()
}

func (c *call) activateApp() (reply, error) {
	return c.setAppStatus(statusActive, "application.lifecycle.activate", "Activate application")
}

func (c *call) deactivateApp() (reply, error) {
	return c.setAppStatus(statusInactive, "application.lifecycle.deactivate", "Deactivate application")
}

func (c *call) setAppStatus(status, eventType, text string) (reply, error) {
	a, err := c.appToChange()
	if err != nil {
		return reply{}, err
	}
	if a.status != status {
		a.status, a.updated = status, c.org.now()
		c.record(eventType, text, a)
	}
	return ok(object{})
}

// readApp reads and checks the body of a create or a replacement.
func (c *call) readApp() (*appInput, error) {
	in := newAppInput()
	if err := c.decode(in); err != nil {
		return nil, err
	}
	return in, in.check()
}

// check checks an app of any kind and fills in its defaults.
func (in *appInput) check() error {
	switch n := utf8.RuneCountInString(in.Label); {
	case n == 0:
		return invalid("label", "label: The field cannot be left blank")
	case n > 100:
		return invalid("label", "label: The field is too long")
	}
	switch in.Name {
	case nameOIDC:
		return in.checkOIDC()
	case nameBookmark:
		return in.checkPlain("BOOKMARK", nil)
	case nameSWA:
		setDefault(&in.Credentials.Scheme, "EDIT_USERNAME_AND_PASSWORD")
		return in.checkPlain("BROWSER_PLUGIN", swaSettings)
	}
	return &apiError{status: http.StatusNotImplemented, code: errNotHere.code, summary: errNotHere.summary,
		causes: []string{"The simulated org has no apps named " + in.Name + "."}}
}

func oneOf(what, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return invalid(what, what+": The value is not one of "+strings.Join(known, ", "))
}
