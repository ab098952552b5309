package oktatest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"
)

// maxSecrets is how many secrets a client may have.
const maxSecrets = 2

var (
	errSecretWithKey  = invalid("client_secret", "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'.")
	errTooManySecrets = invalid("client_secret", "You've reached the maximum number of client secrets per client.")
	errLastSecret     = invalid("client_secret", "You can't deactivate the only active client secret.")
	errActiveSecret   = invalid("client_secret", "You can't delete an active client secret. Deactivate the secret before deleting it.")
)

// secretSet is the secrets of a client, the oldest first.
type secretSet struct {
	list []*secret
}

type secret struct {
	id, value, status string
	created, updated  time.Time
}

// add adds an active secret; an empty value is a random one of 64 characters.
func (s *secretSet) add(o *Org, value string, now time.Time) *secret {
	if value == "" {
		value = randomText(64)
	}
	added := &secret{id: o.newID("ocs"), value: value, status: statusActive, created: now, updated: now}
	s.list = append(s.list, added)
	return added
}

// accepts reports whether value is an active secret.
func (s *secretSet) accepts(value string) bool {
	return slices.ContainsFunc(s.list, func(x *secret) bool { return x.status == statusActive && x.value == value })
}

// checkSecret checks a secret that an administrator chose.
func checkSecret(value string) error {
	for _, r := range value {
		if r < 0x20 || r > 0x7e {
			return invalid("client_secret", "client_secret: must be printable ASCII")
		}
	}
	if len(value) < 14 || len(value) > 100 {
		return invalid("client_secret", "client_secret: must be between 14 and 100 characters")
	}
	return nil
}

// view is a secret as the API shows it; an integration's is masked, except when
// it is made.
func (x *secret) view(self string, masked bool) object {
	sum := sha256.Sum256([]byte(x.value))
	value := x.value
	if masked {
		value = "***" + value[len(value)-4:]
	}
	return object{
		"id": x.id, "status": x.status, "created": stamp(x.created), "lastUpdated": stamp(x.updated),
		"client_secret": value, "secret_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
		"_links": lifecycleLinks(self+"/"+x.id, x.status == statusActive),
	}
}

// secretHolder is the client whose secrets a path is about.
type secretHolder struct {
	set    *secretSet
	self   string // URL of the list
	masked bool
}

func (h secretHolder) view(x *secret) object { return x.view(h.self, h.masked) }

// find returns the secret that the path names.
func (h secretHolder) find(c *call) (*secret, error) {
	for _, x := range h.set.list {
		if x.id == c.param("secret") {
			return x, nil
		}
	}
	return nil, notFound(c.param("secret"), "OAuth2ClientSecret")
}

func (h secretHolder) all() []object {
	views := []object{}
	for _, x := range h.set.list {
		views = append(views, h.view(x))
	}
	return views
}

// activate makes the secret of the path active.
func (h secretHolder) activate(c *call) (reply, error) {
	x, err := h.find(c)
	if err != nil {
		return reply{}, err
	}
	x.status, x.updated = statusActive, c.org.now()
	return ok(h.view(x))
}

// deactivate makes the secret of the path inactive, unless no other is active.
func (h secretHolder) deactivate(c *call) (reply, error) {
	x, err := h.find(c)
	if err != nil {
		return reply{}, err
	}
	others := slices.ContainsFunc(h.set.list, func(y *secret) bool { return y != x && y.status == statusActive })
	if x.status == statusActive && !others {
		return reply{}, errLastSecret
	}
	x.status, x.updated = statusInactive, c.org.now()
	return ok(h.view(x))
}

// remove deletes the secret of the path, which must be inactive.
func (h secretHolder) remove(c *call) (reply, error) {
	x, err := h.find(c)
	if err != nil {
		return reply{}, err
	}
	if x.status == statusActive {
		return reply{}, errActiveSecret
	}
	h.set.list = slices.DeleteFunc(h.set.list, func(y *secret) bool { return y == x })
	return noContent()
}

// create adds a secret, random if value is empty, and shows it in clear.
func (h secretHolder) create(c *call, value, status string) (reply, error) {
	if len(h.set.list) >= maxSecrets {
		return reply{}, errTooManySecrets
	}
	x := h.set.add(c.org, value, c.org.now())
	if status == statusInactive {
		x.status = statusInactive
	}
	return created(x.view(h.self, false))
}

// appSecrets returns the secrets of the app of the path.
func (c *call) appSecrets() (secretHolder, error) {
	a, err := c.oauthApp()
	if err != nil {
		return secretHolder{}, err
	}
	return secretHolder{set: &a.secrets, self: c.org.href("api/v1/apps", a.id, "credentials/secrets")}, nil
}

func (c *call) listAppSecrets() (reply, error) {
	h, err := c.appSecrets()
	if err != nil {
		return reply{}, err
	}
	return ok(h.all())
}

func (c *call) getAppSecret() (reply, error) {
	h, err := c.appSecrets()
	if err != nil {
		return reply{}, err
	}
	x, err := h.find(c)
	if err != nil {
		return reply{}, err
	}
	return ok(h.view(x))
}

func (c *call) addAppSecret() (reply, error) {
	h, err := c.appSecrets()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Value  string `json:"client_secret"`
		Status string `json:"status"`
	}
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
	}
	if a, _ := c.oauthApp(); a.credentials().Method == methodPrivateKey {
		return reply{}, errSecretWithKey
	}
	if in.Value != "" {
		if err := checkSecret(in.Value); err != nil {
			return reply{}, err
		}
	}
	return h.create(c, in.Value, in.Status)
}

func (c *call) activateAppSecret() (reply, error) {
	return c.onAppSecret(secretHolder.activate)
}

func (c *call) deactivateAppSecret() (reply, error) {
	return c.onAppSecret(secretHolder.deactivate)
}

func (c *call) deleteAppSecret() (reply, error) {
	return c.onAppSecret(secretHolder.remove)
}

func (c *call) onAppSecret(do func(secretHolder, *call) (reply, error)) (reply, error) {
	h, err := c.appSecrets()
	if err != nil {
		return reply{}, err
	}
	return do(h, c)
}
