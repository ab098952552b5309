package oktatest

// appToken is a refresh token of an app, with its user.
type appToken struct {
	user  *user
	token *refreshToken
}

// tokensOf lists the refresh tokens of an app.
func (o *Org) tokensOf(a *app) table[appToken] {
	var tokens table[appToken]
	if a.client == nil || !o.userClients[a.client.id] {
		return tokens // no user ever gave it one
	}
	for _, id := range o.users.ids {
		u := o.users.rows[id]
		for _, t := range u.tokens.rows {
			if t.clientID == a.client.id {
				tokens.put(t.id, appToken{u, t})
			}
		}
	}
	return tokens
}

// viewAppToken is a refresh token as the app's list shows it.
func (o *Org) viewAppToken(a *app, t appToken) object {
	view := o.viewRefreshToken(t.user, t.token)
	self, links := o.href("api/v1/apps", a.id, "tokens", t.token.id), view["_links"].(object)
	links["self"] = object{"href": self}
	links["revoke"] = object{"href": self, "hints": allow("DELETE")}
	links["app"] = object{"href": o.href("api/v1/apps", a.id), "title": a.label}
	return view
}

func (c *call) listAppTokens() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	tokens := c.org.tokensOf(a)
	return list(c, lister[appToken]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit"}},
		table:  &tokens,
		id:     func(t appToken) string { return t.token.id },
		view: func(t appToken) object {
			view := c.org.viewAppToken(a, t)
			if c.query.Get("expand") == "scope" {
				view["_embedded"] = object{"scopes": []object{{"id": userScope, "name": userScope}}}
			}
			return view
		},
	})
}

// appToken returns the app and the refresh token of the path.
func (c *call) appToken() (*app, appToken, error) {
	a, err := c.app()
	if err != nil {
		return nil, appToken{}, err
	}
	tokens := c.org.tokensOf(a)
	t, found := tokens.get(c.param("token"))
	if !found {
		return nil, t, notFound(a.id+"."+c.param("token"), "OAuth2RefreshTokenTx")
	}
	return a, t, nil
}

func (c *call) getAppToken() (reply, error) {
	a, t, err := c.appToken()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewAppToken(a, t))
}

func (c *call) revokeAppToken() (reply, error) {
	if _, err := c.appToChange(); err != nil {
		return reply{}, err
	}
	_, t, err := c.appToken()
	if err != nil {
		return reply{}, err
	}
	t.user.tokens.remove(t.token.id)
	c.recordAbout(eventRevokeToken, textRevokeToken, partyOfUser(t.user))
	return noContent()
}

func (c *call) revokeAppTokens() (reply, error) {
	a, err := c.appToChange()
	if err != nil {
		return reply{}, err
	}
	tokens := c.org.tokensOf(a)
	for _, t := range tokens.all() {
		t.user.tokens.remove(t.token.id)
		c.recordAbout(eventRevokeToken, textRevokeToken, partyOfUser(t.user))
	}
	return noContent()
}
