package oktatest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

// service is an API service integration of the store.
type service struct {
	id, kind, createdBy string
	created             time.Time
	scopes              []string
	properties          object
	secrets             secretSet
	client              *client
	shown               int // how often it was shown
}

func (o *Org) viewService(s *service) object {
	properties := s.properties
	if properties == nil {
		properties = object{}
	}
	self := o.href("integrations/api/v1/api-services", s.id)
	// The order of the scopes changes from one GET to the next, as recorded.
	turn := s.shown % len(s.scopes)
	s.shown++
	return object{
		"id": s.id, "type": s.kind, "name": s.kind,
		"createdAt": stamp(s.created), "createdBy": s.createdBy,
		"configGuideUrl": "https://developer.okta.com/docs/guides/build-api-integration/",
		"grantedScopes":  slices.Concat(s.scopes[turn:], s.scopes[:turn]),
		"properties":     properties,
		"_links": object{
			"self":   object{"href": self, "hints": allow("GET", "DELETE")},
			"client": object{"href": o.href("oauth2/v1/clients", s.id), "hints": allow("GET")},
			"logo":   object{"name": "medium", "href": "https://op3static.oktacdn.com/assets/img/logos/default.png"},
		},
	}
}

func (c *call) service() (*service, error) {
	if s, found := c.org.services.get(c.param("service")); found {
		return s, nil
	}
	return nil, notFound(c.param("service"), "ApiServiceIntegrationInstance")
}

func (c *call) listServices() (reply, error) {
	return list(c, lister[*service]{
		paging: paging{limit: 20, most: 200, params: []string{"after"}},
		table:  &c.org.services,
		id:     func(s *service) string { return s.id },
		view:   c.org.viewService,
	})
}

// AddIntegration puts an entry into the catalogue of store integrations: a type
// and its scopes, or replaces it, which leaves the instances as they are. A
// type that has no entry can be installed with any scopes.
func (o *Org) AddIntegration(catalogueType string, granted scopes.Set) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.catalogue == nil {
		o.catalogue = map[string]scopes.Set{}
	}
	o.catalogue[catalogueType] = granted
}

// checkEntry refuses scopes that are not all those of the type's entry.
func (o *Org) checkEntry(catalogueType string, names []string) error {
	for _, name := range names {
		if !scopes.Scope(name).Known() {
			return invalid("grantedScopes", "grantedScopes: 'grantedScopes' is invalid")
		}
	}
	entry, found := o.catalogue[catalogueType]
	if !found {
		return nil
	}
	asked, err := scopes.Parse(strings.Join(names, " "))
	if err != nil || asked != entry {
		return invalid("grantedScopes", "grantedScopes: The scopes do not match those of the integration")
	}
	return nil
}

// installService installs an integration of the store.
func (c *call) installService() (reply, error) {
	var in struct {
		Type       string   `json:"type"`
		Scopes     []string `json:"grantedScopes"`
		Properties object   `json:"properties"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Type == "" {
		return reply{}, invalid("type", "type: The field cannot be left blank")
	}
	if len(in.Scopes) == 0 {
		return reply{}, invalid("grantedScopes", "grantedScopes: The field cannot be left blank")
	}
	if err := c.org.checkEntry(in.Type, in.Scopes); err != nil {
		return reply{}, err
	}
	s := c.org.addService(&service{kind: in.Type, scopes: in.Scopes, properties: in.Properties, createdBy: c.actor.ref()["id"].(string)})
	view := c.org.viewService(s)
	view["clientSecret"] = s.secrets.list[0].value
	return created(view)
}

// addService makes an integration with its first secret.
func (o *Org) addService(s *service) *service {
	s.id, s.created = o.newID("0oa"), o.now()
	s.client = &client{id: s.id, service: s}
	s.secrets.add(o, "", s.created)
	o.services.put(s.id, s)
	o.clients[s.id] = s.client
	return s
}

// Integration says what [Org.InstallIntegration] installs.
type Integration struct {
	// Type is the type of the integration in the store; the default is
	// testservice.
	Type string

	// Scopes are granted to the integration. At least one is required, and
	// all those of the type's entry if [Org.AddIntegration] made one.
	Scopes scopes.Set

	// Roles are standard admin roles, READ_ONLY_ADMIN for example.
	Roles []string
}

// InstallIntegration installs an integration of the store and returns its
// client_id, which is also its id. It does what the endpoints do, but at once and
// without an event in the System Log. It panics if they would refuse it.
func (o *Org) InstallIntegration(in Integration) (clientID string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	setDefault(&in.Type, "testservice")
	var names []string
	for scope := range in.Scopes.All() {
		names = append(names, string(scope))
	}
	err := o.checkEntry(in.Type, names)
	if err == nil && len(names) == 0 {
		err = errors.New("no scopes")
	}
	if err == nil {
		err = checkRoles(in.Roles)
	}
	if err != nil {
		panic("oktatest: install integration: " + explain(err))
	}
	s := o.addService(&service{kind: in.Type, scopes: names, createdBy: o.users.ids[0]})
	for _, role := range slices.Compact(slices.Sorted(slices.Values(in.Roles))) {
		o.assign(principal{principalClient, s.id}, role)
	}
	return s.id
}

func (c *call) getService() (reply, error) {
	s, err := c.service()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewService(s))
}

// removeService removes an integration with its roles and access tokens; no
// step comes before it.
func (c *call) removeService() (reply, error) {
	s, err := c.service()
	if err != nil {
		return reply{}, err
	}
	c.org.services.remove(s.id)
	delete(c.org.clients, s.id)
	c.org.dropRolesOf(s.id)
	for _, token := range c.org.accessTokens {
		if token.client.id == s.client.id {
			token.revoked = true
		}
	}
	return noContent()
}

// serviceSecrets returns the secrets of the integration of the path.
func (c *call) serviceSecrets() (secretHolder, error) {
	s, err := c.service()
	if err != nil {
		return secretHolder{}, err
	}
	self := c.org.href("integrations/api/v1/api-services", s.id, "credentials/secrets")
	return secretHolder{set: &s.secrets, self: self, masked: true}, nil
}

func (c *call) listServiceSecrets() (reply, error) {
	h, err := c.serviceSecrets()
	if err != nil {
		return reply{}, err
	}
	return ok(h.all())
}

func (c *call) addServiceSecret() (reply, error) {
	h, err := c.serviceSecrets()
	if err != nil {
		return reply{}, err
	}
	return h.create(c, "", statusActive)
}

func (c *call) activateServiceSecret() (reply, error) {
	return c.onServiceSecret(secretHolder.activate)
}

func (c *call) deactivateServiceSecret() (reply, error) {
	return c.onServiceSecret(secretHolder.deactivate)
}

func (c *call) deleteServiceSecret() (reply, error) {
	return c.onServiceSecret(secretHolder.remove)
}

func (c *call) onServiceSecret(do func(secretHolder, *call) (reply, error)) (reply, error) {
	h, err := c.serviceSecrets()
	if err != nil {
		return reply{}, err
	}
	return do(h, c)
}
