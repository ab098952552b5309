package oktatest

func (o *Org) viewAppGroup(a *app, x *appGroup) object {
	self, profile := o.href("api/v1/apps", a.id, "groups", x.group), x.profile
	if profile == nil {
		profile = object{}
	}
	return object{
		"id": x.group, "lastUpdated": stamp(x.updated), "priority": x.priority, "profile": profile,
		"_links": object{
			"app":   object{"href": o.href("api/v1/apps", a.id)},
			"self":  object{"href": self},
			"group": object{"href": o.href("api/v1/groups", x.group)},
		},
	}
}

// showAppGroup is viewAppGroup with the group embedded, if the request asks for it.
func (c *call) showAppGroup(a *app, x *appGroup) object {
	view := c.org.viewAppGroup(a, x)
	if c.query.Get("expand") == "group" {
		g, _ := c.org.groups.get(x.group)
		view["_embedded"] = object{"group": c.org.viewGroup(g)}
	}
	return view
}

func (c *call) listAppGroups() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkOnlyExpand("group"); err != nil {
		return reply{}, err
	}
	if limit, err := c.limit(20, 200); err != nil || limit < 20 {
		return reply{}, invalid("limit", "limit: must be between 20 and 200")
	}
	return list(c, lister[*appGroup]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit", "q", "expand"}},
		table:  &a.groups,
		id:     func(x *appGroup) string { return x.group },
		match:  func(x *appGroup) bool { return c.org.groups.rows[x.group].startsWith(c.query.Get("q")) },
		view:   func(x *appGroup) object { return c.showAppGroup(a, x) },
	})
}

// appGroup returns the app and the assignment of the path.
func (c *call) appGroup() (*app, *appGroup, error) {
	a, err := c.app()
	if err != nil {
		return nil, nil, err
	}
	x, found := a.groups.get(c.param("group"))
	if !found {
		return nil, nil, notFound(c.param("group"), "GroupAppAssignment")
	}
	return a, x, nil
}

func (c *call) getAppGroup() (reply, error) {
	a, x, err := c.appGroup()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkOnlyExpand("group"); err != nil {
		return reply{}, err
	}
	return ok(c.showAppGroup(a, x))
}

// assignAppGroup assigns a group, or changes its assignment.
func (c *call) assignAppGroup() (reply, error) {
	a, err := c.appToAssign()
	if err != nil {
		return reply{}, err
	}
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Priority *int   `json:"priority"`
		Profile  object `json:"profile"`
	}
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
	}
	old, assigned := a.groups.get(g.id)
	x := &appGroup{priority: len(a.groups.ids), profile: in.Profile}
	if assigned {
		x.priority = old.priority
	}
	if in.Priority != nil {
		x.priority = *in.Priority
	}
	c.org.assignGroup(a, g, x)
	if !assigned {
		c.recordAbout(eventAppGroup, textAppGroup, partyOfGroup(g), partyOfApp(a))
	}
	return ok(c.org.viewAppGroup(a, x))
}

func (c *call) unassignAppGroup() (reply, error) {
	if _, err := c.appToAssign(); err != nil {
		return reply{}, err
	}
	a, x, err := c.appGroup()
	if err != nil {
		return reply{}, err
	}
	g, _ := c.org.groups.get(x.group)
	c.org.unassignGroup(a, g)
	c.recordAbout(eventAppGroupOff, textAppGroupOff, partyOfGroup(g), partyOfApp(a))
	return noContent()
}

// listAppsOfGroup lists the apps that a group is assigned to.
func (c *call) listAppsOfGroup() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	var apps table[*app]
	for _, id := range g.apps {
		if a, found := c.org.apps.get(id); found {
			apps.put(id, a)
		}
	}
	return list(c, lister[*app]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit"}},
		table:  &apps,
		id:     func(a *app) string { return a.id },
		match:  c.seen(),
		view:   c.org.viewApp,
	})
}

// listAppLinks lists the links to apps that a user's dashboard shows: those of
// active apps that the user is assigned to.
func (c *call) listAppLinks() (reply, error) {
	u, err := c.user()
	if err != nil {
		return reply{}, err
	}
	links := []object{}
	for _, a := range c.org.apps.all() {
		x, assigned := a.users.get(u.id)
		if !assigned || a.status != statusActive {
			continue
		}
		for _, link := range c.org.pagesOf(a) {
			links = append(links, object{
				"id": u.id, "label": a.label, "linkUrl": link["href"],
				"logoUrl": "https://ok12static.oktacdn.com/assets/img/logos/default.png",
				"appName": a.name, "appInstanceId": a.id, "appAssignmentId": x.id,
				"credentialsSetup": false, "hidden": a.hidden(), "sortOrder": len(links),
			})
		}
	}
	return ok(links)
}

// hidden reports whether the dashboard hides the app.
func (a *app) hidden() bool {
	web := a.in.Visibility.Hide.Web
	return web != nil && *web
}
