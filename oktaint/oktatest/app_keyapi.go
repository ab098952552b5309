package oktatest

import "slices"

// viewKey is a key as the endpoints of client keys show it.
func (o *Org) viewKey(a *app, k *key) object {
	shown := k.echo()
	shown["alg"] = k.in.Alg
	shown["created"], shown["lastUpdated"] = stamp(k.created), stamp(k.updated)
	self := o.href("api/v1/apps", a.id, "credentials/jwks", k.id)
	shown["_links"] = lifecycleLinks(self, k.active())
	return shown
}

// lifecycleLinks are the links of a key or a secret, by its status.
func lifecycleLinks(self string, active bool) object {
	if active {
		return object{"deactivate": object{"href": self + "/lifecycle/deactivate", "hints": allow("POST")}}
	}
	return object{
		"activate": object{"href": self + "/lifecycle/activate", "hints": allow("POST")},
		"delete":   object{"href": self, "hints": allow("DELETE")},
	}
}

func viewKeys(o *Org, a *app) []object {
	views := []object{}
	for _, k := range a.keys {
		views = append(views, o.viewKey(a, k))
	}
	return views
}

// oauthApp returns the app of the path, which must have an OAuth client.
func (c *call) oauthApp() (*app, error) {
	a, err := c.app()
	if err != nil {
		return nil, err
	}
	if a.client == nil {
		return nil, invalid("app", "The application is not an OAuth client.")
	}
	return a, nil
}

// key returns the app and the key of the path, by the key's id.
func (c *call) key() (*app, *key, error) {
	a, err := c.oauthApp()
	if err != nil {
		return nil, nil, err
	}
	for _, k := range a.keys {
		if k.id == c.param("key") {
			return a, k, nil
		}
	}
	return nil, nil, notFound(c.param("key"), "JsonWebKey")
}

// keyToChange is key, for callers that may change keys.
func (c *call) keyToChange() (*app, *key, error) {
	a, k, err := c.key()
	if err != nil {
		return nil, nil, err
	}
	return a, k, c.mayRotate(a)
}

// listKeys answers a JWK Set. Okta's specification has an array in its schema.
func (c *call) listKeys() (reply, error) {
	a, err := c.oauthApp()
	if err != nil {
		return reply{}, err
	}
	return ok(object{"keys": viewKeys(c.org, a)})
}

func (c *call) getKey() (reply, error) {
	a, k, err := c.key()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewKey(a, k))
}

func (c *call) addKey() (reply, error) {
	a, err := c.oauthApp()
	if err != nil {
		return reply{}, err
	}
	var in keyInput
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.mayRotate(a); err != nil {
		return reply{}, err
	}
	now := c.org.now()
	k := &key{in: in, created: now, updated: now}
	if err := k.check(); err != nil {
		return reply{}, err
	}
	keys := append(slices.Clone(a.keys), k)
	if err := checkKeySet(keys); err != nil {
		return reply{}, err
	}
	k.id = c.org.newID("pks")
	a.keys = keys
	return created(c.org.viewKey(a, k))
}

func (c *call) activateKey() (reply, error) {
	a, k, err := c.keyToChange()
	if err != nil {
		return reply{}, err
	}
	was := k.in.Status
	k.in.Status = statusActive
	if err := checkKeySet(a.keys); err != nil {
		k.in.Status = was
		return reply{}, err
	}
	k.updated = c.org.now()
	return ok(c.org.viewKey(a, k))
}

func (c *call) deactivateKey() (reply, error) {
	a, k, err := c.keyToChange()
	if err != nil {
		return reply{}, err
	}
	others := slices.ContainsFunc(a.keys, func(other *key) bool {
		return other != k && other.active() && !other.encrypts()
	})
	if a.credentials().Method == methodPrivateKey && !k.encrypts() && k.active() && !others {
		return reply{}, badKey(causeLastKey)
	}
	k.in.Status, k.updated = statusInactive, c.org.now()
	return ok(c.org.viewKey(a, k))
}

func (c *call) deleteKey() (reply, error) {
	a, k, err := c.keyToChange()
	if err != nil {
		return reply{}, err
	}
	if k.active() {
		return reply{}, badKey(causeActiveKey)
	}
	a.keys = slices.DeleteFunc(slices.Clone(a.keys), func(other *key) bool { return other == k })
	return noContent()
}
